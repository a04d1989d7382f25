import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tellDiskFull } from "../system/disk-space.ts";
import { keepOutOfGit } from "./log-folder.ts";

/** Folder of what is known of the checks on commits that issues start from, beside those of milestones. */
export const CHECKS = "checks";

/** Folder of what is known of the checks on the commits that issues start from, of this kind, below the folder of all logs. */
export function checksLogs(logs: string, kind: string): string {
	return join(logs, kind, CHECKS);
}

/** Makes it, and keeps the folder of all logs out of git. */
export async function createChecksLogs(folder: string): Promise<void> {
	await tellDiskFull(folder, () => mkdir(folder, { recursive: true }));
	await keepOutOfGit(dirname(folder), folder);
}
