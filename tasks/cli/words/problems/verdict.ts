import type { Refusal } from "../../../contract/accept-record.ts";
import type { VerdictProblem } from "../../../contract/problems/verdict.ts";
import { oneLine } from "../format.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each VerdictProblem. */
export const VERDICT: Kinds<VerdictProblem, Message, [Say]> = {
	"not-accepted": ({ record, details, logDir }, say) => {
		const { issueId, reasons } = record;
		const lines = details.map((detail) => `\n  ${oneLine(detail, 300)}`).join("");
		return {
			what: `${issueId} is not accepted: ${reasons.map((each) => REFUSAL[each]).join("; ")}${lines}`,
			remedy: `Log: ${logDir}\nTo have what was found fixed once more: ${say.goal(issueId)}`,
		};
	},
};

/** Why work is not accepted, in a few words. */
export const REFUSAL: Readonly<Record<Refusal, string>> = {
	"not-run": "a check has no answer",
	"new-failures": "new failures",
	"checks-weakened": "checks weakened",
	vanished: "tests vanished",
	unproved: "new tests prove nothing",
	"other-commit": "judged at another commit",
	"base-missing": "it lacks the base that it was judged on",
	"changes-required": "changes required",
	stalemate: "the fix changed nothing",
	"repeated-findings": "the review repeats itself",
	"not-reviewed": "not reviewed",
};
