import { isWork } from "../contract/phase.ts";
import { type KeptTurn, readTurns } from "../store/turns.ts";

/** A thread of an agent that a turn can go on in, and the turn whose it was. */
export interface Continued {
	readonly threadId: string;
	readonly turn: string;
}

/**
 * The thread that a fix goes on in: that of the last turn which worked on the issue, dev or another fix. Whether it is still there, the
 * runner knows.
 * @param wanted what is to run the turn; the thread of another runner, or another model, is none to go on in.
 */
export async function findThread(
	logDir: string,
	wanted: { readonly runner: string; readonly model: string | undefined },
): Promise<Continued | undefined> {
	const turns = await readTurns(logDir);
	const last = turns.findLast(({ record }) => isWork(record.phase) && record.threadId !== null);
	if (!last || !isOf(last, wanted) || last.record.threadId === null) return undefined;
	return { threadId: last.record.threadId, turn: last.name };
}

function isOf({ record }: KeptTurn, { runner, model }: Parameters<typeof findThread>[1]): boolean {
	return record.runner.name === runner && (model === undefined || record.model === null || record.model === model);
}
