import { type Problem, problemOf } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import type { Withdrawn } from "../../contract/standing.ts";
import type { IssueOutcomes } from "../../engine/event.ts";
import { type Outcome, unreachable } from "../../engine/outcome.ts";
import { knownValue, type ValueWords, valueWords } from "./value-words.ts";

/** How an issue came out of a run. */
export interface IssueStatus {
	/** As the closing table has it. */
	readonly word: string;
	readonly good: boolean;
	/** True when no agent was at work on the issue in this run, so that times and tokens of its record are old. */
	readonly isOld: boolean;
	readonly record: AttemptRecord | undefined;
}

/** Sums up the outcomes of one issue's tasks: the first that did not end well decides. */
export function statusOf(outcomes: IssueOutcomes): IssueStatus {
	const all = [...outcomes.values()];
	const record = recordOf(outcomes);
	const bad = all.find((outcome) => badWord(outcome) !== undefined);
	if (bad) return { word: badWord(bad) ?? "", good: false, isOld: false, record };
	const skipped = all.find((outcome) => outcome.status === "not-in-run" && outcome.because !== undefined);
	if (skipped?.status === "not-in-run")
		return {
			word: `not run: ${(skipped.because as Withdrawn).kind.replaceAll("-", " ")}`,
			good: true,
			isOld: true,
			record,
		};
	const isOld =
		all.every(({ status }) => status !== "done") ||
		all.some((outcome) => outcome.status === "up-to-date" && TURNS.has(knownValue(outcome)?.kind));
	return { word: isOld && !all.some(hasDone) ? "up to date" : goodWord(all, record), good: true, isOld, record };
}

/** One outcome in a few words; nothing for a task that was not called for. */
export function outcomeWords(outcome: Outcome<unknown>): ValueWords | undefined {
	switch (outcome.status) {
		case "done":
			return valueWords(outcome.value);
		case "up-to-date":
			return { words: "up to date" };
		case "failed":
		case "blocked":
		case "cancelled":
			return { words: badWord(outcome) ?? "" };
		case "not-in-run":
			return undefined;
		default:
			return unreachable(outcome);
	}
}

/** The attempt that a run's outcomes tell of, as complete as it got. */
export function recordOf(outcomes: IssueOutcomes): AttemptRecord | undefined {
	return [...outcomes.values()].flatMap(recordIn).at(-1);
}

/** What tasks had to say of what they did, by the task's name. */
export function notesOf(outcomes: IssueOutcomes): readonly (readonly [task: string, text: string])[] {
	return [...outcomes].flatMap(([task, outcome]) => {
		const value = knownValue(outcome);
		return value?.kind === "note" ? [[task, valueWords(value).words] as const] : [];
	});
}

/** What did not go well, in a few words; nothing for what did. */
export function badWord(outcome: Outcome<unknown>): string | undefined {
	if (outcome.status === "blocked") return `blocked by ${outcome.by.issue ?? outcome.by.task ?? outcome.by.holder}`;
	if (outcome.status === "cancelled") return outcome.started ? "cancelled" : "not started";
	if (outcome.status !== "failed") return undefined;
	const problem = problemOf(outcome.error);
	if (problem?.kind === "attempt") return endOf(problem.record);
	// What is remembered of an error that is no failure of a kind is told as it was at the time.
	return `failed: ${problem === undefined || ERRORS.includes(problem.kind) ? "error" : problem.kind}`;
}

/** Kinds of what nobody meant to throw. */
const ERRORS: readonly string[] = ["defect", "task-threw", "task-answer"] satisfies Problem["kind"][];

/** How an attempt ended, in a few words. */
export function endOf({ outcome, reason }: AttemptRecord): string {
	return reason ? `${outcome}: ${reason}` : outcome;
}

function goodWord(outcomes: readonly Outcome<unknown>[], record: AttemptRecord | undefined): string {
	if (record?.outcome !== "pass") return record?.outcome ?? "done";
	if (outcomes.some(hasKeptIgnored)) return "pass, ignored files kept";
	return record.saved && record.saved.filesChanged === 0 ? "pass, no change" : "pass";
}

/** Kinds of what is done whenever it is called for: to save and to tidy up what an earlier run has left. */
const TIDYING = new Set<string | undefined>(["nothing-to-save", "removed", "kept", "nothing-to-remove"]);

/** Kinds of what an agent's turn came to. */
const TURNS = new Set<string | undefined>(["turn", "passed-elsewhere"]);

function hasDone(outcome: Outcome<unknown>): boolean {
	if (outcome.status !== "done") return false;
	const value = knownValue(outcome);
	return value?.kind === "saved" ? value.isNew : !TIDYING.has(value?.kind);
}

function hasKeptIgnored(outcome: Outcome<unknown>): boolean {
	const value = outcome.status === "done" ? knownValue(outcome) : undefined;
	return value?.kind === "kept" && value.ignored.length > 0;
}

function recordIn(outcome: Outcome<unknown>): AttemptRecord[] {
	if (outcome.status === "failed") {
		const problem = problemOf(outcome.error);
		return problem?.kind === "attempt" ? [problem.record] : [];
	}
	const value = knownValue(outcome);
	return value?.kind === "turn" || value?.kind === "saved" ? [value.record] : [];
}
