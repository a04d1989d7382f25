import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { splitZ } from "../commands/split.ts";
import { git } from "../git.ts";
import type { Worktree } from "./worktree.ts";

/** What a set-up has made in a worktree, ignored or not: the outermost folders in which git has nothing, and single files. */
export interface MadeThere {
	readonly folders: readonly string[];
	readonly files: readonly string[];
}

/** Finds what is in a worktree beside the files of its commit. */
export async function findMadeThere(
	repository: RepositoryPaths,
	worktree: Worktree,
	signal: AbortSignal,
): Promise<MadeThere> {
	const { stdout } = await git(["ls-files", "-o", "--directory", "-z"], { cwd: repository.root, worktree, signal });
	const found = await Promise.all(
		splitZ(stdout).map(async (entry) => {
			const path = entry.replace(/\/$/, "");
			// A repository in it is listed as a folder; a link to a folder is a link.
			return { path, isFolder: (await lstat(join(worktree.path, path))).isDirectory() };
		}),
	);
	const pathsOf = (isFolder: boolean) => found.filter((each) => each.isFolder === isFolder).map(({ path }) => path);
	return { folders: pathsOf(true), files: pathsOf(false) };
}
