import { join } from "node:path";
import { MERGE_RECORD, type MergeRecord } from "../contract/record.ts";
import { readJson, writeJson } from "./records.ts";

/** Where it is kept that an issue's work was part of the base when its branch was removed. */
function mergeRecordFile(logDir: string): string {
	return join(logDir, "merged.json");
}

/** Reads what was proved of an issue's branch before it was removed. @throws Failure `record-invalid`, `file-unreadable`. */
export async function readMergeRecord(logDir: string): Promise<MergeRecord | undefined> {
	return readJson(mergeRecordFile(logDir), MERGE_RECORD);
}

/** Keeps what was proved of an issue's branch, for when there is no branch any more to prove it by. */
export async function writeMergeRecord(logDir: string, record: MergeRecord): Promise<void> {
	await writeJson(mergeRecordFile(logDir), record);
}
