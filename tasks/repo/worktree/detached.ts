import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { exists, isInside } from "../../system/paths.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { asInCheckout } from "../checkout-settings.ts";
import { readingAll } from "../commands/tree.ts";
import { git } from "../git.ts";
import { checkOut } from "./add.ts";
import { exclusively, retryRaces } from "./in-turn.ts";
import { findKeys } from "./keys.ts";
import type { Worktree } from "./worktree.ts";

/**
 * Makes a worktree of a commit, on no branch and nobody's, with the submodules that the clone holds.
 * @param path where nothing stands.
 * @param atOnce others may be made at the same time, as of `addWorktree`.
 * @throws Failure `git-failed`, `disk-full`, `objects-unfetched`. What was made by then is taken back.
 */
export async function addDetached(
	repository: RepositoryPaths,
	path: string,
	commit: string,
	signal: AbortSignal,
	atOnce: boolean,
): Promise<Worktree> {
	const isFilledLater = atOnce || (await findKeys(repository)) !== undefined;
	const options = ["--detach", ...(isFilledLater ? ["--no-checkout"] : [])];
	const settings = await asInCheckout(repository, "smudge");
	try {
		await exclusively(() =>
			retryRaces(() =>
				git([...settings, "worktree", "add", "-q", ...options, "--", path, commit], {
					cwd: repository.root,
					signal,
					filtered: true,
					broughtBy: readingAll(commit),
				}),
			),
		);
		const pointer = await readFile(join(path, ".git"), "utf8");
		const worktree = { path, gitDir: resolve(path, /^gitdir: (.+)\n$/.exec(pointer)?.[1] ?? "") };
		if (isFilledLater) await checkOut({ repository }, worktree, commit, signal);
		if (await exists(join(path, ".gitmodules"))) {
			const { alignSubmodules } = await import("../submodules/align.ts");
			await alignSubmodules(repository, worktree, commit, signal);
		}
		return worktree;
	} catch (error) {
		await removeDetached(repository, path);
		throw error;
	}
}

/** Removes a folder with all worktrees in it, whatever is in them; it may be one. */
export async function removeDetached(repository: RepositoryPaths, folder: string): Promise<void> {
	await exclusively(async () => {
		// What git is told of first goes last, so that what a kill leaves is found again.
		const folders = await findAdministrations(repository, folder);
		// Most have nothing in them that has to be made writable first, which takes as long again.
		await rm(folder, { recursive: true, force: true }).catch(() => removeFolder(folder));
		for (const gitDir of folders) await rm(gitDir, { recursive: true, force: true });
		// As git does it with the last of them.
		if (folders.length > 0) await rmdir(join(repository.commonDir, "worktrees")).catch(() => {});
	});
}

/** git's folders for all worktrees that stand, or stood, at or below a path. */
async function findAdministrations({ commonDir }: RepositoryPaths, folder: string): Promise<string[]> {
	const all = join(commonDir, "worktrees");
	const names = await readdir(all).catch(() => []);
	const found = await Promise.all(
		names.map(async (name) => {
			const pointer = (await readFile(join(all, name, "gitdir"), "utf8").catch(() => "")).trim();
			return pointer !== "" && isInside(dirname(resolve(all, name, pointer)), folder) ? [join(all, name)] : [];
		}),
	);
	return found.flat();
}
