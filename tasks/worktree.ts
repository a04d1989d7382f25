import type { IssuePlan } from "./contract/issue.ts";
import { Failure } from "./contract/problem.ts";
import { hasStarted, isGood, type Outcome } from "./engine/outcome.ts";
import type { Freshness, IssueContext } from "./engine/task.ts";
import { branchTip, contains, standing } from "./repo/branch.ts";
import { findChanges } from "./repo/commit.ts";
import { addWorktree, findWorktree, mergeBase, removeWorktree, type Worktree } from "./repo/worktree.ts";
import { attemptFiles } from "./store/log-folder.ts";
import { readRecord } from "./store/records.ts";

/** What teardown did: `removed`, or nothing because there was no worktree. */
export interface Teardown {
	readonly removed: boolean;
}

/** The issue's worktree, if it stands already on the issue's branch and the branch holds the base. */
export async function findStandingWorktree({ issue, signal }: IssueContext<IssuePlan>): Promise<Freshness<Worktree>> {
	const worktree = await findWorktree(issue, signal);
	if (!worktree) return { upToDate: false, because: { kind: "no-worktree" } };
	if ((await standing(issue.repository, worktree.head, issue.base)) === "ahead")
		return { upToDate: true, value: worktree };
	return { upToDate: false, because: { kind: "base-moved" } };
}

/**
 * Creates the issue's worktree and branch, or continues with those that stand. The base is merged into a branch that
 * left it earlier, so that the agent works on today's code and today's issue document.
 * @throws Failure `branch-not-on-base` when the branch did not start from the base: the work on it is somebody else's.
 */
export async function createWorktree(_: unknown, { issue, signal }: IssueContext<IssuePlan>): Promise<Worktree> {
	const found = await findWorktree(issue, signal);
	const tip = found?.head ?? (await branchTip(issue.repository, issue.branch));
	const stands = tip === undefined ? "ahead" : await standing(issue.repository, tip, issue.base);
	if (stands === "apart" && !(await hasStartedFromBase(issue))) {
		throw new Failure({ kind: "branch-not-on-base", branch: issue.branch, base: issue.base.name });
	}
	const worktree = found ?? (await addWorktree(issue, signal));
	if (stands === "ahead") return worktree;
	try {
		return await mergeBase(issue, worktree, signal);
	} catch (error) {
		if (!found) await removeWorktree(issue, signal);
		throw error;
	}
}

/** True when an attempt of ours made the branch from a commit that the base still holds. */
async function hasStartedFromBase(issue: IssuePlan): Promise<boolean> {
	const record = await readRecord(attemptFiles(issue.logDir, "dev").record);
	return record !== undefined && (await contains(issue.repository, issue.base.commit, record.base.commit));
}

/**
 * Removes the issue's worktree once everything in it is on the branch.
 * @throws Failure `work-not-persisted` when something is not; the worktree is then kept.
 */
export async function teardownWorktree(
	{ worktree }: { readonly worktree: Outcome<Worktree> },
	{ issue, signal }: IssueContext<IssuePlan>,
): Promise<Teardown> {
	// What could not be made or found in this run is not ours to remove.
	if (hasStarted(worktree) && !isGood(worktree)) return { removed: false };
	const standing = await findWorktree(issue, signal);
	if (!standing) return { removed: false };
	const files = await findChanges(issue, standing, signal);
	const record = await readRecord(attemptFiles(issue.logDir, "dev").record);
	if (files.length > 0 || record?.saved === null) {
		throw new Failure({ kind: "work-not-persisted", issue: issue.id, path: standing.path, files });
	}
	await removeWorktree(issue, signal);
	return { removed: true };
}
