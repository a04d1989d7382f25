import { Failure } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import type { IssueOutcomes } from "../../engine/event.ts";
import { type Outcome, unreachable } from "../../engine/outcome.ts";
import { count, duration } from "./format.ts";

/** How an issue came out of a run, in the words of the closing table. */
export interface IssueStatus {
	readonly word: string;
	readonly good: boolean;
	readonly record: AttemptRecord | undefined;
}

/** Sums up the outcomes of one issue's tasks: the first that did not end well decides. */
export function statusOf(outcomes: IssueOutcomes): IssueStatus {
	const record = recordOf(outcomes);
	for (const outcome of outcomes.values()) {
		const word = badWord(outcome);
		if (word) return { word, good: false, record };
	}
	const fresh = [...outcomes.values()].every(({ status }) => status !== "done");
	const dev = [...outcomes.values()].find((outcome) => outcome.status === "up-to-date" && isRecord(outcome.value));
	if (dev || fresh) return { word: "up to date", good: true, record };
	if (record?.outcome !== "pass") return { word: record?.outcome ?? "done", good: true, record };
	if ([...outcomes.values()].some(hasKeptIgnored)) return { word: "pass, ignored files kept", good: true, record };
	return { word: record.saved && record.saved.filesChanged === 0 ? "pass, no change" : "pass", good: true, record };
}

function hasKeptIgnored(outcome: Outcome<unknown>): boolean {
	const value = outcome.status === "done" ? outcome.value : undefined;
	return typeof value === "object" && value !== null && "ignored" in value;
}

/** One outcome in a few words; nothing for a task that was not called for. */
export function outcomeWords(outcome: Outcome<unknown>): string | undefined {
	switch (outcome.status) {
		case "done":
			return valueWords(outcome.value);
		case "up-to-date":
			return "up to date";
		case "failed":
		case "blocked":
		case "cancelled":
			return badWord(outcome);
		case "not-in-run":
			return undefined;
		default:
			return unreachable(outcome);
	}
}

/** The attempt that a run's outcomes tell of, as complete as it got. */
export function recordOf(outcomes: IssueOutcomes): AttemptRecord | undefined {
	const found = [...outcomes.values()].flatMap((outcome): AttemptRecord[] => {
		if (outcome.status === "failed") return attemptOf(outcome.error);
		if (outcome.status !== "done" && outcome.status !== "up-to-date") return [];
		const value = outcome.value as { record?: unknown } | null;
		return [value, value?.record].filter(isRecord);
	});
	return found.at(-1);
}

function attemptOf(error: Error): AttemptRecord[] {
	const [problem] = error instanceof Failure ? error.problems : [];
	return problem?.kind === "attempt" ? [problem.record] : [];
}

function badWord(outcome: Outcome<unknown>): string | undefined {
	if (outcome.status === "blocked") return `blocked by ${outcome.by.issue ?? outcome.by.task ?? outcome.by.holder}`;
	if (outcome.status === "cancelled") return outcome.started ? "cancelled" : "not started";
	if (outcome.status !== "failed") return undefined;
	const [problem] = outcome.error instanceof Failure ? outcome.error.problems : [];
	if (problem?.kind !== "attempt") return `failed: ${problem?.kind ?? "error"}`;
	const { record } = problem;
	return record.reason ? `${record.outcome}: ${record.reason}` : record.outcome;
}

/** What an action of ours returned; a user's own task is just done. */
function valueWords(value: unknown): string {
	if (isRecord(value)) return [value.outcome, ...costOf(value)].join(", ");
	if (typeof value !== "object" || value === null) return "done";
	if ("removed" in value && "kept" in value)
		return value.removed ? "removed" : value.kept ? "kept" : "nothing to remove";
	if ("isNew" in value && "commit" in value) {
		if (typeof value.commit === "string") return `committed ${value.commit.slice(0, 10)}`;
		return value.isNew ? "no change to commit" : "nothing to persist";
	}
	if ("gitDir" in value && "path" in value) return `in ${value.path}`;
	return "done";
}

function costOf(record: AttemptRecord): string[] {
	const { usage, durationMs } = record;
	const time = durationMs === null ? [] : [`in ${duration(durationMs)}`];
	return usage ? [...time, `${count(usage.inputTokens + usage.outputTokens)} tokens`] : time;
}

function isRecord(value: unknown): value is AttemptRecord {
	if (typeof value !== "object" || value === null) return false;
	return "issueId" in value && "promptHash" in value && "outcome" in value && "saved" in value;
}
