import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LaidFiles } from "../contract/path-change.ts";
import type { Changes } from "../system/confine/changes.ts";
import type { CommitFolder } from "./prepared.ts";

/** Files of one commit's folder to be put into another's. A submodule, which is a folder, stays what it is. */
export async function laidFrom(
	from: CommitFolder,
	{ put, remove }: LaidFiles,
	written: ReadonlyMap<string, string> = new Map(),
): Promise<Changes> {
	const files = await Promise.all(
		put.map(async (path) => {
			const stats = await lstat(join(from.path, path)).catch(() => undefined);
			return stats?.isFile() || stats?.isSymbolicLink() ? [{ path, from: join(from.path, path) }] : [];
		}),
	);
	const contents = [...written].map(([path, content]) => ({ path, content }));
	return { files: [...files.flat(), ...contents], without: remove };
}

/** A file as a commit has it; nothing where it has none. What a link leads to is no part of it. */
export async function readIn({ path: folder }: CommitFolder, path: string): Promise<string | undefined> {
	const file = join(folder, path);
	const stats = await lstat(file).catch(() => undefined);
	return stats?.isFile() ? readFile(file, "utf8") : undefined;
}
