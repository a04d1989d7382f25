import type { Issue } from "../contract/issue.ts";
import type { HeldIssue } from "../contract/standing.ts";
import { type States, whyHeld } from "../contract/state.ts";

/** The issues that no agent is to do, and that are not closed either. */
export function findHeld(issues: readonly Issue[], states: States): HeldIssue[] {
	return issues.flatMap((issue) => {
		const held = whyHeld(issue, states);
		return held ? [{ ...issue, held }] : [];
	});
}
