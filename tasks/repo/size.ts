import { given } from "../contract/given.ts";
import type { RepositoryPaths } from "../contract/issue.ts";
import { splitZ } from "./commands/split.ts";
import { git } from "./git.ts";

/** Bytes of the files that a worktree of this commit has, as git stores them; what filters make larger is not known. */
export async function sizeOfWorktree({ root }: RepositoryPaths, commit: string, signal?: AbortSignal): Promise<number> {
	// A submodule has a size of `-`: it is not checked out.
	const { stdout } = await git(["ls-tree", "-r", "-z", "--format=%(objectsize)", commit], {
		cwd: root,
		...given({ signal }),
	});
	return splitZ(stdout).reduce((sum, size) => sum + (Number.parseInt(size, 10) || 0), 0);
}
