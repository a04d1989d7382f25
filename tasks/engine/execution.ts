import type { IssueOutcomes, RunEvent } from "./event.ts";
import type { IssueLike } from "./issue.ts";
import { type Memory, NO_MEMORY } from "./memory.ts";
import type { Outcome } from "./outcome.ts";
import type { Selection } from "./select.ts";
import type { Task } from "./task.ts";

/** A function of a task. */
export type Part = "run" | "upToDate" | "hold";

/** How a run is to be executed. */
export interface ExecuteOptions<O, I extends IssueLike = IssueLike> {
	/** Handed to every action as `context.options`. */
	readonly options: O;
	/** Issues at once; an integer from 1. */
	readonly jobs: number;
	/** Start nothing new after the first issue that does not end well (make's `-S`). */
	readonly failFast: boolean;
	/** Do not ask `upToDate` (make's `-B`). */
	readonly force: boolean;
	/**
	 * Aborted at the first interruption: nothing new starts, what runs is stopped, what it left is tidied up. For the reason `"until"` where
	 * nobody interrupts it, but its time has come.
	 */
	readonly interrupt: AbortSignal;
	/** Aborted when tidying up has to stop as well. */
	readonly terminate: AbortSignal;
	/** True for an error that every further issue would meet alike (credentials gone, disk full). */
	readonly endsRun: (error: Error) => boolean;
	/** Asked before an issue starts: true when the run has had enough and starts nothing new (a budget is used up). */
	readonly isSpent?: () => boolean;
	readonly onEvent: (event: RunEvent<I>) => void;
	/** Calls a function of a task; nothing is done about the call when absent. */
	readonly call?: <T>(part: Part, node: Task, issue: I | undefined, action: () => Promise<T>) => Promise<T>;
	/** What tasks that leave no record of their own are known by; nothing is when absent. */
	readonly memory?: Memory<I>;
	/** The tasks that a blocker outside of the run has to be up to date for; those of the run when absent. */
	readonly blockersSelection?: Selection;
}

/** Everything that one run shares. */
export interface Execution<O = unknown, I extends IssueLike = IssueLike> extends ExecuteOptions<O, I> {
	readonly selection: Selection;
	readonly memory: Memory<I>;
	readonly call: NonNullable<ExecuteOptions<O, I>["call"]>;
	readonly runOutcomes: Map<Task, Outcome<unknown>>;
	/** Called as soon as a task of an issue has failed, before the issue is tidied up. */
	onFailure: (issue: string, error: Error) => void;
}

/** What one run shares, before anything of it has run. */
export function createExecution<O, I extends IssueLike>(
	selection: Selection,
	options: ExecuteOptions<O, I>,
): Execution<O, I> {
	return {
		memory: NO_MEMORY,
		call: (_part, _node, _issue, action) => action(),
		...options,
		selection,
		runOutcomes: new Map(),
		onFailure: () => {},
	};
}

/** Why a run started nothing more before it was through. */
export type Stop =
	| { readonly kind: "interrupted" }
	/** The time has come until which it was to work: what ran was ended as by an interruption. */
	| { readonly kind: "until" }
	| { readonly kind: "spent" }
	| { readonly kind: "fail-fast"; readonly issue: string }
	| { readonly kind: "ends-run"; readonly issue: string; readonly error: Error };

/** Why nothing new is to be started, if so. @param isOver only what has ended what ran counts. */
export function stopOf(
	execution: Pick<ExecuteOptions<unknown, never>, "interrupt" | "isSpent">,
	isOver = false,
): Stop | undefined {
	if (execution.interrupt.aborted) return { kind: execution.interrupt.reason === "until" ? "until" : "interrupted" };
	return !isOver && execution.isSpent?.() ? { kind: "spent" } : undefined;
}

/** Outcomes by the names of their tasks. */
export function byName(outcomes: ReadonlyMap<Task, Outcome<unknown>>): IssueOutcomes {
	return new Map([...outcomes].map(([node, outcome]) => [node.name, outcome]));
}
