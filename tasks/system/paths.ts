import { lstat, stat } from "node:fs/promises";
import { dirname, isAbsolute, relative, sep } from "node:path";

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
