import type { Issue } from "./issue.ts";
import type { RunOptions } from "./options.ts";

/** Tokens that the turns of an issue may use together, by its estimate: the entry of the smallest estimate that is no less holds. */
export type BudgetTable = Readonly<Record<number, number>>;

/** What a turn may use at most. */
export interface TurnBudget {
	/** Milliseconds. */
	readonly timeout: number;
	readonly tokens: number;
	/** What all turns may use of which this is one, and what those before it have used. */
	readonly whole: number;
	readonly used: number;
}

/**
 * What a turn may use: what was typed or set for every phase; else what the issue's document says, which for tokens is of all its turns; else,
 * for tokens, what the orchfile says of its estimate; else the usual.
 * @param used tokens of the turns before it, since its dev phase was begun.
 */
export function chooseBudget(
	{ budget, timeout, estimate }: Pick<Issue, "budget" | "timeout" | "estimate">,
	options: Pick<RunOptions, "timeout" | "maxTokens" | "asked">,
	table: BudgetTable,
	used: number,
): TurnBudget {
	const { asked = [] } = options;
	const whole = asked.includes("maxTokens") ? undefined : (budget ?? budgetOf(estimate, table));
	return {
		whole: whole ?? options.maxTokens,
		used,
		timeout: asked.includes("timeout") ? options.timeout : (timeout ?? options.timeout),
		tokens: whole === undefined ? options.maxTokens : Math.max(0, whole - used),
	};
}

function budgetOf(estimate: number | null, table: BudgetTable): number | undefined {
	const sizes = Object.keys(table)
		.map(Number)
		.sort((a, b) => a - b);
	const size = estimate === null ? undefined : sizes.find((each) => each >= estimate);
	return size === undefined ? undefined : table[size];
}
