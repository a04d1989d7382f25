import { given } from "../contract/given.ts";
import type { RepositoryPaths } from "../contract/issue.ts";
import { lsTreeSizes, parseTotalSize } from "./commands/tree.ts";
import { git } from "./git.ts";

/** Bytes of the files that a worktree of this commit has, as git stores them; what filters make larger is not known. */
export async function sizeOfWorktree({ root }: RepositoryPaths, commit: string, signal?: AbortSignal): Promise<number> {
	return parseTotalSize((await git(lsTreeSizes(commit), { cwd: root, ...given({ signal }) })).stdout);
}
