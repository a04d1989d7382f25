import { existsSync } from "node:fs";
import { lstat, rmdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Note } from "../contract/activity.ts";
import { homeOf, logsOf, type RepositoryPaths } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import { problemOf } from "../contract/problem.ts";
import { worktreeOf } from "../repo/addresses.ts";
import { listLocks, releaseLock, takeLock } from "../repo/lock.ts";
import { moveWorktree } from "../repo/worktree/move.ts";
import { CHECKS } from "../store/checks-logs.ts";
import { type LogFolder, listLogFolders } from "../store/log-folders.ts";
import { linkLogs } from "../store/log-links.ts";
import { mergeChecksLogs, mergeLogFolder, moveLogFolder } from "../store/move-logs.ts";
import { removePages } from "../store/pages.ts";
import { exists } from "../system/paths.ts";
import { livenessOf } from "../system/this-run.ts";

/**
 * Moves records to where all checkouts of the repository have them, with the worktrees of their issues, and leaves a link where
 * they were. An issue that a run works on is left for another time, and so is what can't be moved: that is told.
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
		const checkout = dirname(dirname(from));
		const moved: string[] = [];
		const failed: string[] = [];
		const logs = (await listLogFolders(dirname(from), basename(from))).filter(isFree);
		for (const { issue, path } of logs) {
			try {
				const worktrees = [checkout, homeOf(repository)].map((home) => worktreeOf(layout, home, issue));
				await moveWorktree(repository, worktrees[0] ?? "", worktrees[1] ?? "");
				if (await adopt(path, join(to, relative(from, path)), repository, issue, locks.has(issue))) moved.push(issue);
			} catch (error) {
				const problem = problemOf(error);
				failed.push(`${issue}: ${problem?.kind === "git-failed" ? problem.stderr : (error as Error).message}`);
			}
		}
		for (const milestone of new Set(logs.map(({ path }) => dirname(path)))) {
			await removePages(milestone);
			const isEmpty = await rmdir(milestone).then(
				() => true,
				() => false,
			);
			if (isEmpty) await linkLogs(checkout, join(to, basename(milestone), "any"));
		}
		// Nothing is lost with it.
		await mergeChecksLogs(join(from, CHECKS), join(to, CHECKS)).catch(() => {});
		if (moved.length > 0) report({ kind: "note-logs-moved", from, to, issues: moved });
		if (failed.length > 0) report({ kind: "note-logs-not-moved", from, to, messages: failed });
	}
}

/** Moves the records of one issue; false when somebody else has done so, or works on it. */
async function adopt(
	from: string,
	to: string,
	repository: RepositoryPaths,
	issue: string,
	isLocked: boolean,
): Promise<boolean> {
	try {
		if (!existsSync(to) && (await isStillThere(from))) {
			await moveLogFolder(from, to);
			return true;
		}
		// Two that put them together at once would take the other's for a rerun's. The lock of a dead run is for a run to take over,
		// which ends what that has left.
		if (isLocked || (await takeLock(repository, issue)).kind === "held") return false;
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
