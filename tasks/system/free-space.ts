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
