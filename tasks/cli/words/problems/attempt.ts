import type { AttemptProblem } from "../../../contract/problems/attempt.ts";
import type { EveryTurn } from "../../../contract/record.ts";
import { oneLine } from "../format.ts";
import { time, tokens } from "../option-values.ts";
import type { Kinds, Message, Say } from "../say.ts";

/** The words for each AttemptProblem. */
export const ATTEMPT: Kinds<AttemptProblem, Message, [Say]> = {
	attempt: ({ record, logDir, everyTurn, limit }, say) => {
		const details = record.details.map((detail) => `\n  ${oneLine(detail, 300)}`).join("");
		const what = `${record.issueId} ${record.outcome}${record.reason ? `: ${record.reason}` : ""}${details}`;
		if (everyTurn) return { what, remedy: EVERY_TURN[everyTurn] };
		const again = say.goal(record.issueId);
		if (record.outcome === "deferred")
			return { what, remedy: `Answer in the issue's document, commit it, then: ${again}` };
		const log = `Log: ${logDir}`;
		if (!limit) return { what, remedy: `${log}\nTo run it again: ${again}` };
		const more = limit.name === "max-tokens" ? tokens(2 * limit.value) : time(2 * limit.value);
		return {
			what,
			remedy: `${log}\nTo go on with twice as much: ${say.goal(record.issueId, { option: limit.name, value: more })}`,
		};
	},
};

const EVERY_TURN: Readonly<Record<EveryTurn, string>> = {
	credentials: "Every further issue would meet the same. Set OPENAI_API_KEY, or log in: npx codex login",
	quota: "Every further issue would meet the same. Wait for the quota to be renewed, or raise it.",
	unreachable: "Every further issue would meet the same. Check the network: npx codex doctor",
};
