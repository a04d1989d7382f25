import type { IssuePlan } from "../contract/issue.ts";
import { phaseOf, type TurnName } from "../contract/phase.ts";
import { readTurns } from "../store/turns.ts";

/** Tokens that the turns of an issue before this one have used, since its dev phase was begun. */
export async function readUsedTokens({ logDir }: IssuePlan, name: TurnName): Promise<number> {
	if (phaseOf(name) === "dev") return 0;
	const turns = await readTurns(logDir);
	const dev = turns.findLast((turn) => turn.name === "dev")?.record.startedAt ?? "";
	return turns.reduce((sum, { record: { startedAt, usage } }) => {
		return usage === null || startedAt < dev ? sum : sum + usage.inputTokens + usage.outputTokens;
	}, 0);
}
