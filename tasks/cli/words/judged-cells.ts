import { countChecks } from "../../contract/checks-verdict.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import type { Reviewed } from "../../contract/standing.ts";
import type { Task } from "../../engine/task.ts";
import { withRole } from "../roles.ts";
import { checksWord } from "./check-words.ts";
import type { JudgedInRun } from "./judged-words.ts";

/** The columns of a table of issues that tell how their work was judged, where tasks of the run judge it. */
export function judgingColumns(tasks: readonly Task[]): readonly ("CHECKS" | "REVIEW")[] {
	const judges = withRole(tasks, "accept").length > 0;
	const hasChecks = judges || withRole(tasks, "verify").length > 0;
	return [...(hasChecks ? (["CHECKS"] as const) : []), ...(judges ? (["REVIEW"] as const) : [])];
}

/** What the checks said, as the closing table has it. */
export function checksCell({ checks, verdict, isUnchecked }: JudgedInRun): string {
	if (isUnchecked) return "none";
	const counts = checks ? countChecks(checks) : verdict?.checks;
	return counts ? checksWord(counts) : "-";
}

/** What the review said, as the closing table has it. */
export function reviewCell({ review, verdict, isPassedOver }: JudgedInRun): string {
	if (verdict) return verdict.review ? reviewWord(verdict.review.outcome, verdict.review.found) : "not taken";
	if (isPassedOver) return "not taken";
	return review ? reviewedWord(review) : "-";
}

/** What a review said, in a few words. */
export function reviewedWord({ record, result }: Reviewed): string {
	if (!result) return reviewWord(record.outcome, NOTHING_FOUND, record.reason);
	const found = { ...NOTHING_FOUND };
	for (const { severity } of result.issues) found[severity]++;
	return reviewWord(result.status, found);
}

type Found = Record<"high" | "medium" | "low", number>;
const NOTHING_FOUND: Readonly<Found> = { high: 0, medium: 0, low: 0 };

function reviewWord(outcome: string, found: Readonly<Found>, reason: AttemptRecord["reason"] = null): string {
	const counted = (["high", "medium", "low"] as const).filter((each) => found[each] > 0);
	const findings = counted.map((each) => `${found[each]} ${each}`).join(", ");
	if (outcome === "changes_required") return findings || "changes required";
	return [reason ? `${outcome}: ${reason}` : outcome, ...(findings ? [findings] : [])].join(", ");
}
