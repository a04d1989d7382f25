import { given } from "../contract/given.ts";
import type { PriorAttempt } from "../contract/orch-context.ts";
import type { TurnName } from "../contract/phase.ts";
import { readLastAttempt, readSummary } from "../store/last-attempt.ts";
import { attemptFiles } from "../store/log-folder.ts";

/** Details that the next attempt is told, and characters of each: logs have the rest. */
const MOST = 20;
const LONGEST = 2_000;

/** How the last attempt at a turn ended, as the next agent is told; nothing before the first. */
export async function tellPrior(logDir: string, name: TurnName): Promise<PriorAttempt | undefined> {
	const files = attemptFiles(logDir, name);
	const record = await readLastAttempt(files);
	if (!record) return undefined;
	const { phase, outcome, reason, details } = record;
	const summary = (await readSummary(files))?.slice(0, LONGEST);
	const failures = details.slice(0, MOST).map((each) => each.slice(0, LONGEST));
	return { phase, outcome, reason, ...given({ summary }), failures, answers: [] };
}
