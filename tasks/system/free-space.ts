import { realpathSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure, type Problem } from "../contract/problem.ts";

/**
 * Checks that each of these folders has room, before anything is begun that a full disk would break off. A folder that is
 * not there yet will be made where its parent is.
 * @param needed bytes.
 * @throws Failure `disk-low`, one for each file system that is too full.
 */
export async function verifyFreeSpace(folders: readonly string[], needed: number): Promise<void> {
	const seen = new Set<number>();
	const low: Problem[] = [];
	for (const path of folders.map(nearestFolder)) {
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
	const { bavail, bsize } = await statfs(nearestFolder(folder));
	return bavail * bsize;
}

function nearestFolder(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		const parent = dirname(path);
		return parent === path ? path : nearestFolder(parent);
	}
}
