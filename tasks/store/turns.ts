import { readdir } from "node:fs/promises";
import { isTurnName, isWork, phaseOf, type TurnName } from "../contract/phase.ts";
import type { AttemptRecord } from "../contract/record.ts";
import { readLastAttempt } from "./last-attempt.ts";
import { type AttemptFiles, attemptFiles } from "./log-folder.ts";
import { readRecord } from "./records.ts";

/** A turn of an agent that left a record. */
export interface KeptTurn {
	readonly name: TurnName;
	readonly files: AttemptFiles;
	/** As it stands on disk: `running` may be what a killed run left. */
	readonly record: AttemptRecord;
}

/**
 * Every turn on an issue of which there is a record, in the order they were started.
 * @throws Failure `record-invalid`, `file-unreadable`.
 */
export async function readTurns(logDir: string): Promise<KeptTurn[]> {
	const names = (await readdir(logDir).catch(() => []))
		.flatMap((file) => /^(.+)-run\.json$/.exec(file)?.[1] ?? [])
		.filter(isTurnName);
	const turns = await Promise.all(
		names.map(async (name): Promise<KeptTurn[]> => {
			const files = attemptFiles(logDir, name);
			const record = await readRecord(files.record);
			return record ? [{ name, files, record }] : [];
		}),
	);
	return turns.flat().sort((a, b) => (a.record.startedAt < b.record.startedAt ? -1 : 1));
}

/** The last turn that worked in the worktree. */
export async function readLastWork(logDir: string): Promise<KeptTurn | undefined> {
	return (await readTurns(logDir)).findLast(({ name }) => isWork(phaseOf(name)));
}

/** The record of the last turn on an issue, whatever it was, of which nothing runs any more. */
export async function readLastTurn(logDir: string): Promise<AttemptRecord | undefined> {
	const last = (await readTurns(logDir)).at(-1);
	return last && readLastAttempt(last.files);
}
