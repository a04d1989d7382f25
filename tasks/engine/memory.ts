import type { Outcome } from "./outcome.ts";
import type { Task } from "./task.ts";

/** How a task of an issue ended the last time it ran. */
export interface Remembered {
	readonly outcome: Outcome<unknown>;
	/** When, in ISO 8601. */
	readonly at: string;
}

/** What is known, from one run to the next, of tasks that leave no record of their own. */
export interface Memory<I> {
	/** Nothing when the task has not run, or nobody remembers. */
	recall(task: string, issue: I): Promise<Remembered | undefined>;
	/** Keeps how a task ended. Must not throw: what can't be kept must not be told either. */
	remember(task: Task, issue: I, outcome: Outcome<unknown>): Promise<void>;
}

/** Remembers nothing. */
export const NO_MEMORY: Memory<unknown> = { recall: async () => undefined, remember: async () => {} };
