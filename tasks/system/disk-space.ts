import { realpath, stat, statfs } from "node:fs/promises";
import { Failure, type Problem } from "../contract/problem.ts";
import { findReachable } from "./paths.ts";

/**
 * Checks that each of these folders has room, before anything is begun that a full disk would break off. A folder that is
 * not there yet will be made where its parent is.
 * @param needed bytes.
 * @throws Failure `disk-low`, one for each file system that is too full.
 */
export async function verifyFreeSpace(folders: readonly string[], needed: number): Promise<void> {
	const seen = new Set<number>();
	const low: Problem[] = [];
	for (const folder of folders) {
		const path = await realpath(await findReachable(folder));
		const { dev } = await stat(path);
		if (seen.has(dev)) continue;
		seen.add(dev);
		const free = await freeSpace(path);
		if (free < needed) low.push({ kind: "disk-low", path, free, needed });
	}
	if (low.length > 0) throw new Failure(low);
}

/** Bytes that are free where this folder is, or will be. */
export async function freeSpace(folder: string): Promise<number> {
	const { bavail, bsize } = await statfs(await findReachable(folder));
	return bavail * bsize;
}

/**
 * Does something that takes space at `path`.
 * @throws Failure `disk-full` when there is none.
 */
export async function tellDiskFull<T>(path: string, action: () => Promise<T>): Promise<T> {
	try {
		return await action();
	} catch (error) {
		throw diskFull(error, path) ?? error;
	}
}

/** The `disk-full` failure for an error of the file system that means it, or nothing. */
export function diskFull(error: unknown, path: string): Failure | undefined {
	const code = (error as NodeJS.ErrnoException | undefined)?.code;
	return code === "ENOSPC" || code === "EDQUOT"
		? new Failure({ kind: "disk-full", path }, { cause: error })
		: undefined;
}

/** True for what programs print when a disk, or a user's part of it, is full: the system's words, or some of their own. */
export function isDiskFullText(text: string): boolean {
	return /ENOSPC|No space left on device|Disk quota exceeded|Out of diskspace/.test(text);
}

/** Bytes that are left on a disk when nothing fits on it any more. */
const NOTHING = 1 << 16;

/** True when nothing fits any more on the disk of one of these folders: not every program says why it could not write. */
export async function isNothingLeft(folders: readonly string[]): Promise<boolean> {
	const free = await Promise.all(folders.map((folder) => freeSpace(folder).catch(() => Number.POSITIVE_INFINITY)));
	return free.some((bytes) => bytes < NOTHING);
}
