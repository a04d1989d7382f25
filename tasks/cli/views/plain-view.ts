import type { Activity } from "../../contract/activity.ts";
import type { Outcome } from "../../engine/outcome.ts";
import type { Task } from "../../engine/task.ts";
import { isForSeveral } from "../roles.ts";
import { activityLine, isAside, isNote, noteOf, outputLines } from "../words/activity-words.ts";
import { checkLines } from "../words/check-lines.ts";
import { reviewLines } from "../words/evidence.ts";
import { outcomeWords } from "../words/outcome-words.ts";
import { reasonSentence } from "../words/reason-sentences.ts";
import type { Say } from "../words/say.ts";
import { keyOf as turnKey } from "../words/spent-words.ts";
import { knownValue } from "../words/value-words.ts";
import { keyOf, startPulse } from "./pulse.ts";
import type { View } from "./view.ts";

type WriteLine = (line: string, withoutIssue: string) => void;

/**
 * A line an event, each with its issue: for pipes and CI, where lines of several issues run into each other.
 * @param write is given a line, and that line without the name of its issue.
 * @param verbose with everything the agents say, and the last that their commands print.
 * @param tasks those of the run, for what they say of themselves.
 * @param clock tells the time, which then stands behind the name that a line begins with; without one, whoever reads the lines
 * puts the time to them, and notices silence.
 */
export function plainView(
	write: WriteLine,
	say: Say,
	verbose: boolean,
	tasks: readonly Task[],
	clock?: () => Date,
): View {
	const byName = new Map(tasks.map((node) => [node.name, node]));
	const shown = new Set(
		verbose
			? ["command", "message", "files", "tool", "merging", "warning", "waiting"]
			: ["command", "merging", "warning", "waiting"],
	);
	let several = false;
	const begun = new Set<string>();
	const untouched = new Map<string, string>();
	const last = new Map<string, string>();
	const turns = new Set<string>();
	/** True for a turn that was not taken, and says what the one before it has said. */
	const isHandedOn = ({ issue = "", outcome }: { readonly issue?: string; readonly outcome: Outcome<unknown> }) => {
		const value = outcome.status === "done" ? knownValue(outcome) : undefined;
		if (value?.kind !== "turn") return false;
		const key = `${issue} ${turnKey(value.record)}`;
		const isKnown = turns.has(key);
		turns.add(key);
		return isKnown;
	};
	const begin = (name: string, rest: string): string => [name, ...(clock ? [timeOf(clock())] : []), rest].join("  ");
	const line = (issue: string | undefined, task: string, text: string, isPrinted = false): void => {
		const key = keyOf(issue, task);
		// An agent's command comes twice, when it starts and when it ends; what it prints may repeat itself.
		if (last.get(key) === text && !isPrinted) return;
		last.set(key, text);
		pulse?.wrote(key);
		const ofTask = `${task}  ${text}`;
		write(`${issue ? begin(issue, ofTask) : begin(task, text)}\n`, ofTask);
	};
	const writeWhole = (text: string): void => write(`${text}\n`, text);
	const pulse = clock && startPulse(line);
	return {
		onEvent(event) {
			switch (event.kind) {
				case "issues-known":
					several = event.issues.length > 1;
					return;
				case "task-started": {
					const node = byName.get(event.task);
					pulse?.began(event);
					if (event.issue) begun.add(event.issue);
					// What is looked at before any issue takes a while, too.
					else if (clock && (several || !isForSeveral(node))) line(undefined, event.task, node?.summary ?? "started");
					if (event.issue) {
						// What takes long enough for a reader to wonder says why it is there.
						const isTurn = node?.role === "turn";
						const reason = isTurn ? whyAgain(node, event.because, say) : undefined;
						if (verbose || isTurn || node?.role === "verify")
							line(event.issue, event.task, reason ? `started, since ${reason}` : "started");
					}
					return;
				}
				case "task-settled": {
					pulse?.ended(event);
					const said = outcomeWords(event.outcome);
					if (!said) return;
					const { isNothing } = said;
					const words = isHandedOn(event) ? `as before: ${said.words}` : said.words;
					if (event.issue && isUnstarted(event.outcome) && !begun.has(event.issue)) {
						// Every task of an issue that was not begun has the same to say.
						if (untouched.get(event.issue) !== words) write(`${begin(event.issue, words)}\n`, words);
						untouched.set(event.issue, words);
						return;
					}
					// Run-wide tasks say something only when they fail, and then by their message, unless they come last.
					const isLast = byName.get(event.task)?.scope === "closing" && event.outcome.status !== "blocked";
					const isTold = event.issue !== undefined || isLast;
					if (isTold && (verbose || !isNothing)) line(event.issue, event.task, words);
					if (verbose) for (const each of foundBy(event.outcome)) line(event.issue, event.task, each, true);
					return;
				}
				case "task-activity": {
					const activity = event.activity as Activity;
					pulse?.heard(event);
					if (isNote(activity)) {
						if (verbose || !isAside(activity)) writeWhole(noteOf(activity, say));
					} else if (activity.kind === "output") {
						if (verbose) for (const each of outputLines(activity)) line(event.issue, event.task, each, true);
					} else if (activity.kind !== "usage" && shown.has(activity.kind))
						line(event.issue, event.task, activityLine(activity));
					return;
				}
				default:
					return;
			}
		},
		say: writeWhole,
		close: async () => pulse?.stop(),
	};
}

/** What checks or a review found, a line each. */
function foundBy(outcome: Outcome<unknown>): readonly string[] {
	const value = outcome.status === "done" ? knownValue(outcome) : undefined;
	if (value?.kind === "verified" && value.record) return checkLines(value.record, "").slice(1);
	return value?.kind === "turn" && value.result ? reviewLines(value).slice(1) : [];
}

/** The time of day where this runs, as `HH:MM:SS`. */
function timeOf(date: Date): string {
	return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

function isUnstarted(outcome: Outcome<unknown>): boolean {
	return outcome.status === "blocked" || (outcome.status === "cancelled" && !outcome.started);
}

/** Reasons of what comes for the first time, as far as anybody can tell before the tasks in front of it have run. */
const FIRST = new Set<unknown>(["never-run", "never-done", "not-reviewed", "fix-missing"]);

/** Why a turn is taken once more; nothing for the first. */
function whyAgain(task: Task, because: unknown, say: Say): string | undefined {
	const kind = (because as { readonly kind?: unknown } | null | undefined)?.kind;
	if (because === undefined || FIRST.has(kind)) return undefined;
	return reasonSentence({ task, because, last: undefined }, Date.now(), say);
}
