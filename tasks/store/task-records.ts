import { rm } from "node:fs/promises";
import { join } from "node:path";
import { TASK_RECORD, type TaskRecord } from "../contract/record.ts";
import { createLogFolder } from "./log-folder.ts";
import { readJson, writeJson } from "./records.ts";

/** Where it is kept how a task of an issue ended. A name may hold what no file's does. */
export function taskRecordFile(logDir: string, task: string): string {
	return join(logDir, "tasks", `${encodeURIComponent(task)}.json`);
}

/**
 * Reads how a task of an issue ended the last time; nothing when it has not run.
 * @throws Failure `record-invalid`, `file-unreadable`.
 */
export async function readTaskRecord(logDir: string, task: string): Promise<TaskRecord | undefined> {
	return readJson(taskRecordFile(logDir, task), TASK_RECORD);
}

/** Keeps how a task ended. Where that can't be written, what was known before goes: it is not true any more. */
export async function writeTaskRecord(logDir: string, record: TaskRecord): Promise<void> {
	try {
		await createLogFolder(logDir);
		await writeJson(taskRecordFile(logDir, record.task), record);
	} catch {
		await dropTaskRecord(logDir, record.task);
	}
}

/** Forgets how a task ended. */
export async function dropTaskRecord(logDir: string, task: string): Promise<void> {
	await rm(taskRecordFile(logDir, task), { force: true }).catch(() => {});
}
