import { type Problem, problemOf } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import type { IssueOutcomes } from "../../engine/event.ts";
import type { Outcome } from "../../engine/outcome.ts";
import { count, duration } from "./format.ts";
import { knownValue } from "./value-words.ts";

/** The turns that were taken for an issue in this run, each once, however often it is handed on; what an earlier run took is none of them. */
export function turnsOf(outcomes: IssueOutcomes): AttemptRecord[] {
	const all = [...outcomes.values()];
	const old = all.filter(({ status }) => status === "up-to-date").flatMap(turnIn);
	const taken = all.filter(({ status }) => status !== "up-to-date").flatMap(turnIn);
	// A turn that there was no need to take hands on what the one before it came to.
	const known = new Set(old.map(keyOf));
	return taken.filter((record) => !known.has(keyOf(record)) && known.add(keyOf(record)));
}

function turnIn(outcome: Outcome<unknown>): AttemptRecord[] {
	const problem = problemIn(outcome);
	if (problem) return problem.kind === "attempt" ? [problem.record] : [];
	const value = knownValue(outcome);
	return value?.kind === "turn" ? [value.record] : [];
}

/** What a task failed for, or what became of one that was ended with the run. */
export function problemIn(outcome: Outcome<unknown>): Problem | undefined {
	const isBad = outcome.status === "failed" || outcome.status === "cancelled";
	return isBad && outcome.error ? problemOf(outcome.error) : undefined;
}

/** What tells a turn from every other of its issue. */
export function keyOf({ phase, startedAt }: AttemptRecord): string {
	return `${phase} ${startedAt}`;
}

/** Milliseconds that turns took together; nothing where none has ended. */
export function timeOf(turns: readonly AttemptRecord[]): number | undefined {
	const times = turns.flatMap(({ durationMs }) => durationMs ?? []);
	return times.length > 0 ? times.reduce((sum, each) => sum + each, 0) : undefined;
}

/** Tokens that turns used together; nothing where nobody counted. */
export function tokensOf(turns: readonly AttemptRecord[]): number | undefined {
	const usages = turns.flatMap(({ usage }) => usage ?? []);
	if (usages.length === 0) return undefined;
	return usages.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
}

/** How an issue ended, with what its turns took, for a line of its own. */
export function settledWords(word: string, turns: readonly AttemptRecord[]): string {
	const [time, tokens] = [timeOf(turns), tokensOf(turns)];
	return [
		word,
		...(time === undefined ? [] : [duration(time)]),
		...(tokens === undefined ? [] : [`${count(tokens)} tokens`]),
	].join("  ");
}
