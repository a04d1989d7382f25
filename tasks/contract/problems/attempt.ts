import type { AttemptRecord, EveryTurn, ThisTurn } from "../record.ts";

/** A limit of a phase that was reached: milliseconds, or tokens. */
export interface Limit {
	readonly name: "timeout" | "stall" | "max-tokens";
	readonly value: number;
}

/** An attempt that did not end with `pass`. */
export type AttemptProblem = {
	readonly kind: "attempt";
	readonly record: AttemptRecord;
	readonly logDir: string;
	readonly everyTurn?: EveryTurn;
	readonly thisTurn?: ThisTurn;
	/** The words that start the agent's program, which can tell more of it. */
	readonly program?: readonly string[];
	/** The limit that ended it. */
	readonly limit?: Limit;
	/** When the provider's usage limit is over that it met, in ISO 8601, where anybody tells. */
	readonly limitUntil?: string;
};
