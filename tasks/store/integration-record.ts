import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { INTEGRATION_RECORD, type IntegrationRecord } from "../contract/integration.ts";
import { tellDiskFull } from "../system/disk-space.ts";
import { keepOutOfGit } from "./log-folder.ts";
import { foldersIn } from "./log-folders.ts";
import { readJson, writeJson } from "./records.ts";

const RECORD = "integrate-run.json";

/** Folder, among those of issues, of what checks printed after merges; no id holds an `@`. */
const CHECKS = "@integrate";

/** Where everything of an integration is kept: a folder of this kind of logs, below that of all logs. */
export function integrationFolder(logs: string, kind: string, name: string): string {
	return join(logs, kind, name);
}

/** An empty folder for what the checks print after an issue was merged. @param address what its addresses are named after. */
export async function createMergeLogs(folder: string, address: string): Promise<string> {
	const logs = join(folder, CHECKS, address);
	await rm(logs, { recursive: true, force: true });
	await createIn(folder, logs);
	return logs;
}

/** The record of an integration; nothing where there is none. @throws Failure `record-invalid`, `file-unreadable`. */
export async function readIntegration(folder: string): Promise<IntegrationRecord | undefined> {
	return readJson(join(folder, RECORD), INTEGRATION_RECORD);
}

/** Keeps how far an integration has come. */
export async function writeIntegration(folder: string, record: IntegrationRecord): Promise<void> {
	await createIn(folder, folder);
	await writeJson(join(folder, RECORD), record);
}

/** Every record of an integration, of this kind, below the folder of all logs; one that can't be read tells nothing. */
export async function readIntegrations(logs: string, kind: string): Promise<IntegrationRecord[]> {
	const all = join(logs, kind);
	const records: IntegrationRecord[] = [];
	for (const name of await foldersIn(all)) {
		if (!(await readdir(join(all, name))).includes(RECORD)) continue;
		const record = await readIntegration(join(all, name)).catch(() => undefined);
		if (record) records.push(record);
	}
	return records;
}

async function createIn(folder: string, path: string): Promise<void> {
	await tellDiskFull(path, () => mkdir(path, { recursive: true }));
	await keepOutOfGit(dirname(folder), folder);
}
