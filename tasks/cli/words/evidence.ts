import type { Judged, Reviewed } from "../../contract/standing.ts";
import { checkLines, line, someOf } from "./check-lines.ts";
import { oneLine } from "./format.ts";
import { reviewedWord } from "./judged-cells.ts";
import { waitsForAnswer } from "./outcome-words.ts";

/** Everything that was found about an issue's work, what speaks against it first, a line each. */
export function evidenceLines(judged: Judged, logDir: string): string[] {
	const { checks, review } = judged;
	return [...(checks ? checkLines(checks, logDir) : []), ...(review ? reviewLines(review) : [])];
}

/** What a review found and asks for, a line each. */
export function reviewLines(review: Reviewed): string[] {
	const { record, result } = review;
	const confidence = result ? `, confidence ${result.confidence}` : "";
	const about = record.base.tip === undefined ? "" : ` of ${record.base.tip.slice(0, 10)}`;
	const found = (result?.issues ?? []).map(({ severity, title, evidence }) =>
		line(`${severity}: ${title}${evidence ? ` (${oneLine(evidence, 120)})` : ""}`),
	);
	// What a person has to answer is told apart; without an answer of its own, its record has what it wanted to be done.
	const actions = waitsForAnswer(record) ? [] : (result?.requiredActions ?? record.details);
	const asked = actions.map((each) => line(`asks for: ${each}`));
	// What sends work back without a finding has its reason there alone.
	const isReasonless = record.outcome === "changes_required" && found.length + asked.length === 0;
	const said = isReasonless && result ? [line(`says: ${result.summary}`)] : [];
	return [`Review${about}: ${reviewedWord(review)}${confidence}`, ...someOf(found), ...someOf(asked), ...said];
}
