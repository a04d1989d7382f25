import type { RepositoryPaths } from "../contract/issue.ts";
import { git } from "./git.ts";

/** The commit a branch points to, or nothing when there is no such branch. */
export async function branchTip(repository: RepositoryPaths, branch: string): Promise<string | undefined> {
	const found = await git(["rev-parse", "--verify", "-q", `refs/heads/${branch}^{commit}`], {
		cwd: repository.root,
		expect: [1, 128],
	});
	return found.exitCode === 0 ? found.stdout.trim() : undefined;
}

/** True when `commit` is an ancestor of `tip`, or `tip` itself; false when either does not exist. */
export async function contains(repository: RepositoryPaths, tip: string, commit: string): Promise<boolean> {
	const answer = await git(["merge-base", "--is-ancestor", commit, tip], { cwd: repository.root, expect: [1, 128] });
	return answer.exitCode === 0;
}
