import { writeSync } from "node:fs";
import { Listr, ListrLogger, ListrTaskState, ProcessOutput } from "listr2";
import type { Activity } from "../../contract/activity.ts";
import type { IssuePlan } from "../../contract/issue.ts";
import { type Outcome, unreachable } from "../../engine/outcome.ts";
import { isPerIssue, type Task } from "../../engine/task.ts";
import { activityLine, isNote, noteOf } from "../words/activity-words.ts";
import { count, oneLine } from "../words/format.ts";
import { outcomeWords, statusOf } from "../words/outcome-words.ts";
import type { Say } from "../words/say.ts";
import { Row, type Wrapper } from "./row.ts";
import type { View } from "./view.ts";

/** Milliseconds between two looks at the clock for the elapsed times. */
const TICK = 1000;

/**
 * The live list of a terminal: a row an issue, below it a row a task with the agent's latest activity.
 * @param isCompact only a row an issue, with its current task and activity: for many at once.
 */
export function liveView(stream: NodeJS.WriteStream, say: Say, tasks: readonly Task[], isCompact = false): View {
	const taskNames = tasks.filter(isPerIssue).map(({ name }) => name);
	const closing = tasks.filter(({ scope }) => scope === "closing").map(({ name }) => name);
	const rows = new Map<string, Row>();
	// A row without a title: listr2 shows its output below the list.
	const below = new Row("");
	let drawing: Promise<unknown> | undefined;
	let isClosed = false;
	let ticking: NodeJS.Timeout | undefined;
	const row = (issue?: string, task?: string) => rows.get(keyOf(issue ?? "", task));

	const draw = (issues: readonly IssuePlan[]): void => {
		const wide = Math.max(...issues.map((issue) => issue.id.length));
		const list = new Listr<unknown, "default", "simple">(
			[
				...issues.map((issue) => {
					const own = new Row(`${issue.id.padEnd(wide)}  ${oneLine(issue.title, 60)}`);
					rows.set(keyOf(issue.id), own);
					const children = taskNames.map((name) => {
						const child = new Row(name);
						rows.set(keyOf(issue.id, name), child);
						return {
							title: name,
							task: (_: unknown, wrapper: Wrapper) => {
								child.attach(wrapper);
								return child.settled;
							},
						};
					});
					return {
						title: issue.id,
						task: (_: unknown, wrapper: Wrapper) => {
							own.attach(wrapper);
							if (isCompact) return own.settled;
							return wrapper.newListr(children, { concurrent: true, exitOnError: false });
						},
					};
				}),
				...closing.map((name) => {
					const own = new Row(name);
					rows.set(keyOf("", name), own);
					return {
						title: name,
						task: (_: unknown, wrapper: Wrapper) => {
							own.attach(wrapper);
							return own.settled;
						},
					};
				}),
				{
					task: (_: unknown, wrapper: Wrapper) => {
						below.attachBelow(wrapper);
						return below.settled;
					},
				},
			],
			{
				renderer: "default",
				concurrent: true,
				exitOnError: false,
				// Ours is the only handler of signals; listr2's would end the process with 127 at once.
				registerSignalListeners: false,
				rendererOptions: {
					collapseSubtasks: true,
					collapseErrors: false,
					showErrorMessage: false,
					formatOutput: "truncate",
					icon: { FAILED_WITH_SUBTASKS: "✖" },
					logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput: new ProcessOutput(stream, stream) }),
				},
			},
		);
		drawing = list.run();
		ticking = setInterval(() => {
			for (const each of rows.values()) each.tick();
		}, TICK);
	};

	return {
		onEvent(event) {
			switch (event.kind) {
				case "issues-known":
					return draw(event.issues);
				case "issue-started":
					return row(event.issue)?.start();
				case "issue-called":
				case "run-settled":
					return;
				case "issue-settled": {
					const { word, good, record } = statusOf(event.outcomes);
					for (const name of taskNames) row(event.issue, name)?.end(ListrTaskState.SKIPPED, "");
					const tokens = record?.usage ? `${count(record.usage.inputTokens + record.usage.outputTokens)} tokens` : "";
					return row(event.issue)?.end(
						good ? ListrTaskState.COMPLETED : ListrTaskState.FAILED,
						[word, tokens].filter(Boolean).join("  "),
					);
				}
				case "task-started":
					if (isCompact && event.issue) row(event.issue)?.show(event.task);
					return row(event.issue, event.task)?.start();
				case "task-settled":
					return row(event.issue, event.task)?.end(stateOf(event.outcome), outcomeWords(event.outcome)?.words ?? "");
				case "task-activity": {
					const activity = event.activity as Activity;
					if (isNote(activity)) {
						if (activity.kind !== "note-documents-skipped") stream.write(`${noteOf(activity, say)}\n`);
						return;
					}
					const shown = row(event.issue, isCompact ? undefined : event.task);
					const line = activityLine(activity, 160);
					if (activity.kind === "usage") return shown?.annotate(line);
					return shown?.show(isCompact ? `${event.task}  ${line}` : line);
				}
				default:
					return unreachable(event);
			}
		},
		say(sentence) {
			if (!drawing) stream.write(`${sentence}\n`);
			else below.show(sentence);
		},
		abandon() {
			// listr2 holds back what is written to the stream while it draws.
			writeSync(2, "\u001b[?25h\n");
		},
		async close() {
			if (isClosed) return;
			isClosed = true;
			clearInterval(ticking);
			// What the engine never settled (a bug, or a second Ctrl-C) must not keep the list open.
			for (const each of rows.values()) each.end(ListrTaskState.SKIPPED, "");
			below.end(ListrTaskState.COMPLETED, "");
			await drawing;
			if (drawing) stream.write("\n");
		},
	};
}

function keyOf(issue: string, task = ""): string {
	return `${issue} ${task}`;
}

function stateOf(outcome: Outcome<unknown>): ListrTaskState {
	switch (outcome.status) {
		case "done":
		case "up-to-date":
			return ListrTaskState.COMPLETED;
		case "failed":
			return ListrTaskState.FAILED;
		case "blocked":
		case "cancelled":
		case "not-in-run":
			return ListrTaskState.SKIPPED;
		default:
			return unreachable(outcome);
	}
}
