import { readdir } from "node:fs/promises";
import { phaseOf } from "../contract/phase.ts";
import type { Judged, Reviewed } from "../contract/standing.ts";
import { readLastAttempt, readReview } from "./last-attempt.ts";
import { readTurns } from "./turns.ts";
import { readAcceptRecord, readVerifyRecords } from "./verdicts.ts";

/**
 * How an issue's work was judged the last time; nothing where it never was.
 * @throws Failure `record-invalid`, `file-unreadable`.
 */
export async function readJudged(logDir: string): Promise<Judged | undefined> {
	// Most issues have been worked on at most, and a survey asks for all of them.
	const names = await readdir(logDir).catch(() => []);
	if (!names.some((name) => /^(?:accept|verify|review)\b.*-run\.json$/.test(name))) return undefined;
	const [verified, review, verdict] = await Promise.all([
		readVerifyRecords(logDir),
		readLastReview(logDir),
		readAcceptRecord(logDir),
	]);
	const checks = verified.at(-1);
	return { ...(checks ? { checks } : {}), ...(review ? { review } : {}), ...(verdict ? { verdict } : {}) };
}

async function readLastReview(logDir: string): Promise<Reviewed | undefined> {
	const last = (await readTurns(logDir)).findLast(({ name }) => phaseOf(name) === "review");
	const record = last && (await readLastAttempt(last.files));
	if (!record) return undefined;
	const result = await readReview(last.files);
	return { record, ...(result ? { result } : {}) };
}
