import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join, sep } from "node:path";
import { Failure } from "../contract/problem.ts";

/**
 * What makes git run programs or look elsewhere, and what it encrypts with, in the folder that all worktrees share, and in one
 * worktree's own.
 */
const SHARED = ["config", "config.worktree", "git-crypt", "hooks", "info"];
const OWN = ["config.worktree", "commondir", "git-crypt", "gitdir"];
/** The same of the repository of a submodule. */
const OF_SUBMODULE = [...SHARED, "commondir", "objects/info"];

/** Bytes of a file that are worth reading: a configuration that is larger is told by its size and time. */
const LONGEST = 4 * 1024 * 1024;

/** What `git gc` writes for servers that know nothing of git, and nobody reads here. */
const OF_SERVERS = "info/refs";

/** In place of what an agent took away while it was being looked at. */
const GONE = "gone";

type Prints = ReadonlyMap<string, string>;

let shared: { readonly commonDir: string; readonly prints: Prints } | undefined;
const own = new Map<string, Prints>();

/**
 * Remembers how git's files stand before an agent that may write them starts. From then on every call of git first checks
 * that they still do.
 */
export async function guardGitFiles(commonDir: string, gitDir: string): Promise<void> {
	shared ??= { commonDir, prints: await printsOf(commonDir, SHARED) };
	own.set(gitDir, await printsOf(gitDir, OWN));
}

/**
 * Checks that git's files are as they were when they were first guarded: git would run what stands in them.
 * @param gitDir the worktree's git directory that is about to be used.
 * @throws Failure `repository-tampered`, naming what is different.
 */
export async function verifyGitFiles(gitDir: string | undefined): Promise<void> {
	if (!shared) return;
	const changed = differences(shared.prints, await printsOf(shared.commonDir, SHARED));
	for (const [folder, before] of own) {
		if (gitDir === folder || gitDir?.startsWith(folder + sep))
			changed.push(...differences(before, await printsOf(folder, OWN)));
	}
	if (changed.length > 0) throw new Failure({ kind: "repository-tampered", files: changed });
}

function differences(before: Prints, after: Prints): string[] {
	const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
	return paths.filter((path) => before.get(path) !== after.get(path));
}

/** What each of these files and folders is, by path; a folder with everything in it; and those of all submodules. */
async function printsOf(folder: string, names: readonly string[]): Promise<Prints> {
	const prints = new Map<string, string>();
	const look = async (path: string): Promise<void> => {
		const stats = await lstat(path).catch(() => undefined);
		if (!stats || path === join(folder, OF_SERVERS)) return;
		const mode = stats.mode.toString(8);
		if (stats.isDirectory()) {
			prints.set(path, mode);
			for (const name of await readdir(path).catch(() => [])) await look(join(path, name));
		} else if (stats.isSymbolicLink()) prints.set(path, `${mode} ${await readlink(path).catch(() => GONE)}`);
		else if (!stats.isFile()) prints.set(path, mode);
		else if (stats.size > LONGEST) prints.set(path, `${mode} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`);
		else prints.set(path, `${mode} ${await hashOf(path).catch(() => GONE)}`);
	};
	for (const name of names) await look(join(folder, name));
	for (const inner of await findModuleFolders(folder)) {
		for (const name of OF_SUBMODULE) await look(join(inner, name));
	}
	return prints;
}

/** git's folders for the submodules of a repository or a worktree, nested ones included. */
export async function findModuleFolders(gitDir: string): Promise<string[]> {
	const below = async (folder: string): Promise<string[]> => {
		const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
		const found = entries.map(async (entry) => {
			const path = join(folder, entry.name);
			if (!entry.isDirectory()) return [];
			// A submodule's name may have slashes in it.
			const isRepository = (await lstat(join(path, "HEAD")).catch(() => undefined)) !== undefined;
			return isRepository ? [path, ...(await findModuleFolders(path))] : below(path);
		});
		return (await Promise.all(found)).flat();
	};
	return below(join(gitDir, "modules"));
}

async function hashOf(path: string): Promise<string> {
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(path)) hash.update(chunk);
	return hash.digest("hex");
}
