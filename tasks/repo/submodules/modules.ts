import { lstat, readFile, realpath } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { exists } from "../../system/paths.ts";
import { findModuleFolders } from "../guard.ts";
import type { Worktree } from "../worktree/worktree.ts";

/** A submodule's repository that belongs to one worktree: `<git's folder for the worktree>/modules/<name>`. */
export interface Module extends Worktree {
	/** Where its files are, relative to the worktree. */
	readonly at: string;
	/** Its files are where they belong, with the pointer that git made; anything else may be an agent's doing. */
	readonly isFilled: boolean;
}

/** The submodules that a worktree has, nested ones included; one in whose folder something else stands is among them. */
export async function findModules({ path, gitDir }: Worktree): Promise<Module[]> {
	const real = await realpath(path).catch(() => path);
	const modules = (await findModuleFolders(gitDir)).map(async (folder): Promise<Module> => {
		const place = resolve(folder, await placeOf(folder));
		return {
			path: place,
			gitDir: folder,
			at: relative(real, place),
			// A folder behind a link that the agent has made is not the submodule's.
			isFilled: (await realpath(place).catch(() => "")) === place && (await isPointer(join(place, ".git"), folder)),
		};
	});
	return Promise.all(modules);
}

/** git's folder of a submodule as the clone has it: beside its own, or, as an old one, among the submodule's files. */
export async function findSource(commonDir: string, name: string, files: string): Promise<string | undefined> {
	const absorbed = join(commonDir, "modules", name);
	if (await exists(join(absorbed, "HEAD"))) return absorbed;
	const pointer = join(files, ".git");
	const target = (await lstat(pointer).catch(() => undefined))?.isDirectory() ? pointer : await readPointer(pointer);
	return target !== undefined && (await exists(join(target, "HEAD"))) ? target : undefined;
}

/** Where the objects of a module come from, if it shares them with the clone's. */
export async function originOf(commonDir: string, worktreeGitDir: string, gitDir: string): Promise<string | undefined> {
	const [objects] = (await readFile(join(gitDir, "objects/info/alternates"), "utf8").catch(() => "")).split("\n");
	if (objects) return resolve(gitDir, "objects", objects, "..");
	const absorbed = join(commonDir, relative(worktreeGitDir, gitDir));
	return (await exists(join(absorbed, "HEAD"))) ? absorbed : undefined;
}

async function isPointer(file: string, gitDir: string): Promise<boolean> {
	const target = await readPointer(file);
	return target !== undefined && (await realpath(target).catch(() => "")) === (await realpath(gitDir));
}

async function readPointer(file: string): Promise<string | undefined> {
	if (!(await lstat(file).catch(() => undefined))?.isFile()) return undefined;
	const target = /^gitdir: (.+)\n?$/.exec(await readFile(file, "utf8"))?.[1];
	return target === undefined ? undefined : resolve(file, "..", target);
}

/** `core.worktree` of a submodule, which git sets when it makes one. */
async function placeOf(gitDir: string): Promise<string> {
	const config = await readFile(join(gitDir, "config"), "utf8").catch(() => "");
	const value = /^\s*worktree\s*=\s*(.*?)\s*$/m.exec(config)?.[1] ?? "";
	return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
}
