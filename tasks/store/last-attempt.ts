import { readFile } from "node:fs/promises";
import type { AttemptRecord } from "../contract/record.ts";
import type { PhaseResult } from "../contract/result.ts";
import type { AttemptFiles } from "./log-folder.ts";
import { readRecord } from "./records.ts";

/** What the agent of the last attempt answered in a few words; nothing where it gave no valid answer. */
export async function readSummary({ result }: AttemptFiles): Promise<string | undefined> {
	try {
		return JSON.parse(await readFile(result, "utf8")).summary;
	} catch {
		return undefined;
	}
}

/** What a review answered; nothing where it gave no valid answer. */
export async function readReview({ result }: AttemptFiles): Promise<PhaseResult<"review"> | undefined> {
	try {
		return JSON.parse(await readFile(result, "utf8"));
	} catch {
		return undefined;
	}
}

/**
 * The record of the last attempt, of which nothing runs any more. One that still says `running` was left by a run that
 * was killed: the agent's valid answer decides if it is there (it is written just before the record), otherwise the
 * attempt was interrupted.
 */
export async function readLastAttempt(files: AttemptFiles): Promise<AttemptRecord | undefined> {
	const record = await readRecord(files.record);
	if (record?.outcome !== "running") return record;
	const { phase, issueId, milestoneId, branch, worktreePath } = record;
	const { checkAnswer } = await import("../contract/check-answer.ts");
	const text = await readFile(files.result, "utf8").catch(() => undefined);
	const answer = checkAnswer(phase, text, { phase, issueId, milestoneId, branch, worktreePath });
	if (!answer.valid) return { ...record, outcome: "cancelled", reason: "interrupted" };
	return { ...record, outcome: answer.result.status };
}
