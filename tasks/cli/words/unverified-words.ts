import type { IssuePlan } from "../../contract/issue.ts";
import type { RunReport } from "../../engine/execute.ts";
import { withRole } from "../roles.ts";
import { statusOf } from "./outcome-words.ts";

/** What is said once where work is judged, and there are no checks to judge it by. */
export function nothingVerified(report: RunReport<IssuePlan>): string | undefined {
	if (withRole(report.tasks, "accept").length === 0) return undefined;
	const judged = report.issues.map(({ id }) => statusOf(report.outcomes.get(id) ?? new Map()).judged);
	// An issue may have checks of its own.
	const hasChecks = judged.some(({ isUnchecked, checks, verdict }) => !isUnchecked && (checks || verdict));
	if (hasChecks || !judged.some(({ isUnchecked }) => isUnchecked)) return undefined;
	return 'Nothing is verified: the orchfile names no checks. To have work judged by the repository\'s own, name them there, as in verb.verify(["npm test"]).';
}
