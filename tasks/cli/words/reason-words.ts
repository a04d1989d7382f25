import { problemOf } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import type { Stale } from "../../contract/standing.ts";
import type { EngineReason } from "../../engine/ask.ts";
import type { Outcome } from "../../engine/outcome.ts";
import type { Unmet } from "../../engine/standing.ts";
import { duration, inOneLine, plural } from "./format.ts";
import { badWord, endOf, notAccepted, waitsForAnswer } from "./outcome-words.ts";
import type { Kinds } from "./say.ts";

/** Why a task of ours, or of anybody's, has something to do. */
export type Reason = Stale | EngineReason;

/** Why a task has something to do, in a few words. `reason-sentences.ts` has more of them, and loads the words of problems. */
const WORDS: Kinds<Reason, string, [task: string]> = {
	"never-run": () => "never run",
	"last-attempt": ({ record }) => endOf(record),
	"document-changed": () => "document changed",
	"made-for-another": () => "made for another document",
	"prompt-changed": () => "prompt changed",
	"work-gone": () => "work gone",
	"commit-lost": () => "commit lost",
	"history-cut": () => "history cut",
	"not-committed": ({ outcome }) => (outcome === "pass" ? "passed, not committed" : "not committed"),
	"not-persisted": ({ outcome }) => (outcome === "pass" ? "passed, not persisted" : "not persisted"),
	"not-verified": () => "not verified",
	"not-reviewed": () => "not reviewed",
	"fix-missing": ({ because }) => (because === "failing" ? "checks fail, not fixed" : "changes required, not fixed"),
	"not-judged": () => "not judged",
	"not-accepted": ({ record }) => notAccepted(record),
	"gone-on": ({ accepted, commits }) => `accepted at ${accepted.slice(0, 10)}, ${plural(commits, "commit")} since`,
	"no-worktree": () => "no worktree",
	"base-moved": () => "base moved on",
	"not-set-up": () => "not set up",
	"never-done": (_, task) => `${task} never run`,
	ended: ({ outcome }, task) => (isAsking(outcome) ? "" : `${task} `) + badWord(outcome) + wayOf(outcome),
	"need-changed": (_, task) => `${task} out of date`,
	unknown: (_, task) => `${task} can't be asked`,
};

/** True for a turn that a person has to answer, whichever it is. */
function isAsking(outcome: Outcome<unknown>): boolean {
	const problem = outcome.status === "failed" ? problemOf(outcome.error) : undefined;
	return problem?.kind === "attempt" && waitsForAnswer(problem.record);
}

/** What exactly is in the way of a task that another issue holds back. */
function wayOf(outcome: Outcome<unknown>): string {
	const problem = outcome.status === "blocked" ? problemOf(outcome.error) : undefined;
	return problem ? `: ${problem.kind}` : "";
}

/** Why an issue is not up to date, in a few words. */
export function reasonWord({ task, because }: Unmet): string {
	const reason = knownReason(because);
	if (reason) return (WORDS[reason.kind] as (fact: Reason, task: string) => string)(reason, task.name);
	return ownWords(because) ?? `${task.name} out of date`;
}

/** A reason of a kind that is known here; nothing for what a task of the orchfile's own says. */
export function knownReason(because: unknown): Reason | undefined {
	const { kind } = (because ?? {}) as { readonly kind?: unknown };
	return typeof kind === "string" && Object.hasOwn(WORDS, kind) ? (because as Reason) : undefined;
}

/** What a task of the orchfile's own says in a note; nothing when it says no more than that it is out of date. */
export function ownWords(because: unknown): string | undefined {
	const { text } = (because ?? {}) as { readonly text?: unknown };
	return typeof text === "string" ? inOneLine(text) : undefined;
}

/** How long ago an attempt ended. */
export function age(record: AttemptRecord, now: number): string {
	return duration(Math.max(0, now - Date.parse(record.endedAt ?? record.startedAt)));
}

/** The record of the attempt that a reason is about. */
export function recordIn({ because, last }: Unmet): AttemptRecord | undefined {
	const reason = knownReason(because);
	if (reason?.kind === "last-attempt") return reason.record;
	const problem = last?.status === "failed" ? problemOf(last.error) : undefined;
	return problem?.kind === "attempt" ? problem.record : undefined;
}
