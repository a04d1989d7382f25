import { given } from "../../contract/given.ts";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { type Listed, parseWorktreeList, WORKTREE_LIST } from "../commands/worktree-list.ts";
import { git } from "../git.ts";
import { retryRaces } from "./in-turn.ts";

/** The worktrees of a repository, as git knows them. */
export async function listWorktrees(repository: RepositoryPaths, signal?: AbortSignal): Promise<Listed[]> {
	const options = { cwd: repository.root, ...given({ signal }) };
	return parseWorktreeList((await retryRaces(() => git(WORKTREE_LIST, options))).stdout);
}

/** The worktree that has a branch checked out; nothing when none has. */
export async function holderOf(
	repository: RepositoryPaths,
	branch: string,
	signal?: AbortSignal,
): Promise<string | undefined> {
	const listed = await listWorktrees(repository, signal);
	return listed.find((each) => each.branch === `refs/heads/${branch}`)?.path;
}
