import { readFile, symlink } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { tellDiskFull } from "../../system/disk-space.ts";
import { exists } from "../../system/paths.ts";
import type { Worktree } from "./worktree.ts";

/** The folder in git's own in which git-crypt keeps the keys of what is unlocked. */
const KEYS = "git-crypt";

/** Where the keys of git-crypt lie, if the repository, or the checkout itself, is unlocked. */
export async function findKeys({ root, commonDir }: Pick<RepositoryPaths, "root" | "commonDir">) {
	const shared = join(commonDir, KEYS);
	if (await exists(shared)) return shared;
	const pointer = await readFile(join(root, ".git"), "utf8").catch(() => "");
	const own = join(resolve(root, /^gitdir: (.+)\n$/.exec(pointer)?.[1] ?? commonDir), KEYS);
	return (await exists(own)) ? own : undefined;
}

/**
 * Has git-crypt find its keys in a worktree: it looks for them in git's folder for the worktree and nowhere else. What is there
 * already is left.
 * @throws Failure `disk-full`.
 */
export async function linkKeys(repository: RepositoryPaths, { gitDir }: Worktree): Promise<void> {
	const keys = await findKeys(repository);
	if (keys === undefined) return;
	await tellDiskFull(gitDir, () => symlink(relative(gitDir, keys), join(gitDir, KEYS))).catch((error) => {
		if (error.code !== "EEXIST") throw error;
	});
}
