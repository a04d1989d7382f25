import type { NotNeeded, Value } from "../../contract/value.ts";
import type { Outcome } from "../../engine/outcome.ts";
import { isGood } from "../../engine/outcome.ts";
import { checksWords } from "./check-words.ts";
import { count, duration, inOneLine } from "./format.ts";
import { integratedSentence } from "./integration-words.ts";
import type { Kinds } from "./say.ts";

/** What is said of a task that is done. */
export interface ValueWords {
	readonly words: string;
	/** True when there was nothing to do: said only to who wants to see everything. */
	readonly isNothing?: true;
}

/** A value of ours in words, by its kind; a kind without words does not compile. */
const VALUES: Kinds<Value, ValueWords> = {
	note: ({ text }) => ({ words: inOneLine(String(text)) }),
	worktree: ({ path }) => ({ words: `in ${path}` }),
	turn: ({ record: { outcome, durationMs, usage } }) => ({
		words: [
			outcome === "changes_required" ? "changes required" : outcome,
			...(durationMs === null ? [] : [`in ${duration(durationMs)}`]),
			...(usage ? [`${count(usage.inputTokens + usage.outputTokens)} tokens`] : []),
		].join(", "),
	}),
	"passed-elsewhere": ({ commit }) => ({ words: `passed, in commit ${commit.slice(0, 10)}` }),
	saved: ({ commit, isNew }) => {
		if (commit !== null) return { words: `committed ${commit.slice(0, 10)}` };
		return isNew ? { words: "no change to commit" } : { words: "nothing to persist", isNothing: true };
	},
	"nothing-to-save": () => ({ words: "nothing to persist", isNothing: true }),
	"not-needed": ({ because }) => ({ words: `not needed: ${NOT_NEEDED[because]}` }),
	verified: ({ record }) => ({
		words: record ? checksWords(record) : "nothing verified: there are no checks",
	}),
	accepted: ({ record: { key } }) => ({ words: key === null ? "accepted, reviewed only" : "accepted" }),
	removed: () => ({ words: "removed" }),
	kept: () => ({ words: "kept" }),
	"nothing-to-remove": () => ({ words: "nothing to remove", isNothing: true }),
	ready: () => ({ words: "done" }),
	checked: () => ({ words: "done" }),
	survey: () => ({ words: "done" }),
	made: () => ({ words: "done" }),
	examined: () => ({ words: "done" }),
	// What is written of it is told at the end, with its path.
	report: () => ({ words: "done", isNothing: true }),
	integrated: (value) => ({ words: integratedSentence(value) }),
	"nothing-to-integrate": () => ({ words: "no open issue to put together" }),
	"nothing-to-report": () => ({ words: "nothing to put together", isNothing: true }),
};

const NOT_NEEDED: Readonly<Record<NotNeeded["because"], string>> = {
	failing: "checks fail",
	passed: "nothing to fix",
	stalemate: "the fix changed nothing",
	repeated: "the review repeats itself",
	"not-run": "checks could not be run here",
};

/** What a task returned, in words. A user's own task is just done, unless it returns a note. */
export function valueWords(value: unknown): ValueWords {
	const known = asValue(value);
	return known ? (VALUES[known.kind] as (value: Value) => ValueWords)(known) : { words: "done" };
}

/** The value of an outcome that went well, when it is one of a kind that is known here. */
export function knownValue(outcome: Outcome<unknown>): Value | undefined {
	return isGood(outcome) ? asValue(outcome.value) : undefined;
}

function asValue(value: unknown): Value | undefined {
	const kind = (value as { readonly kind?: unknown } | null | undefined)?.kind;
	return typeof kind === "string" && Object.hasOwn(VALUES, kind) ? (value as Value) : undefined;
}
