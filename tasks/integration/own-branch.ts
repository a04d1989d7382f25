import type { IntegrationRecord } from "../contract/integration.ts";
import type { Base, RepositoryPaths } from "../contract/issue.ts";
import { Failure } from "../contract/problem.ts";
import { branchTip, branchTips } from "../repo/branch.ts";
import { git } from "../repo/git.ts";
import { holderOf } from "../repo/worktree/list.ts";

/**
 * Checks that the branch is what the last integration has left, if it is there at all: what anybody else has put there stays.
 * @returns its tip.
 * @throws Failure `integration-branch-taken`, `branch-in-the-way`.
 */
export async function verifyOwnBranch(
	repository: RepositoryPaths,
	branch: string,
	record: IntegrationRecord | undefined,
): Promise<string | undefined> {
	const tip = await branchTip(repository, branch);
	if (tip === undefined) {
		const existing = await findInTheWay(repository, branch);
		if (existing !== undefined) throw new Failure({ kind: "branch-in-the-way", branch, existing });
		return undefined;
	}
	if (record && [record.tip, record.before].includes(tip)) return tip;
	throw new Failure({ kind: "integration-branch-taken", branch, tip, was: record?.tip ?? record?.before ?? null });
}

/** A branch that leaves no room for one of this name: its name is a folder of the other's, or the other way round. */
async function findInTheWay(repository: RepositoryPaths, branch: string): Promise<string | undefined> {
	const parts = branch.split("/");
	const above = parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
	for (const each of above) if ((await branchTip(repository, each)) !== undefined) return each;
	return [...(await branchTips(repository, `${branch}/`)).keys()][0];
}

/**
 * Checks that nobody has the branch checked out: it would move under them.
 * @throws Failure `integration-checked-out`.
 */
export async function verifyNotCheckedOut(
	repository: RepositoryPaths,
	branch: string,
	base: Base,
	signal: AbortSignal,
): Promise<void> {
	const path = await holderOf(repository, branch, signal);
	if (path !== undefined) throw new Failure({ kind: "integration-checked-out", branch, path, base: base.name });
}

/**
 * Moves the branch, as long as it is where it was found, or makes it where there was none.
 * @throws Failure `integration-branch-taken` where somebody was quicker; `git-failed`.
 */
export async function moveBranch(
	repository: RepositoryPaths,
	branch: string,
	to: string,
	from: string | undefined,
): Promise<void> {
	const args = ["update-ref", "-m", "orchfile: integrate", `refs/heads/${branch}`, to, from ?? ""];
	try {
		await git(args, { cwd: repository.root });
	} catch (error) {
		const tip = await branchTip(repository, branch);
		if (tip === to) return;
		if (tip === from || tip === undefined) throw error;
		throw new Failure({ kind: "integration-branch-taken", branch, tip, was: from ?? null }, { cause: error });
	}
}
