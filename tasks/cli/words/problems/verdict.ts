import { join } from "node:path";
import type { VerdictProblem } from "../../../contract/problems/verdict.ts";
import { oneLine, shellWord } from "../format.ts";
import { ADVICE, NEXT, REFUSAL } from "../refusal-words.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each VerdictProblem. */
export const VERDICT: Kinds<VerdictProblem, Message, [Say]> = {
	"not-accepted": ({ record, details, logDir, logs }, say) => {
		const { issueId, reasons } = record;
		const lines = details.map((detail) => `\n  ${oneLine(detail, 300)}`).join("");
		const files = logs.length > 0 ? logs.map((log) => join(logDir, log)) : [logDir];
		return {
			what: `${issueId} is not accepted: ${reasons.map((each) => REFUSAL[each]).join("; ")}${lines}`,
			remedy: [
				...files.map((file) => `Log: ${file}`),
				`Everything that was found: ${say(`why ${shellWord(issueId)}`)}`,
				...new Set(reasons.flatMap((each) => ADVICE[each] ?? [])),
				`${NEXT[reasons[0] ?? "not-reviewed"]}: ${say.goal(issueId)}`,
			].join("\n"),
		};
	},
};
