/** What kept a task or an issue from starting: a task it needs, another issue, or somebody who holds the issue. */
export interface Blocker {
	readonly task?: string;
	readonly issue?: string;
	readonly holder?: string;
}

/**
 * How a task ended.
 * `cancelled` is the run's doing (interrupted, or stopped after a failure elsewhere), never the task's;
 * `started` tells whether the task may have left something behind.
 */
export type Outcome<T> =
	| { readonly status: "done"; readonly value: T }
	| { readonly status: "up-to-date"; readonly value: T }
	| { readonly status: "failed"; readonly error: Error }
	| { readonly status: "blocked"; readonly by: Blocker; readonly error?: Error }
	/** `error`: what it said when it was stopped. `because`: it was the run's time that was over. */
	| { readonly status: "cancelled"; readonly started: boolean; readonly error?: Error; readonly because?: "until" }
	/** `because`: why an issue that was to be run is none of this run after all. */
	| { readonly status: "not-in-run"; readonly because?: unknown };

/** Thrown by an action that can't start because of another issue: the outcome is then `blocked`, not `failed`. */
export class BlockedError extends Error {
	override readonly name = "BlockedError";
	readonly by: Blocker;

	/** @param cause what exactly is in the way. */
	constructor(by: Blocker, cause: Error) {
		super(`blocked by ${by.issue ?? by.task ?? by.holder}`, { cause });
		this.by = by;
	}
}

/** Thrown by what takes hold of an issue that is not to be run after all: what depends on it goes on. */
export class SkippedError extends Error {
	override readonly name = "SkippedError";
	readonly because: unknown;

	/** @param because why, for the view. */
	constructor(because: unknown) {
		super("not to be run any more");
		this.because = because;
	}
}

/** True when dependents may use the task's value. */
export function isGood<T>(
	outcome: Outcome<T>,
): outcome is { readonly status: "done" | "up-to-date"; readonly value: T } {
	return outcome.status === "done" || outcome.status === "up-to-date";
}

/** True when the task ran, even if only for a moment: something of it may have to be tidied up. */
export function hasStarted(outcome: Outcome<unknown>): boolean {
	switch (outcome.status) {
		case "done":
		case "up-to-date":
		case "failed":
			return true;
		case "cancelled":
			return outcome.started;
		case "blocked":
		case "not-in-run":
			return false;
		default:
			return unreachable(outcome);
	}
}

/** True when no task failed, was blocked or was cancelled. */
export function hasEndedWell(outcomes: Iterable<Outcome<unknown>>): boolean {
	for (const outcome of outcomes) if (!isGood(outcome) && outcome.status !== "not-in-run") return false;
	return true;
}

/** Ends every switch over a closed union: a case that is missing does not compile. */
export function unreachable(value: never): never {
	throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
