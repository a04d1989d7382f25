import type { Issue } from "./issue.ts";
import { plainWord } from "./names.ts";

/** What a state may mean for a run: there is something to do, nothing any more, or a person has it and no agent is to. */
export const MEANINGS = ["open", "closed", "held"] as const;
/** One of {@link MEANINGS}. */
export type Meaning = (typeof MEANINGS)[number];

/** What each state means, by its plain word ({@link plainWord}). */
export type States = Readonly<Record<string, Meaning>>;

/** States that say the work was done; the other closed ones say that nobody is to do it any more. */
const DONE = [
	"done",
	"completed",
	"complete",
	"closed",
	"finished",
	"fixed",
	"resolved",
	"merged",
	"shipped",
	"released",
];
const GIVEN_UP = [
	...["cancelled", "canceled", "duplicate", "wont-fix", "wont-do", "not-planned", "archived", "rejected"],
	...["superseded", "deprecated", "obsolete", "abandoned", "invalid"],
];
const OPEN = [
	...["planned", "todo", "open", "reopened", "new", "backlog", "ready", "ready-for-agent", "pending", "queued"],
	...["not-started", "unstarted", "started", "in-progress", "doing", "wip"],
];
const HELD = [
	...["ready-for-human", "triage", "needs-triage", "needs-info", "blocked", "hold", "on-hold", "paused", "waiting"],
	...["review", "in-review", "needs-review", "for-review", "ready-for-review", "under-review", "awaiting-review"],
	...["claimed", "deferred", "postponed", "parked", "icebox", "someday", "draft", "proposed"],
];

/** What states mean where an orchfile says nothing of it. */
export const DEFAULT_STATES: States = {
	...statesOf("open", OPEN),
	...statesOf("closed", [...DONE, ...GIVEN_UP]),
	...statesOf("held", HELD),
};

/** A meaning for each of these words. */
export function statesOf(meaning: Meaning, words: readonly string[]): States {
	return Object.fromEntries(words.map((word) => [plainWord(word), meaning]));
}

/** What the state of an issue means; what nobody has declared is `unknown`, and is not run. */
export function meaningOf(
	{ state, isFinished }: Pick<Issue, "state" | "isFinished">,
	states: States,
): Meaning | "unknown" {
	if (isFinished) return "closed";
	const word = plainWord(state);
	return Object.hasOwn(states, word) ? (states[word] as Meaning) : "unknown";
}

/** True when there is nothing left to do for the issue, as its document says. */
export function isClosed(issue: Pick<Issue, "state" | "isFinished">, states: States): boolean {
	return meaningOf(issue, states) === "closed";
}

/** True when its document says that an agent may do the issue. */
export function isOpen(issue: Pick<Issue, "state" | "isFinished">, states: States): boolean {
	return meaningOf(issue, states) === "open";
}

/** Why an issue is not for an agent, where that is not because it is closed. */
export function whyHeld(issue: Pick<Issue, "state" | "isFinished">, states: States): "held" | "unknown" | undefined {
	const meaning = meaningOf(issue, states);
	return meaning === "held" || meaning === "unknown" ? meaning : undefined;
}

/** True when its document says that the issue was done, not merely given up. */
export function isDone(issue: Pick<Issue, "state" | "isFinished">, states: States): boolean {
	return isClosed(issue, states) && IS_DONE.has(plainWord(issue.state));
}

const IS_DONE = new Set(DONE.map(plainWord));
