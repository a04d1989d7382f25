import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ACCEPT_RECORD, type AcceptRecord } from "../contract/accept-record.ts";
import type { TurnName } from "../contract/phase.ts";
import { verifyName } from "../contract/phase.ts";
import { VERIFY_RECORD, type VerifyRecord } from "../contract/verify-record.ts";
import { createLogFolder } from "./log-folder.ts";
import { readJson, writeJson } from "./records.ts";
import { setAsideJudged } from "./verify-files.ts";

const ACCEPT = "accept-run.json";

/** Where it is kept what the checks said of the work of a turn. */
export function verifyFile(logDir: string, turn: TurnName): string {
	return join(logDir, `${verifyName(turn)}-run.json`);
}

/**
 * Everything that the checks have said of an issue's work as it was last verified, the newest last.
 * @throws Failure `record-invalid`, `file-unreadable`.
 */
export async function readVerifyRecords(logDir: string): Promise<VerifyRecord[]> {
	const names = (await readdir(logDir).catch(() => [])).filter((name) => /^verify(?:-\d+)?-run\.json$/.test(name));
	const records = await Promise.all(names.map((name) => readJson(join(logDir, name), VERIFY_RECORD)));
	return records.flatMap((each) => each ?? []).sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

/**
 * The last verdict on an issue's work; nothing when there is none.
 * @throws Failure `record-invalid`, `file-unreadable`.
 */
export async function readAcceptRecord(logDir: string): Promise<AcceptRecord | undefined> {
	return readJson(join(logDir, ACCEPT), ACCEPT_RECORD);
}

/** Keeps a verdict; the one before is set aside. */
export async function writeAcceptRecord(logDir: string, record: AcceptRecord): Promise<void> {
	const path = join(logDir, ACCEPT);
	await createLogFolder(logDir);
	const last = await readAcceptRecord(logDir).catch(() => undefined);
	if (last) await setAsideJudged(logDir, "accept", last.at);
	await writeJson(path, record);
}
