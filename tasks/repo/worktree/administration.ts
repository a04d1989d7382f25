import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { exists } from "../../system/paths.ts";

/** git's folder for the worktree at this place, which need not be complete. */
export async function findAdministration(
	{ commonDir }: RepositoryPaths,
	worktreePath: string,
): Promise<string | undefined> {
	const folder = join(commonDir, "worktrees");
	const own = basename(worktreePath);
	// Most are called as their folder; git numbers a name that is taken, and a worktree can be moved.
	const names = (await readdir(folder).catch(() => [])).sort((a, b) => Number(b === own) - Number(a === own));
	for (const name of names) {
		const pointer = (await readFile(join(folder, name, "gitdir"), "utf8").catch(() => "")).trim();
		if (pointer !== "" && resolve(folder, name, pointer) === join(worktreePath, ".git")) return join(folder, name);
	}
	// Killed right at the start, git has not written where the worktree stands.
	return names[0] === own && !(await exists(join(folder, own, "gitdir"))) ? join(folder, own) : undefined;
}
