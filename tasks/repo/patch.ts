import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import { asInCheckout } from "./checkout-settings.ts";
import { readingBetween } from "./commands/numstat-log.ts";
import { git } from "./git.ts";
import type { Worktree } from "./worktree/worktree.ts";

const DIFF = ["diff", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--no-renames"];

/**
 * Writes what a worktree holds beyond its HEAD to a patch file, new files included; `git apply` brings it back. The
 * worktree's own index stays as it is.
 */
export async function saveChanges(
	repository: RepositoryPaths,
	worktree: Worktree,
	file: string,
	signal: AbortSignal,
): Promise<void> {
	const index = join(worktree.gitDir, "orchfile-index");
	const options = { cwd: repository.root, worktree, index, signal };
	try {
		await git(["read-tree", "HEAD"], options);
		const add = [...(await asInCheckout(repository, "clean")), "add", "-A", "--sparse"];
		await git(add, { ...options, filtered: true });
		// Written by git itself: a patch need not be UTF-8.
		await git([...DIFF, "--cached", `--output=${file}`, "HEAD"], options);
	} finally {
		await rm(index, { force: true });
	}
}

/** Writes what a branch holds beyond the base to a patch file. */
export async function saveBranch(
	repository: RepositoryPaths,
	base: string,
	tip: string,
	file: string,
	signal: AbortSignal,
): Promise<void> {
	const range = `${base}...${tip}`;
	const options = { cwd: repository.root, signal, broughtBy: readingBetween(range) };
	await git([...DIFF, `--output=${file}`, range], options);
}
