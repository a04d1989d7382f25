import { phaseOf } from "../../contract/phase.ts";
import { type Failure, type Problem, problemOf } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import type { Stale } from "../../contract/standing.ts";
import type { EngineReason } from "../../engine/ask.ts";
import type { Outcome } from "../../engine/outcome.ts";
import type { Unmet } from "../../engine/standing.ts";
import { duration, oneLine } from "./format.ts";
import { badWord, endOf } from "./outcome-words.ts";
import { messageOf } from "./problem-words.ts";
import type { Kinds, Say } from "./say.ts";

/** Why a task has something to do: in a few words, and as the end of a sentence that says so of its issue. */
interface ReasonWords {
	readonly word: string;
	readonly sentence: string;
}

/** What a reason is about, beside its own facts. */
interface About {
	readonly task: string;
	readonly now: number;
	readonly say: Say;
}

type Reason = Stale | EngineReason;

const REASONS: Kinds<Reason, ReasonWords, [About]> = {
	"never-run": ({ turn }) => ({ word: "never run", sentence: `its ${phaseOf(turn)} phase has never run.` }),
	"last-attempt": ({ record }, { now }) => ({
		word: endOf(record),
		sentence: `its last attempt, ${age(record, now)} ago, ended ${endOf(record)}.${detailsOf(record)}`,
	}),
	"document-changed": ({ file }) => ({ word: "document changed", sentence: `${file} has changed since it passed.` }),
	"prompt-changed": () => ({
		word: "prompt changed",
		sentence: "the prompt, the skill or the answer's schema has changed since it passed.",
	}),
	"work-gone": ({ path }) => ({
		word: "work gone",
		sentence: `it passed, but its work was not persisted, and ${path} is gone.`,
	}),
	"commit-lost": ({ commit, branch }) => ({
		word: "commit lost",
		sentence: `it passed, but its commit ${commit.slice(0, 10)} is neither on ${branch} nor on the base any more.`,
	}),
	"no-worktree": () => ({ word: "no worktree", sentence: "it has no worktree." }),
	"base-moved": () => ({ word: "base moved on", sentence: "its branch lacks what the base or its blockers have." }),
	"not-set-up": () => ({ word: "not set up", sentence: "its worktree is not set up." }),
	"never-done": (_, { task }) => ({ word: `${task} never run`, sentence: `${task} has never run.` }),
	ended: ({ outcome, at }, { task, now, say }) => ({
		word: `${task} ${badWord(outcome)}`,
		sentence: `${task}, ${duration(Math.max(0, now - Date.parse(at)))} ago, ended ${badWord(outcome)}.${linesOf(outcome, say)}`,
	}),
	"need-changed": ({ task: need }, { task }) => ({
		word: `${task} out of date`,
		sentence: `${task} was done before ${need} was, or has to be, done again.`,
	}),
	unknown: ({ error }, { task, say }) => ({
		word: `${task} can't be asked`,
		sentence: `whether ${task} is up to date can't be found out.${problemLines(error, say)}`,
	}),
};

/** Why an issue is not up to date, in a few words. */
export function reasonWord(unmet: Unmet, say: Say, now = Date.now()): string {
	return wordsOf(unmet, now, say).word;
}

/** Why an issue is not up to date, as the end of a sentence, with what is known of it in lines below. */
export function reasonSentence(unmet: Unmet, now: number, say: Say): string {
	return wordsOf(unmet, now, say).sentence;
}

/** How long ago an attempt ended. */
export function age(record: AttemptRecord, now: number): string {
	return duration(Math.max(0, now - Date.parse(record.endedAt ?? record.startedAt)));
}

/** What an attempt has to say that did not pass, a line each; the questions of one that is deferred are told elsewhere. */
export function detailsOf(record: AttemptRecord): string {
	return record.outcome === "deferred" ? "" : record.details.map((each) => `\n  ${oneLine(each, 300)}`).join("");
}

/** The record of the attempt that a reason is about. */
export function recordIn({ because, last }: Unmet): AttemptRecord | undefined {
	const reason = because as Reason | undefined;
	if (reason?.kind === "last-attempt") return reason.record;
	const problem = last?.status === "failed" ? problemOf(last.error) : undefined;
	return problem?.kind === "attempt" ? problem.record : undefined;
}

function wordsOf({ task, because }: Unmet, now: number, say: Say): ReasonWords {
	const reason = because as Reason | { readonly kind?: unknown; readonly text?: unknown } | null | undefined;
	const kind = String(reason?.kind);
	if (Object.hasOwn(REASONS, kind))
		return (REASONS[kind as Reason["kind"]] as (fact: Reason, about: About) => ReasonWords)(reason as Reason, {
			task: task.name,
			now,
			say,
		});
	// What a task of the orchfile's own says: a note, or nothing that is known here.
	const text = reason && "text" in reason && typeof reason.text === "string" ? oneLine(reason.text) : undefined;
	return {
		word: text ?? `${task.name} out of date`,
		sentence: text === undefined ? `${task.name} is out of date.` : `${task.name}: ${text}`,
	};
}

function linesOf(outcome: Outcome<unknown>, say: Say): string {
	if (outcome.status !== "failed" && outcome.status !== "blocked") return "";
	return outcome.error ? problemLines(outcome.error, say) : "";
}

function problemLines(error: Error, say: Say): string {
	const { problems } = error as Partial<Failure>;
	const told: readonly Problem[] = problems ?? [{ kind: "defect", message: error.message }];
	return told
		.flatMap((problem) => {
			const { what, remedy } = messageOf(problem, say);
			return [what, ...(remedy === undefined ? [] : [remedy])].flatMap((text) => text.split("\n"));
		})
		.map((line) => `\n  ${line}`)
		.join("");
}
