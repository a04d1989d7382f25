import type { Base, RepositoryPaths } from "../contract/issue.ts";
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

/**
 * How an existing branch stands to the base it is to be continued on: `ahead` holds the whole base and perhaps more,
 * `merged` holds nothing that the base does not, `apart` lacks something of the base and has something of its own.
 */
export async function standing(
	repository: RepositoryPaths,
	tip: string,
	base: Base,
): Promise<"ahead" | "merged" | "apart"> {
	if (await contains(repository, tip, base.commit)) return "ahead";
	return (await contains(repository, base.commit, tip)) ? "merged" : "apart";
}
