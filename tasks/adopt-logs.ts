import { existsSync } from "node:fs";
import { lstat, rmdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Note } from "./contract/activity.ts";
import { logsOf, type RepositoryPaths } from "./contract/issue.ts";
import type { Layout } from "./contract/layout.ts";
import { listLocks, releaseLock, takeLock } from "./repo/lock.ts";
import { type LogFolder, listLogFolders } from "./store/log-folder.ts";
import { linkLogs } from "./store/log-links.ts";
import { mergeLogFolder, moveLogFolder } from "./store/move-logs.ts";
import { exists } from "./system/paths.ts";
import { livenessOf } from "./system/this-run.ts";

/**
 * Moves records to where all checkouts of the repository have them, and leaves a link where they were. An issue that a run
 * works on is left for another time, and so is what can't be moved: that is told.
 * @param folders the log folders of other checkouts, in which there are records.
 */
export async function adoptLogs(
	folders: readonly string[],
	repository: RepositoryPaths,
	layout: Layout,
	report: (note: Note) => void,
): Promise<void> {
	const to = join(logsOf(repository), layout.logs);
	const locks = new Map((await listLocks(repository)).map(({ issue, holder }) => [issue, holder]));
	const isFree = ({ issue }: LogFolder) => {
		const holder = locks.get(issue);
		return !locks.has(issue) || (holder !== undefined && livenessOf(holder) === "dead");
	};
	for (const from of folders) {
		const moved: string[] = [];
		try {
			const logs = (await listLogFolders(dirname(from), basename(from))).filter(isFree);
			for (const { issue, path } of logs) {
				if (await adopt(path, join(to, relative(from, path)), issue, repository)) moved.push(issue);
			}
			for (const milestone of new Set(logs.map(({ path }) => dirname(path)))) {
				const isEmpty = await rmdir(milestone).then(
					() => true,
					() => false,
				);
				if (isEmpty) await linkLogs(dirname(dirname(from)), join(to, basename(milestone), "any"));
			}
		} catch (error) {
			report({ kind: "note-logs-not-moved", from, to, message: (error as Error).message });
		}
		if (moved.length > 0) report({ kind: "note-logs-moved", from, to, issues: moved });
	}
}

/** Moves the records of one issue; false when somebody else has done so, or works on it. */
async function adopt(from: string, to: string, issue: string, repository: RepositoryPaths): Promise<boolean> {
	try {
		if (!existsSync(to) && (await isStillThere(from))) {
			await moveLogFolder(from, to);
			return true;
		}
		// Two that put them together at once would take the other's for a rerun's.
		if ((await takeLock(repository, issue)).kind === "held") return false;
		try {
			if (!(await isStillThere(from))) return false;
			await mergeLogFolder(from, to);
		} finally {
			await releaseLock(repository, issue);
		}
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
		throw error;
	}
}

/** False once somebody else has moved it: by way of the link that is there then it would be put together with itself. */
async function isStillThere(logDir: string): Promise<boolean> {
	// In this order: while it is there, no link can take the place of what it lies in.
	return (await exists(logDir)) && (await lstat(dirname(logDir))).isDirectory();
}
