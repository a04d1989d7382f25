import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UNFINISHED } from "../system/atomic-write.ts";
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

/** Milliseconds after which a file that was to be put in its place is nobody's any more: to write one takes a few of them. */
const ABANDONED = 60_000;

/** Removes what killed runs were about to put in its place. Other runs may write there just now. */
export async function sweepAbandoned(folder: string): Promise<void> {
	const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(UNFINISHED));
	for (const name of names) {
		const path = join(folder, name);
		const stats = await stat(path).catch(() => undefined);
		if (stats && Date.now() - stats.mtimeMs > ABANDONED) await rm(path, { force: true });
	}
}
