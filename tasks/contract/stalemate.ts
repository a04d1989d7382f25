import type { AttemptRecord } from "./record.ts";
import type { PhaseResult } from "./result.ts";

/**
 * True for a fix after which another verification and review would find what the last one has found: it passed, has committed nothing, and gives no answer of
 * its own either, since its summary is empty, or word for word that of the work before it. One that changed nothing and has something to
 * say may have refuted what was found; whether it has is for the next review to judge.
 * @param record of the fix, saved.
 * @param before what the turn before it answered that worked on the same branch.
 */
export function isStalemate(
	record: Pick<AttemptRecord, "outcome" | "saved" | "base">,
	result: Pick<PhaseResult<"fix">, "summary"> | undefined,
	before: { readonly summary: string } | undefined,
): boolean {
	const { outcome, saved, base } = record;
	if (outcome !== "pass" || !saved || saved.head !== base.tip) return false;
	const summary = plain(result?.summary ?? "");
	return summary === "" || summary === plain(before?.summary ?? "");
}

type Found = Pick<PhaseResult<"review">, "status" | "issues" | "requiredActions">;

/** True for two reviews of which the second asks for the very same as the first, whatever lies between them; blanks and order do not count. */
export function isRepeated(first: Found, second: Found): boolean {
	return (
		first.status === "changes_required" && second.status === "changes_required" && wordsOf(first) === wordsOf(second)
	);
}

/** Where something was found may have moved; what was found and what is asked for counts. */
function wordsOf({ issues, requiredActions }: Found): string {
	const found = issues.map(({ severity, title, details }) => `${severity}: ${plain(title)}: ${plain(details)}`);
	return JSON.stringify([found.sort(), requiredActions.map(plain).sort()]);
}

function plain(text: string): string {
	return text.replace(/\s+/g, " ").trim();
}
