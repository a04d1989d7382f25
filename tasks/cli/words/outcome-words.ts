import type { AcceptRecord } from "../../contract/accept-record.ts";
import { isWork } from "../../contract/phase.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import type { Withdrawn } from "../../contract/standing.ts";
import type { IssueOutcomes } from "../../engine/event.ts";
import { type Outcome, unreachable } from "../../engine/outcome.ts";
import { faultIn, type JudgedInRun, judgedOf } from "./judged-words.ts";
import { problemIn, turnsOf } from "./spent-words.ts";
import { knownValue, type ValueWords, valueWords } from "./value-words.ts";

export { waitsForAnswer } from "../../contract/record.ts";

/** How an issue came out of a run. */
export interface IssueStatus {
	/** As the closing table has it. */
	readonly word: string;
	readonly good: boolean;
	/** The first of its tasks that did not end well. */
	readonly bad: Outcome<unknown> | undefined;
	/** What tells of its work. */
	readonly record: AttemptRecord | undefined;
	/** The turns that were taken for it in this run. */
	readonly turns: readonly AttemptRecord[];
	readonly judged: JudgedInRun;
}

/** Sums up the outcomes of one issue's tasks: the first that did not end well decides. */
export function statusOf(outcomes: IssueOutcomes): IssueStatus {
	const all = [...outcomes.values()];
	const bad = all.find((outcome) => badWord(outcome) !== undefined);
	const judged = judgedOf(outcomes);
	const common = { bad, record: recordOf(outcomes), turns: turnsOf(outcomes), judged };
	if (bad) return { ...common, word: badWord(bad) ?? "", good: false };
	const skipped = all.find((outcome) => outcome.status === "not-in-run" && outcome.because !== undefined);
	if (skipped?.status === "not-in-run") {
		const why = (skipped.because as Withdrawn).kind.replaceAll("-", " ");
		return { ...common, word: `not run: ${why}`, good: true };
	}
	const fault = faultIn(outcomes);
	if (fault) return { ...common, word: fault.word, good: false };
	const isOld =
		all.every(({ status }) => status !== "done") ||
		all.some((outcome) => outcome.status === "up-to-date" && RESULTS.has(knownValue(outcome)?.kind));
	return { ...common, word: isOld && !all.some(hasDone) ? "up to date" : goodWord(all, common), good: true };
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

/** The attempt that a run's outcomes tell of, as complete as it got: the last that worked, or else the last. */
export function recordOf(outcomes: IssueOutcomes): AttemptRecord | undefined {
	const records = [...outcomes.values()].flatMap(recordIn);
	return records.findLast(({ phase }) => isWork(phase)) ?? records.at(-1);
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
	if (outcome.status === "cancelled" && !outcome.started) return "not started";
	if (outcome.status === "cancelled") {
		const reason = stopReason(outcome);
		return reason ? `stopped: ${reason}` : "cancelled";
	}
	if (outcome.status !== "failed") return undefined;
	const problem = problemOf(outcome.error);
	if (problem?.kind === "attempt") return endOf(problem.record);
	if (problem?.kind === "not-accepted") return notAccepted(problem.record);
	// What is remembered of an error that is no failure of a kind is told as it was at the time.
	return `failed: ${problem === undefined || ERRORS.includes(problem.kind) ? "error" : problem.kind}`;
}

/** Which limit has ended a task; nothing where it was somebody's doing. */
export function stopReason({ error, because }: Extract<Outcome<unknown>, { status: "cancelled" }>): string | undefined {
	const problem = error && problemOf(error);
	const isStopped = problem?.kind === "attempt" && problem.record.outcome === "stopped";
	return (isStopped && problem.record.reason) || because;
}

/** Kinds of what nobody meant to throw. */
const ERRORS: readonly string[] = ["defect", "task-threw", "task-answer"] satisfies Problem["kind"][];

/** How an attempt ended, in a few words. */
export function endOf({ outcome, reason }: AttemptRecord): string {
	if (outcome === "blocked") return "blocked by a question";
	return reason ? `${outcome}: ${reason}` : outcome;
}

/** That work is not accepted, with the gravest reason. */
export function notAccepted({ reasons: [reason] }: AcceptRecord): string {
	return reason ? `not accepted: ${reason}` : "not accepted";
}

/** That work is accepted, by what. */
export function acceptedWord({ key }: AcceptRecord): string {
	return key === null ? "accepted, reviewed only" : "accepted";
}

function goodWord(
	outcomes: readonly Outcome<unknown>[],
	{ record, judged: { verdict } }: Pick<IssueStatus, "record" | "judged">,
): string {
	if (!verdict && record?.outcome !== "pass") return record?.outcome ?? "done";
	const word = verdict ? acceptedWord(verdict) : "pass";
	if (outcomes.some(hasKeptIgnored)) return `${word}, ignored files kept`;
	return record?.saved && record.saved.filesChanged === 0 ? `${word}, no change` : word;
}

/** Kinds of what is done whenever it is called for: to save and to tidy up what an earlier run has left. */
const TIDYING = new Set<string | undefined>(["nothing-to-save", "removed", "kept", "nothing-to-remove"]);

/** Kinds of what an agent's turn came to, and a verdict. */
const RESULTS = new Set<string | undefined>(["turn", "passed-elsewhere", "accepted"]);

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
	const problem = problemIn(outcome);
	if (problem?.kind === "attempt") return [problem.record];
	const value = knownValue(outcome);
	return value?.kind === "turn" || value?.kind === "saved" ? [value.record] : [];
}
