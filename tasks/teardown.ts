import type { IssuePlan } from "./contract/issue.ts";
import { problemOf } from "./contract/problem.ts";
import type { IssueWorktree, NothingToSave, Saved, Teardown } from "./contract/value.ts";
import { hasStarted, isGood, type Outcome } from "./engine/outcome.ts";
import type { IssueContext } from "./engine/task.ts";
import { filesOf } from "./repo/commit.ts";
import { findWorktree } from "./repo/worktree/find.ts";
import { verifyNothingLost } from "./repo/worktree/nothing-lost.ts";
import { dropEmptyFolder, removeWorktree } from "./repo/worktree/remove.ts";
import { readLastWork } from "./store/turns.ts";

interface Inputs {
	readonly worktree: Outcome<IssueWorktree>;
	readonly saved: Outcome<Saved | NothingToSave>;
	/** Every further task that saves, by a name that begins so. */
	readonly [saved: `saved${string}`]: Outcome<Saved | NothingToSave>;
}

/**
 * Removes the issue's worktree once everything in it is on the branch.
 * @throws Failure `work-not-persisted`, `work-ignored`, … when something is not; the worktree is then kept.
 */
export async function teardownWorktree(
	{ worktree, ...others }: Inputs,
	{ issue, signal, report }: IssueContext<IssuePlan>,
): Promise<Teardown> {
	// Whoever was to save the work has said what is in the way.
	const saves = Object.entries(others).flatMap(([key, each]) => (key.startsWith("saved") ? [each] : []));
	if (saves.some((saved) => hasStarted(saved) && !isGood(saved))) return { kind: "kept", ignored: [] };
	// What could not be made or found in this run is not ours to remove.
	if (hasStarted(worktree) && !isGood(worktree)) return { kind: "nothing-to-remove" };
	const standing = await findWorktree(issue);
	if (!standing) {
		// A run may have been killed between the two.
		await dropEmptyFolder(issue);
		return { kind: "nothing-to-remove" };
	}
	const record = (await readLastWork(issue.logDir))?.record;
	try {
		// Nothing has worked there since persist has looked, and git itself removes no worktree with changes in it.
		const seen = saves.flatMap((each) => (isGood(each) && each.value.kind === "saved" ? [each.value] : [])).at(-1);
		await verifyNothingLost(issue, standing, record, signal, seen && { changed: [], ignored: seen.ignoredPaths });
	} catch (error) {
		const problem = problemOf(error);
		const commit = record?.saved?.commit;
		if (problem?.kind !== "work-ignored" || !commit || !(await hasWork(issue, commit, signal))) throw error;
		// Most of what new rules ignore is what was built. It is shown and kept, but no reason to hold others back.
		report({ kind: "note-work-ignored", problem });
		return { kind: "kept", ignored: problem.files };
	}
	await removeWorktree(issue, signal);
	return { kind: "removed" };
}

/** Whether what kept a worktree from being removed is out of the way: it is gone, or what was to be persisted is. */
export async function isOutOfTheWay(error: Error, { issue, signal }: IssueContext<IssuePlan>): Promise<boolean> {
	const standing = await findWorktree(issue);
	if (!standing) return true;
	if (problemOf(error)?.kind !== "work-not-persisted") return false;
	await verifyNothingLost(issue, standing, (await readLastWork(issue.logDir))?.record, signal);
	return true;
}

/** True when a commit holds more than ignore rules: what they hide is then not all that was done. */
async function hasWork({ repository }: IssuePlan, commit: string, signal: AbortSignal): Promise<boolean> {
	return (await filesOf(repository, commit, signal)).some((file) => !/(?:^|\/)\.gitignore$/.test(file));
}
