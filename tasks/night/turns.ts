import type { TurnReport } from "../contract/report.ts";
import { readRanCommands } from "../runner/codex/ran-commands.ts";
import { readAllTurns } from "../store/all-turns.ts";
import { readAnswer } from "../store/answers.ts";
import { readLastAttempt } from "../store/last-attempt.ts";
import type { Limits } from "./limits.ts";

/**
 * Every turn on an issue, with what it answered and ran.
 * @param isLive a run has the issue now: only then is a record that says `running` to be believed.
 */
export async function readTurnReports(logDir: string, limits: Limits, isLive: boolean): Promise<TurnReport[]> {
	return Promise.all(
		(await readAllTurns(logDir)).map(async (turn) => {
			const [result, { commands, more }] = await Promise.all([
				readAnswer(turn),
				readRanCommands(turn.files.events, limits.commands, limits.width),
			]);
			const { name, folder } = turn;
			const isRunning = isLive && folder === "";
			const record = isRunning ? turn.record : ((await readLastAttempt(turn.files)) ?? turn.record);
			return {
				turn: name,
				folder,
				record,
				...(result ? { result } : {}),
				commands,
				moreCommands: more,
			};
		}),
	);
}
