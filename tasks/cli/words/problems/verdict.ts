import { join } from "node:path";
import { hasLog, isNothingToFix } from "../../../contract/checks-verdict.ts";
import type { VerdictProblem } from "../../../contract/problems/verdict.ts";
import type { PhaseResult } from "../../../contract/result.ts";
import type { VerifyRecord } from "../../../contract/verify-record.ts";
import { line, linesAgainst } from "../check-lines.ts";
import { shellWord } from "../format.ts";
import { ADVICE, NEXT, REFUSAL, THEN } from "../refusal-words.ts";
import type { Kinds, Message, Say } from "../say.ts";
import { unansweredLines } from "../unanswered-words.ts";

/** Findings of each kind that are told; `why` has more. */
const MOST_TOLD = 5;

/** The words for each VerdictProblem. */
export const VERDICT: Kinds<VerdictProblem, Message, [Say]> = {
	"not-accepted": ({ record, checks, review, logDir }, say) => {
		const { issueId, reasons } = record;
		const lines = [...(checks ? linesAgainst(checks, MOST_TOLD) : []), ...(review ? reviewLines(review) : [])];
		const logs = checks ? logsAgainst(checks) : [];
		const files = logs.length > 0 ? logs.map((log) => join(logDir, log)) : [logDir];
		return {
			what: [`${issueId} is not accepted: ${reasons.map((each) => REFUSAL[each]).join("; ")}`, ...lines].join("\n"),
			remedy: [
				...files.map((file) => `Log: ${file}`),
				`Everything that was found: ${say(`why ${shellWord(issueId)}`)}`,
				...new Set(reasons.flatMap((each) => ADVICE[each] ?? [])),
				...(checks ? unansweredLines(checks, say) : []),
				`${checks && isNothingToFix(checks) ? THEN : NEXT[reasons[0] ?? "not-reviewed"]}: ${say.goal(issueId)}`,
			].join("\n"),
		};
	},
};

function reviewLines({ issues, requiredActions, summary }: PhaseResult<"review">): string[] {
	const found = issues.map(({ severity, title }) => `${severity}: ${title}`);
	const said = [found, requiredActions, [summary]].find((each) => each.length > 0) ?? [];
	return said.slice(0, MOST_TOLD).map((each) => line(`review: ${each}`));
}

/** What those checks printed that speak against the work. */
function logsAgainst({ checks, newFailures, vanished, weakened }: VerifyRecord): string[] {
	const named = new Set([...newFailures, ...vanished, ...weakened].map(({ check }) => check));
	return checks.flatMap((check) =>
		hasLog(check) && (check.status !== "pass" || named.has(check.name)) ? [check.log] : [],
	);
}
