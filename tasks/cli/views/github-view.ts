import type { IssuePlan } from "../../contract/issue.ts";
import type { Task } from "../../engine/task.ts";
import { type Github, workflowCommand } from "../reports/github.ts";
import { duration, oneLine } from "../words/format.ts";
import { statusOf } from "../words/outcome-words.ts";
import type { Say } from "../words/say.ts";
import { settledWords } from "../words/spent-words.ts";
import { plainView } from "./plain-view.ts";
import type { View } from "./view.ts";

/** Milliseconds between two signs of life of an issue whose lines are held back, or that says nothing. */
const PULSE = 120_000;

/** Lines of an issue that are held back at most; a reader wants the last ones, and the logs have all. */
const MOST_HELD = 1000;

/** How a view of GitHub Actions differs from the usual. */
export interface GithubViewSettings {
	/** With everything the agents say. */
	readonly verbose: boolean;
	/** One issue at a time: its lines are printed as they come, since no other's can run into them. */
	readonly oneByOne: boolean;
	/** The tasks of the run. */
	readonly tasks: readonly Task[];
}

/** What is known of an issue that runs. */
interface Shown {
	readonly title: string;
	readonly logDir: string;
	readonly since: number;
	readonly view: View;
	/** False until one of its tasks is, so that an issue that is up to date has no group. */
	hasStarted: boolean;
	held: string[];
	left: number;
	latest: string;
}

/** Plain lines for the log of GitHub Actions: a group an issue, and below each how it ended. */
export function githubView(
	write: (text: string) => void,
	github: Github,
	say: Say,
	{ verbose, oneByOne, tasks }: GithubViewSettings,
): View {
	const issues = new Map<string, IssuePlan>();
	const running = new Map<string, Shown>();
	const ofRun = plainView(write, say, verbose, tasks);
	const open = (title: string) => github.command(workflowCommand("group", {}, title));
	const close = () => github.command(workflowCommand("endgroup", {}, ""));
	const pulse = setInterval(() => {
		for (const [id, { since, latest }] of running) write(`${id}  ${duration(Date.now() - since)}  ${latest}\n`);
	}, PULSE);
	pulse.unref();

	const start = (id: string): void => {
		const issue = issues.get(id);
		const shown: Shown = {
			title: oneLine(`${id}  ${issue?.title ?? ""}`, 100),
			logDir: issue?.logDir ?? "",
			since: Date.now(),
			view: plainView((text, withoutIssue) => keep(shown, text, withoutIssue), say, verbose, tasks),
			hasStarted: false,
			held: [],
			left: 0,
			latest: "started",
		};
		running.set(id, shown);
	};
	const startTask = (id: string, shown: Shown): void => {
		if (shown.hasStarted) return;
		shown.hasStarted = true;
		if (!oneByOne) {
			write(`${id}  started  ${oneLine(issues.get(id)?.title ?? "", 80)}\n`);
			return;
		}
		open(shown.title);
		for (const text of shown.held.splice(0)) write(text);
	};
	const keep = (shown: Shown, text: string, withoutIssue: string): void => {
		// The sign of life has the issue already.
		shown.latest = oneLine(withoutIssue, 120);
		if (oneByOne && shown.hasStarted) {
			write(text);
			return;
		}
		shown.held.push(text);
		if (shown.held.length < 2 * MOST_HELD) return;
		shown.left += shown.held.length - MOST_HELD;
		shown.held = shown.held.slice(-MOST_HELD);
	};
	const end = (id: string): void => {
		const shown = running.get(id);
		if (!shown) return;
		running.delete(id);
		if (!shown.hasStarted) return;
		if (!oneByOne) {
			open(shown.title);
			const more = Math.max(0, shown.held.length - MOST_HELD);
			if (shown.left + more > 0) write(`${id}  ${shown.left + more} earlier lines are only in ${shown.logDir}\n`);
			for (const text of shown.held.slice(more)) write(text);
		}
		close();
	};

	return {
		onEvent(event) {
			switch (event.kind) {
				case "issues-known":
					for (const issue of event.issues) issues.set(issue.id, issue);
					return;
				case "issue-called":
				case "run-settled":
					return;
				case "issue-started":
					return start(event.issue);
				case "issue-settled": {
					end(event.issue);
					const { word, turns } = statusOf(event.outcomes);
					return write(`${event.issue}  ${settledWords(word, turns)}\n`);
				}
				default: {
					if (event.issue === undefined) return ofRun.onEvent(event);
					// Of an issue that was never started there is only to say that it was not.
					const shown = running.get(event.issue);
					if (shown && event.kind === "task-started") startTask(event.issue, shown);
					return shown?.view.onEvent(event);
				}
			}
		},
		say: (sentence) => write(`${sentence}\n`),
		async close() {
			clearInterval(pulse);
			// What the engine never settled (a bug, or a second Ctrl-C) is shown all the same.
			for (const id of [...running.keys()]) end(id);
		},
	};
}
