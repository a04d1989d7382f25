import type { RepositoryPaths } from "../../contract/issue.ts";
import { askedOnce } from "../../system/once.ts";
import { type Gitlink, lsTree, parseSubmodules } from "../commands/tree.ts";
import { git } from "../git.ts";

const onceACommit = askedOnce<readonly Gitlink[]>();

/** The submodules of a commit, which never change. */
export function gitlinksOf(
	{ root }: Pick<RepositoryPaths, "root">,
	commit: string,
	signal: AbortSignal,
): Promise<readonly Gitlink[]> {
	return onceACommit(commit, async () => {
		return parseSubmodules((await git(lsTree("-r", commit), { cwd: root, signal })).stdout);
	});
}
