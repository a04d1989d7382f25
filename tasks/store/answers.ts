import { readFile } from "node:fs/promises";
import type { Phase } from "../contract/phase.ts";
import { Failure } from "../contract/problem.ts";
import type { AttemptRecord } from "../contract/record.ts";
import type { PhaseResult } from "../contract/result.ts";
import { type KeptTurn, readTurns } from "./turns.ts";

/** The turn that has this record, as it stands on disk: its work may have been saved since. */
export async function findTurnOf(logDir: string, record: AttemptRecord): Promise<KeptTurn | undefined> {
	const turns = await readTurns(logDir);
	return turns.find((turn) => turn.record.phase === record.phase && turn.record.startedAt === record.startedAt);
}

/** What the agent of a turn answered; nothing where it gave no valid answer. */
export async function readAnswer<P extends Phase>({ files, record }: KeptTurn): Promise<PhaseResult<P> | undefined> {
	const text = await readFile(files.result, "utf8").catch(() => undefined);
	const { phase, issueId, milestoneId, branch, worktreePath } = record;
	const { checkAnswer } = await import("../contract/check-answer.ts");
	const checked = checkAnswer(phase as P, text, { phase, issueId, milestoneId, branch, worktreePath });
	return checked.valid ? checked.result : undefined;
}

/**
 * What the agent of an attempt answered that has ended well.
 * @throws Failure `file-unreadable` where that is gone.
 */
export async function readAnswerOf<P extends Phase>(logDir: string, record: AttemptRecord): Promise<PhaseResult<P>> {
	const turn = await findTurnOf(logDir, record);
	const answer = turn && (await readAnswer<P>(turn));
	if (answer) return answer;
	const path = turn?.files.result ?? logDir;
	throw new Failure({ kind: "file-unreadable", path, message: `it has no valid answer of ${record.phase}` });
}
