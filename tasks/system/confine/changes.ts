import { chmod, lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { copyEntry } from "../copy-tree.ts";
import { tellDiskFull } from "../disk-space.ts";
import { makeWhiteouts } from "./whiteouts.ts";

/** By what a folder is to differ from what it was made of. Paths are relative to it. */
export interface Changes {
	readonly files: readonly ChangedFile[];
	/** What is not there. */
	readonly without: readonly string[];
}

/** A file, or a link, that is there as it is elsewhere, or with this content. */
export type ChangedFile = { readonly path: string } & ({ readonly from: string } | { readonly content: string });

/** No difference. */
export const UNCHANGED: Changes = { files: [], without: [] };

/**
 * Makes changes to a folder, or the upper folder of an overlay have them.
 * @param lower what an overlay is laid over, where it is one.
 * @returns false where an overlay can't have them.
 * @throws Failure `disk-full`.
 */
export async function applyChanges({ files, without }: Changes, folder: string, lower?: string): Promise<boolean> {
	const whiteouts: string[] = [];
	for (const path of without) {
		if (lower === undefined) await rm(join(folder, path), { recursive: true, force: true });
		else if (await isThere(join(lower, path))) {
			await makeParents(folder, dirname(path), lower);
			whiteouts.push(join(folder, path));
		}
	}
	if ((await makeWhiteouts(whiteouts)).length > 0) return false;
	for (const file of files) {
		const target = join(folder, file.path);
		await makeParents(folder, dirname(file.path), lower);
		await rm(target, { recursive: true, force: true });
		if ("from" in file) await copyEntry(file.from, target);
		else await tellDiskFull(target, () => writeFile(target, file.content));
	}
	return true;
}

/** The folders that lead to a place, each with the mode that it has below: the upper one's is the one that counts. */
async function makeParents(folder: string, path: string, lower: string | undefined): Promise<void> {
	if (path === ".") return;
	const here = join(folder, path);
	const stats = await lstat(here).catch(() => undefined);
	if (stats?.isDirectory()) return;
	await makeParents(folder, dirname(path), lower);
	// A link would lead what is written there elsewhere.
	if (stats) await rm(here);
	await mkdir(here);
	const below = lower === undefined ? undefined : await lstat(join(lower, path)).catch(() => undefined);
	if (below?.isDirectory()) await chmod(here, below.mode & 0o7777);
}

/** Whether something is there, and not behind a link: git has nothing behind one. */
async function isThere(path: string): Promise<boolean> {
	return (await lstat(path).catch(() => undefined)) !== undefined;
}
