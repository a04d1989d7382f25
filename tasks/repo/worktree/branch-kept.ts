import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import { branchTip, contains } from "../branch.ts";
import { git } from "../git.ts";
import type { Worktree } from "./worktree.ts";

/**
 * Checks that an issue's branch is where its turn has found it, or where it was moved from within its worktree: what is committed
 * next has the files of the worktree, and would take back what came to the branch from elsewhere. A branch that is gone is made
 * again, as it was.
 * @throws Failure `branch-moved`.
 */
export async function verifyBranchKept(
	{ id, repository, branch }: Pick<IssuePlan, "id" | "repository" | "branch">,
	{ path, gitDir }: Worktree,
	{ base: { tip: began } }: AttemptRecord,
): Promise<void> {
	const now = await branchTip(repository, branch);
	if (began === undefined || now === began) return;
	const left = await lastHead(gitDir);
	if (now !== undefined && now === left) return;
	// Reflogs expire, and can be turned off.
	if (now !== undefined && left === undefined && !(await isIndexOf(began))) return;
	const was = left !== undefined && (await contains(repository, left, began)) ? left : began;
	if (now !== undefined) throw new Failure({ kind: "branch-moved", issue: id, path, branch, was, now });
	await git(["update-ref", `refs/heads/${branch}`, was, ""], { cwd: repository.root });

	/** Whether the index is as a commit has it: nobody has committed in the worktree since. */
	async function isIndexOf(commit: string): Promise<boolean> {
		const options = { cwd: repository.root, worktree: { path, gitDir }, expect: [1] };
		return (await git(["diff-index", "--cached", "--quiet", "--no-ext-diff", commit], options)).exitCode === 0;
	}
}

/** The commit that HEAD of a worktree came to last, whatever has become of the branch since; nothing where git keeps no reflog. */
async function lastHead(gitDir: string): Promise<string | undefined> {
	return (await headsOf(gitDir)).at(-1);
}

/** The commits that HEAD of a worktree was at, the first first (gitrepository-layout(5)). */
export async function headsOf(gitDir: string): Promise<string[]> {
	const reflog = await readFile(join(gitDir, "logs/HEAD"), "utf8").catch(() => "");
	return reflog.split("\n").flatMap((line) => /^[0-9a-f]+ ([0-9a-f]+) /.exec(line)?.[1] ?? []);
}
