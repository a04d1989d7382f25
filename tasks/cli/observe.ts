import { setMaxListeners } from "node:events";
import type { Activity } from "../contract/activity.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { ActionOptions } from "../contract/options.ts";
import { Failure } from "../contract/problem.ts";
import type { RunEvent } from "../engine/event.ts";
import { execute, type RunReport } from "../engine/execute.ts";
import type { ExecuteOptions } from "../engine/execution.ts";
import type { Selection } from "../engine/select.ts";
import type { UNTIL } from "../runner/runner.ts";
import { isOurs, loadOnce } from "../system/once.ts";
import { writeNow } from "../system/write-now.ts";
import type { RunRequest } from "./arguments.ts";
import { LOG_MEMORY } from "./memory.ts";
import { listenForSignals } from "./signals.ts";
import type { View } from "./views/view.ts";

const loadOwnTask = loadOnce(() => import("./own-task.ts"));
const loadRest = loadOnce(async () => (await import("../system/load-ahead.ts")).loadAhead());

/** A run that came to its end, and the exit code of the signal that it was sent. */
export interface Observed {
	readonly report: RunReport<IssuePlan>;
	readonly signal: number | undefined;
}

/**
 * Executes a selection while a view shows it, and signals stop it.
 * @param blockers the tasks that blockers outside of the run have to be up to date for.
 * @param lastWords what is said when a second signal ends it at once.
 * @throws what a task of the whole run failed for before any issue was begun.
 */
export async function observe(
	request: RunRequest,
	selection: Selection,
	view: View,
	blockers?: Selection,
	lastWords?: string,
): Promise<Observed> {
	const spent = new Map<string, number>();
	const watching = new Set(selection.tasks.filter((node) => node.watch));
	const tellWatchers = (event: RunEvent): void => {
		for (const node of watching) {
			try {
				node.watch?.(event, { task: node.name, failFast: request.failFast });
			} catch (thrown) {
				// One that throws is told of nothing more: it would throw every time.
				watching.delete(node);
				void loadOwnTask().then(({ watcherWords }) => view.say(watcherWords(thrown, node)));
			}
		}
	};
	const signals = listenForSignals(
		(cause) => view.say(STOPPING[cause]),
		() => {
			view.abandon?.();
			if (lastWords !== undefined) writeNow(lastWords);
		},
	);
	const [interrupt, stopWaiting] = untilTime(request.options.until, signals.interrupt, () => view.say(STOPPING.until));
	try {
		const report = await execute<ActionOptions, IssuePlan>(selection, {
			...executeOptions(request),
			...(blockers ? { blockersSelection: blockers } : {}),
			interrupt,
			terminate: signals.terminate,
			call: async (part, node, issue, action) => {
				if (isOurs(node[part])) return action();
				const isSource = selection.tasks.some(({ source }) => source === node);
				const { callOwn, keepAsIs } = await loadOwnTask();
				for (const each of [issue, request.options]) keepAsIs(each);
				return callOwn(part, node, issue?.id, action, isSource);
			},
			isSpent: () => [...spent.values()].reduce((sum, tokens) => sum + tokens, 0) >= request.maxRunTokens,
			onEvent: (event) => {
				const activity = event.kind === "task-activity" && (event.activity as Activity);
				if (activity && activity.kind === "usage" && event.kind === "task-activity") {
					// What is told is a turn's total so far: one of another task of the issue comes on top of it.
					spent.set(
						JSON.stringify([event.issue, event.task]),
						activity.usage.inputTokens + activity.usage.outputTokens,
					);
				}
				view.onEvent(event);
				// The agent has not begun, and takes far longer.
				if (event.kind === "issue-called") void loadRest();
				if (!interrupt.aborted || event.kind === "run-settled") tellWatchers(event);
			},
		});
		const failed = [...report.run.values()].find((outcome) => outcome.status === "failed");
		if (signals.exitCode() === undefined && failed?.status === "failed") throw failed.error;
		return { report, signal: signals.exitCode() };
	} finally {
		stopWaiting();
		await view.close();
		signals.release();
	}
}

/** A signal that is also aborted when the time has come until which the run is to work, and what ends waiting for it. */
function untilTime(
	until: number | undefined,
	interrupt: AbortSignal,
	onTime: () => void,
): readonly [AbortSignal, () => void] {
	if (until === undefined) return [interrupt, () => {}];
	const time = new AbortController();
	const ended = new AbortController();
	setMaxListeners(0, time.signal);
	interrupt.addEventListener("abort", () => time.abort(interrupt.reason), { once: true });
	void import("../system/clock.ts").then(async ({ CLOCK }) => {
		await CLOCK.waitUntil(until, ended.signal);
		if (ended.signal.aborted || interrupt.aborted) return;
		onTime();
		time.abort("until" satisfies ReasonOfTime);
	});
	return [time.signal, () => ended.abort()];
}

type ReasonOfTime = typeof UNTIL;

/** What is said when a run is about to end early. */
const STOPPING = {
	until:
		"The time has come until which the run was to work (--until): the agents are being ended, and what they did is kept.",
	signal: "Stopping: the agents are being ended, and what they did is kept. Ctrl-C again to stop at once.",
	"launcher-gone":
		"Stopping, since what started this program (npx, tsx) has gone: the agents are being ended, and what they did is kept.",
} as const;

/** How what was asked for is executed, uninterrupted and unseen. */
export function executeOptions(request: RunRequest): ExecuteOptions<ActionOptions, IssuePlan> {
	const never = new AbortController().signal;
	const { options, jobs, failFast, force } = request;
	return {
		options: { ...options, jobs, ...(force && { force }) },
		jobs,
		failFast,
		force,
		interrupt: never,
		terminate: never,
		endsRun,
		memory: LOG_MEMORY,
		// What this program's own tasks throw is a defect of it, or told by its kind.
		call: async (part, node, issue, action) =>
			isOurs(node[part]) ? action() : (await loadOwnTask()).callOwn(part, node, issue?.id, action),
		onEvent: () => {},
	};
}

/** What every further issue would meet alike. */
function endsRun(error: Error): boolean {
	if (!(error instanceof Failure)) return false;
	return error.problems.some(
		(problem) =>
			problem.kind === "disk-full" ||
			problem.kind === "repository-tampered" ||
			problem.kind === "repository-gone" ||
			(problem.kind === "attempt" && problem.everyTurn),
	);
}
