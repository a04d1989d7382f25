import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
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

let written = 0;

/** How many records this run has written: what was read before another one is not the last any more. */
export function integrationsWritten(): number {
	return written;
}

/** Keeps how far an integration has come. */
export async function writeIntegration(folder: string, record: IntegrationRecord): Promise<void> {
	written += 1;
	await createIn(folder, folder);
	await writeJson(join(folder, RECORD), record);
}

/** Every record of an integration in the folder of one kind of logs; one that can't be read tells nothing. */
export async function readIntegrations(all: string): Promise<IntegrationRecord[]> {
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

/** Removes what is kept of an integration, and the folder, where it holds nothing else. */
export async function removeIntegration(folder: string): Promise<void> {
	for (const name of [RECORD, CHECKS]) await rm(join(folder, name), { recursive: true, force: true });
	await rmdir(folder).catch(() => {});
}
