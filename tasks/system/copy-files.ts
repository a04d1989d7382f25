import { constants, type Stats } from "node:fs";
import { copyFile, lstat, mkdir, readdir, readlink, realpath, symlink, utimes } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { Failure } from "../contract/problem.ts";
import { diskFull } from "./disk-space.ts";
import { isInside } from "./paths.ts";

/** Files copied side by side; Node's own threads are four. */
const COPIERS = 16;
/** A clone where the file system can make one, never in place of what is there. */
const CLONE = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL;

/**
 * Copies files from one folder into another, each with its mode and times: a build tool takes what is younger than its
 * sources for up to date. What is there already stays, and so does what a link on the way would lead elsewhere.
 * @param paths relative, with `/`; one that ends in `/` is a folder with all that is in it.
 * @param pointer name of files that lead to somewhere else by what is in them; a folder of that name is copied.
 * @returns the paths that were left out since they lead out of the folder.
 * @throws Failure `disk-full`, `file-unreadable`; the signal's reason when that was aborted.
 */
export async function copyFiles(
	from: string,
	to: string,
	paths: readonly string[],
	pointer: string,
	signal: AbortSignal,
): Promise<string[]> {
	const leadsOut: string[] = [];
	const queue = [...paths];
	const folders = new Map<string, Promise<boolean>>();
	const copyOne = async (path: string): Promise<void> => {
		const source = join(from, path);
		const stats = await lstat(source).catch(unlessGone);
		if (!stats) return;
		if (stats.isDirectory()) {
			for (const name of await readdir(source)) queue.push(`${path}${path.endsWith("/") ? "" : "/"}${name}`);
			return;
		}
		if (stats.isFile() && basename(path) === pointer) leadsOut.push(path);
		else if (!(await makeFolder(to, dirname(path), folders))) leadsOut.push(path);
		else if (stats.isSymbolicLink()) {
			const target = await findTarget(from, path);
			if (target === undefined) leadsOut.push(path);
			else await symlink(target, join(to, path)).catch(unlessThere);
		} else if (stats.isFile()) await copyContent(source, join(to, path), stats).catch(unlessThere);
	};
	const work = async (): Promise<void> => {
		for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
			signal.throwIfAborted();
			try {
				await copyOne(path);
			} catch (error) {
				// The others have nothing to do any more, so that nothing is copied behind the caller's back.
				queue.length = 0;
				throw tellOf(error, join(from, path), join(to, path));
			}
		}
	};
	const ends = await Promise.allSettled(Array.from({ length: COPIERS }, work));
	for (const end of ends) if (end.status === "rejected") throw end.reason;
	return leadsOut.sort();
}

/** Those of the paths that would lie behind a link, or a file, in the place of one of their folders. */
export async function findBehindLinks(root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
	const known = new Map<string, Promise<boolean>>();
	const isFree = (folder: string): Promise<boolean> => {
		if (folder === ".") return Promise.resolve(true);
		const asked =
			known.get(folder) ??
			isFree(dirname(folder)).then(async (isFreeAbove) => {
				const stats = isFreeAbove ? await lstat(join(root, folder)).catch(unlessGone) : undefined;
				return isFreeAbove && (stats === undefined || stats.isDirectory());
			});
		known.set(folder, asked);
		return asked;
	};
	const free = await Promise.all(paths.map((path) => isFree(dirname(path))));
	return new Set(paths.filter((_, at) => !free[at]));
}

async function copyContent(source: string, target: string, { atime, mtime }: Stats): Promise<void> {
	await copyFile(source, target, CLONE);
	await utimes(target, atime, mtime);
}

/** Makes a folder and those around it; false when one of them is a link or a file, and what is in it would be elsewhere. */
function makeFolder(root: string, path: string, known: Map<string, Promise<boolean>>): Promise<boolean> {
	if (path === ".") return Promise.resolve(true);
	const making =
		known.get(path) ??
		makeFolder(root, dirname(path), known).then(async (isInside) => {
			if (!isInside) return false;
			await mkdir(join(root, path)).catch(unlessThere);
			return (await lstat(join(root, path))).isDirectory();
		});
	known.set(path, making);
	return making;
}

/** What a link says; nothing when that is, or leads, out of the folder: a copy would be one more way to the original. */
async function findTarget(root: string, path: string): Promise<string | undefined> {
	const link = join(root, path);
	const target = await readlink(link);
	if (isAbsolute(target) || !isInside(resolve(dirname(link), target), root)) return undefined;
	const end = await realpath(link).catch(() => undefined);
	return end === undefined || isInside(end, root) ? target : undefined;
}

/** The folder is in use: what was there a moment ago may have gone. */
function unlessGone(error: NodeJS.ErrnoException): undefined {
	if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}

function unlessThere(error: NodeJS.ErrnoException): undefined {
	if (error.code !== "EEXIST" && error.code !== "ENOENT") throw error;
}

function tellOf(error: unknown, source: string, target: string): unknown {
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === "EACCES" || code === "EPERM")
		return new Failure({ kind: "file-unreadable", path: source, message }, { cause: error });
	return diskFull(error, target) ?? error;
}
