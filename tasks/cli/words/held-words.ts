import type { HeldIssue } from "../../contract/standing.ts";
import { listed, oneLine, plural } from "./format.ts";

/** Why no agent is to do an issue, in a few words. */
export function heldWord({ held, state }: Pick<HeldIssue, "held" | "state">): string {
	return `held: ${stateIn(state)}${held === "unknown" ? ", unknown" : ""}`;
}

/** The same as a sentence, with where it says so, and what is to be done about it. */
export function heldSentence({ id, held, state, docPath }: HeldIssue): string {
	return held === "unknown"
		? `${id} is held back: its state, ${stateIn(state)}, is unknown, as ${docPath} has it. ${DECLARE}, or correct it there.`
		: `${id} is held back: its state, ${stateIn(state)}, is not for an agent. To have it run, set an open one in ${docPath}, and commit that.`;
}

/** All issues that are held back, in one line. */
export function heldLine(issues: readonly HeldIssue[]): string {
	const each = issues.map(({ id, held, state }) => `${id} (${stateIn(state)}${held === "unknown" ? ", unknown" : ""})`);
	const remedy = issues.some(({ held }) => held === "unknown") ? ` ${DECLARE}.` : "";
	return `Held back, since their states are not for an agent: ${listed(each, 20)}.${remedy}`;
}

/** What is said where there is nothing to run. */
export function nothingToRun(held: readonly HeldIssue[]): string {
	if (held.length === 0) return "Nothing to run: every issue is closed.";
	const unknown = held.filter((each) => each.held === "unknown").length;
	const which = unknown > 0 ? `, ${unknown} of them in a state that is unknown` : "";
	return `Nothing to run: ${plural(held.length, "issue")} held back${which}.`;
}

const DECLARE = "To say what a state means: layout.states in the orchfile";

function stateIn(state: string): string {
	return oneLine(state, 40) || '""';
}
