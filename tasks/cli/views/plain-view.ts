import type { Activity } from "../../contract/activity.ts";
import type { Stale } from "../../contract/issue-status.ts";
import type { Outcome } from "../../engine/outcome.ts";
import { activityLine, isNote, noteOf } from "../words/activity-words.ts";
import { outcomeWords } from "../words/outcome-words.ts";
import type { Say } from "../words/say.ts";
import { staleSentence } from "../words/standing-words.ts";
import type { View } from "./view.ts";

/**
 * A line an event, each with its issue: for pipes and CI, where lines of several issues run into each other.
 * @param verbose with everything the agents say.
 */
export function plainView(write: (text: string) => void, say: Say, verbose: boolean): View {
	const shown = new Set(verbose ? ["command", "message", "files", "tool", "warning"] : ["command", "warning"]);
	const begun = new Set<string>();
	const untouched = new Map<string, string>();
	let last = "";
	const line = (issue: string | undefined, task: string, text: string): void => {
		const whole = `${issue ? `${issue}  ` : ""}${task}  ${text}\n`;
		// An agent's command comes twice, when it starts and when it ends.
		if (whole !== last) write(whole);
		last = whole;
	};
	return {
		onEvent(event) {
			switch (event.kind) {
				case "task-started":
					if (event.issue) begun.add(event.issue);
					if (event.issue && (verbose || isPhase(event.task))) {
						const stale = isPhase(event.task) ? (event.because as Stale | undefined) : undefined;
						line(
							event.issue,
							event.task,
							stale && stale.kind !== "never-run" ? `started, since ${staleSentence(stale, Date.now())}` : "started",
						);
					}
					return;
				case "task-settled": {
					const words = outcomeWords(event.outcome);
					if (words && event.issue && isUnstarted(event.outcome) && !begun.has(event.issue)) {
						// Every task of an issue that was not begun has the same to say.
						if (untouched.get(event.issue) !== words) write(`${event.issue}  ${words}\n`);
						untouched.set(event.issue, words);
						return;
					}
					// Run-wide tasks say something only when they fail, and then by their message.
					if (words && event.issue && (verbose || !/^nothing to /.test(words))) line(event.issue, event.task, words);
					return;
				}
				case "task-activity": {
					const activity = event.activity as Activity;
					if (isNote(activity)) {
						if (verbose || activity.kind !== "note-documents-skipped") write(`${noteOf(activity, say)}\n`);
					} else if (activity.kind !== "usage" && shown.has(activity.kind))
						line(event.issue, event.task, activityLine(activity));
					return;
				}
				default:
					return;
			}
		},
		say: (sentence) => write(`${sentence}\n`),
		close: async () => {},
	};
}

function isUnstarted(outcome: Outcome<unknown>): boolean {
	return outcome.status === "blocked" || (outcome.status === "cancelled" && !outcome.started);
}

/** The tasks that take long enough for a reader to wonder. */
function isPhase(task: string): boolean {
	return task.startsWith("phase:");
}
