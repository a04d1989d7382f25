import type { IssuePlan } from "./contract/issue.ts";
import { Failure } from "./contract/problem.ts";
import { hasStarted, isGood, type Outcome } from "./engine/outcome.ts";
import type { Freshness, IssueContext } from "./engine/task.ts";
import { standing } from "./repo/branch.ts";
import { findChanges } from "./repo/commit.ts";
import { addWorktree, findWorktree, removeWorktree, type Worktree } from "./repo/worktree.ts";
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
	if ((await standing(issue.repository, worktree.head, issue.base)) === "apart") {
		throw new Failure({ kind: "branch-not-on-base", branch: issue.branch, base: issue.base.name });
	}
	return { upToDate: true, value: worktree };
}

/** Creates the issue's worktree and branch, or continues with those that stand. */
export async function createWorktree(_: unknown, context: IssueContext<IssuePlan>): Promise<Worktree> {
	const found = await findStandingWorktree(context);
	return found.upToDate ? found.value : addWorktree(context.issue, context.signal);
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
