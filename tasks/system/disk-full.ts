import { Failure } from "../contract/problem.ts";
import { freeSpace } from "./free-space.ts";

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
