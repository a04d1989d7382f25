import type { IssuePlan } from "../contract/issue.ts";
import { isWork } from "../contract/phase.ts";
import type { AttemptRecord } from "../contract/record.ts";
import type { Stale } from "../contract/standing.ts";
import { branchTip, contains } from "./branch.ts";
import { git } from "./git.ts";
import { findUnsaved } from "./worktree/unsaved.ts";

/** Why the work of an attempt that passed is not there any more; nothing when it is on its branch, on the base, or yet to be saved. */
export async function whyLost(
	issue: IssuePlan,
	{ phase, saved, worktreePath }: AttemptRecord,
): Promise<Stale | undefined> {
	if (!isWork(phase)) return undefined;
	if (!saved) {
		// The run ended before the work was saved: where it is anywhere, to save it is all that is left.
		const unsaved = await findUnsaved(issue, { worktreePath });
		const isGone = unsaved.kind === "apart" && unsaved.path === undefined;
		return isGone ? { kind: "work-gone", path: issue.worktreePath } : undefined;
	}
	const { repository, branch, base } = issue;
	const tip = await branchTip(repository, branch);
	if (
		(await contains(repository, tip ?? base.commit, saved.head)) ||
		(await contains(repository, base.commit, saved.head))
	)
		return undefined;
	const there = await git(["cat-file", "-e", saved.head], { cwd: repository.root, expect: [1, 128] });
	return { kind: "commit-lost", commit: saved.head, branch, isKept: tip === undefined && there.exitCode === 0 };
}
