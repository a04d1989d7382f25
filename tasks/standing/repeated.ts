import type { IssuePlan } from "../contract/issue.ts";
import { isRepeated } from "../contract/stalemate.ts";
import type { TurnValue } from "../contract/value.ts";
import { findTurnOf, readAnswer } from "../store/answers.ts";
import { readTurns } from "../store/turns.ts";
import { readAcceptRecord } from "../store/verdicts.ts";

/**
 * True where a review asks for what the one before had asked for, word for word, with a fix between them. Once there was a verdict on
 * that, whoever goes on wants it fixed all the same.
 */
export async function repeatsTheLast({ logDir }: Pick<IssuePlan, "logDir">, { record }: TurnValue): Promise<boolean> {
	const [turns, turn, verdict] = await Promise.all([
		readTurns(logDir),
		findTurnOf(logDir, record),
		readAcceptRecord(logDir),
	]);
	if (!turn || (verdict && verdict.at > record.startedAt)) return false;
	const since = turns.slice(
		0,
		turns.findIndex(({ name }) => name === turn.name),
	);
	const at = since.findLastIndex((each) => each.record.phase === record.phase);
	const [before, between] = since.slice(at, at + 2);
	if (at < 0 || !before || between?.record.phase !== "fix") return false;
	const [first, second] = await Promise.all([readAnswer<"review">(before), readAnswer<"review">(turn)]);
	return first !== undefined && second !== undefined && isRepeated(first, second);
}
