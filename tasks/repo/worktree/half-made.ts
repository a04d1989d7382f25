import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../../system/paths.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { findAdministration } from "./administration.ts";
import type { Address } from "./worktree.ts";

/** Why a worktree is locked that is just being made, in git's own word. */
export const INITIALIZING = "initializing";

/** git's folder for a worktree that is just being made, if it is: git locks it for that time, and nobody works in it. */
export async function findHalfMade({ repository, worktreePath }: Address): Promise<string | undefined> {
	const gitDir = await findAdministration(repository, worktreePath);
	const reason = gitDir && (await readFile(join(gitDir, "locked"), "utf8").catch(() => undefined));
	return reason?.trim() === INITIALIZING ? gitDir : undefined;
}

/**
 * Removes a worktree that was being made, or set up, when the run was killed over it.
 * @returns true when there was one.
 */
export async function dropHalfMade(issue: Address): Promise<boolean> {
	const { worktreePath } = issue;
	const gitDir = await findHalfMade(issue);
	if (gitDir === undefined) return false;
	// Twice forced would do, unless git was killed before it had written both pointers.
	if (await exists(worktreePath)) await removeFolder(worktreePath);
	await rm(gitDir, { recursive: true, force: true });
	return true;
}
