import { readlinkSync, realpathSync } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** True for a path in the folder, and for the folder itself, by their names alone: no link is followed. */
export function isInside(path: string, folder: string): boolean {
	const way = relative(folder, path);
	return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** True when something stands at this path, be it a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
	return (await lstat(path).catch(() => undefined)) !== undefined;
}

/** The path, or what of it there is. A link that leads nowhere is there, and in the way of what is to be made. */
export function findNearest(path: string): Promise<string> {
	return nearestWhere(path, (each) =>
		lstat(each).then(
			() => true,
			(error) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
		),
	);
}

/** The path, or what of it can be reached: past a link that leads nowhere, and a folder that may not be entered. */
export function findReachable(path: string): Promise<string> {
	return nearestWhere(path, (each) =>
		stat(each).then(
			() => true,
			() => false,
		),
	);
}

async function nearestWhere(path: string, isWanted: (path: string) => Promise<boolean>): Promise<string> {
	const parent = dirname(path);
	return parent === path || (await isWanted(path)) ? path : nearestWhere(parent, isWanted);
}

/** A path without symlinks, as far as it exists; a link that leads nowhere is followed to there. */
export function realPath(path: string, links = 40): string {
	try {
		return realpathSync(path);
	} catch {
		const parent = dirname(path);
		if (parent === path) return path;
		const here = join(realPath(parent, links), basename(path));
		const target = links > 0 ? targetOf(here) : undefined;
		return target === undefined ? here : realPath(resolve(dirname(here), target), links - 1);
	}
}

function targetOf(path: string): string | undefined {
	try {
		return readlinkSync(path);
	} catch {
		return undefined;
	}
}
