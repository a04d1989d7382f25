import type { IssuePlan } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import { type AttemptRecord, startedFrom } from "../../contract/record.ts";
import { type Contents, readWorktree } from "./contents.ts";
import { findIgnoredWork } from "./ignored.ts";
import type { Worktree } from "./worktree.ts";

/**
 * Checks that everything in a worktree is on its branch, or ignored by rules that stood before an agent came.
 * @param record of the last turn that worked in it.
 * @param contents what lies there, where that is known.
 * @throws Failure `nested-repository`, `submodule-work`, `work-unreadable`, `work-not-persisted`, `work-ignored`.
 */
export async function verifyNothingLost(
	issue: Pick<IssuePlan, "id" | "repository" | "base" | "branch">,
	worktree: Worktree,
	record: AttemptRecord | undefined,
	signal: AbortSignal,
	contents?: Contents,
): Promise<void> {
	const { id, repository, base } = issue;
	const started = startedFrom(base.commit, record);
	const { changed, ignored } = contents ?? (await readWorktree(issue, worktree, started, signal));
	if (changed.length > 0 || record?.saved === null) {
		throw new Failure({ kind: "work-not-persisted", issue: id, path: worktree.path, files: changed });
	}
	const files = await findIgnoredWork(repository, worktree, ignored, started, signal);
	if (files.length > 0) throw new Failure({ kind: "work-ignored", issue: id, path: worktree.path, files });
}
