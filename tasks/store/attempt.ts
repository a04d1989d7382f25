import { dirname } from "node:path";
import type { TurnName } from "../contract/phase.ts";
import { Failure } from "../contract/problem.ts";
import type { AttemptRecord, Wait } from "../contract/record.ts";
import { AppendLog } from "../system/append-log.ts";
import { writeFileAtomic } from "../system/atomic-write.ts";
import { exists } from "../system/paths.ts";
import { type AttemptFiles, attemptFiles, createLogFolder, setAsideLastAttempt } from "./log-folder.ts";
import { readRecord, writeJson, writeRecord } from "./records.ts";

/** What is known of an attempt before it starts. */
export type AttemptStart = Omit<
	AttemptRecord,
	"version" | "outcome" | "reason" | "details" | "startedAt" | "endedAt" | "durationMs" | "threadId" | "usage" | "saved"
>;

/** How an attempt ended. */
export type AttemptEnd = Pick<AttemptRecord, "outcome" | "reason" | "details" | "threadId" | "usage" | "gitChanges"> &
	Partial<Pick<AttemptRecord, "model" | "resumed">>;

/** An attempt under way: its open log, and its record, which says `running` on disk until it is concluded. */
export interface Attempt {
	readonly files: AttemptFiles;
	readonly stderr: AppendLog;
	/** Keeps what the agent answered: a valid answer as the result, anything else as it came. */
	keepAnswer(result: unknown, answer: string | undefined): Promise<void>;
	/** Notes in the record that it waits for the provider's usage limit until then, in ISO 8601; with `null`, that it goes on. */
	wait(until: string | null): void;
	/** Writes out the log and then the record. */
	conclude(end: AttemptEnd): Promise<AttemptRecord>;
}

/**
 * Starts an attempt on disk; the files of the last one are set aside first.
 * @param home a folder that stands as long as the log folder is where it was: what is moved meanwhile is followed, as far as the system
 * tells where to, and nothing is written at the old place.
 */
export async function beginAttempt(
	logDir: string,
	turn: TurnName,
	start: AttemptStart,
	home: string,
): Promise<Attempt> {
	const files = attemptFiles(logDir, turn);
	const last = await readRecord(files.record);
	await createLogFolder(logDir);
	await setAsideLastAttempt(logDir, turn, last?.startedAt ?? "without-record");
	const from = performance.now();
	const running: AttemptRecord = {
		...start,
		version: 1,
		outcome: "running",
		reason: null,
		details: [],
		startedAt: new Date().toISOString(),
		endedAt: null,
		durationMs: null,
		threadId: null,
		usage: null,
		saved: null,
	};
	await writeRecord(files.record, running);
	const stderr = new AppendLog(files.stderr);
	const waits: Wait[] = [];
	let noted: Promise<void> = Promise.resolve();
	const endWait = () => {
		const last = waits.at(-1);
		if (last?.to === null) waits[waits.length - 1] = { ...last, to: new Date().toISOString() };
	};
	const locate = async () => {
		if (await exists(home)) return files;
		const moved = await stderr.findPath();
		if (moved === undefined) throw new Failure({ kind: "file-unreadable", path: files.record, message: "it is gone" });
		return attemptFiles(dirname(moved), turn);
	};
	return {
		files,
		stderr,
		async keepAnswer(result, answer) {
			const now = await locate();
			if (result !== undefined) await writeJson(now.result, result);
			if (answer !== undefined) await writeFileAtomic(now.answer, answer);
		},
		wait(until) {
			endWait();
			if (until !== null) waits.push({ from: new Date().toISOString(), until, to: null });
			const record = { ...running, waits: [...waits] };
			// What can't be told meanwhile is told at the end.
			noted = noted.then(async () => writeRecord((await locate()).record, record)).catch(() => {});
		},
		async conclude(end) {
			await noted;
			endWait();
			const now = await locate();
			await stderr.close();
			const durationMs = Math.round(performance.now() - from);
			const waited = waits.length > 0 ? { waits } : {};
			const record = { ...running, ...end, ...waited, endedAt: new Date().toISOString(), durationMs };
			await writeRecord(now.record, record);
			return record;
		},
	};
}
