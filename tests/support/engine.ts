import { setImmediate as nextTurn } from "node:timers/promises";
import { execute, type RunReport } from "../../tasks/engine/execute.ts";
import type { ExecuteOptions } from "../../tasks/engine/execution.ts";
import type { IssueLike } from "../../tasks/engine/issue.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { select } from "../../tasks/engine/select.ts";
import { type IssueContext, type Task, task } from "../../tasks/engine/task.ts";

/** The summary of tasks that nobody lists. */
export const summary = "";

/** An issue that waits for the issues with these ids. */
export function issue(id: string, ...blockers: readonly string[]): IssueLike {
	return { id, blockers };
}

/** The run-wide task whose list holds these issues. */
export function planOf(...issues: readonly IssueLike[]): Task<readonly IssueLike[], "run"> {
	return task("plan", { summary, run: async () => issues });
}

/** Runs `goals` out of `tasks`: one issue at a time, uninterrupted, unless the settings say otherwise. */
export function run(
	tasks: readonly Task[],
	goals: readonly Task[],
	settings: Partial<ExecuteOptions<unknown>> = {},
): Promise<RunReport> {
	return execute(select(tasks, goals), executeOptions(settings));
}

/** Options of an execution of one issue at a time, uninterrupted, unless the settings say otherwise. */
export function executeOptions(settings: Partial<ExecuteOptions<unknown>> = {}): ExecuteOptions<unknown> {
	const never = new AbortController().signal;
	return {
		options: undefined,
		jobs: 1,
		failFast: false,
		force: false,
		interrupt: never,
		terminate: never,
		endsRun: () => false,
		onEvent: () => {},
		...settings,
	};
}

/** Every outcome of a run's issues: by issue, then by task. */
export function outcomesOf(report: RunReport): Record<string, Record<string, Outcome<unknown>>> {
	return Object.fromEntries([...report.outcomes].map(([id, outcomes]) => [id, Object.fromEntries(outcomes)]));
}

/**
 * Lets everything go on that can go on without the test: the engine and plain actions only queue microtasks, and those
 * are through when the event loop comes round.
 */
export async function quiet(): Promise<void> {
	await nextTurn();
}

/** A per-issue action that waits in every call until the test lets it go; returns the issue's id. */
export interface HeldAction {
	readonly run: (input: unknown, context: IssueContext<IssueLike>) => Promise<string>;
	/** Ids of the issues it was called for, in order. */
	readonly calls: string[];
	/** Ids of the issues it is held for right now. */
	held(): string[];
	signalOf(id: string): AbortSignal;
	/** Lets the call for this issue return, then everything go on that can. */
	release(id: string): Promise<void>;
	/** Lets the call for this issue throw, then everything go on that can. */
	fail(id: string, thrown: unknown): Promise<void>;
}

/** Creates an action that the test lets go by hand. */
export function heldAction(): HeldAction {
	const calls: string[] = [];
	const waiting = new Map<string, PromiseWithResolvers<string>>();
	const signals = new Map<string, AbortSignal>();
	const take = (id: string): PromiseWithResolvers<string> => {
		const call = waiting.get(id);
		if (!call) throw new Error(`nothing is held for issue ${id}`);
		waiting.delete(id);
		return call;
	};
	return {
		run(_, context) {
			const { id } = context.issue;
			const call = withResolvers<string>();
			calls.push(id);
			waiting.set(id, call);
			signals.set(id, context.signal);
			return call.promise;
		},
		calls,
		held: () => [...waiting.keys()],
		signalOf(id) {
			const signal = signals.get(id);
			if (!signal) throw new Error(`nothing was called for issue ${id}`);
			return signal;
		},
		async release(id) {
			take(id).resolve(id);
			await quiet();
		},
		async fail(id, thrown) {
			take(id).reject(thrown);
			await quiet();
		},
	};
}

/** A promise and what settles it. */
export interface PromiseWithResolvers<T> {
	readonly promise: Promise<T>;
	readonly resolve: (value: T) => void;
	readonly reject: (reason: unknown) => void;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
export function withResolvers<T>(): PromiseWithResolvers<T> {
	let resolve: (value: T) => void = () => {};
	let reject: (reason: unknown) => void = () => {};
	const promise = new Promise<T>((onResolve, onReject) => {
		resolve = onResolve;
		reject = onReject;
	});
	return { promise, resolve, reject };
}
