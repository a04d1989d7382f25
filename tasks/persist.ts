import { commitMessage } from "./contract/commit-message.ts";
import type { IssuePlan } from "./contract/issue.ts";
import type { RunOptions } from "./contract/options.ts";
import type { TurnName } from "./contract/phase.ts";
import { Failure } from "./contract/problem.ts";
import { startedFrom } from "./contract/record.ts";
import type { IssueWorktree, NothingToSave, NotNeeded, Saved } from "./contract/value.ts";
import { hasStarted, isGood, type Outcome } from "./engine/outcome.ts";
import type { IssueContext } from "./engine/task.ts";
import { commitAll, findOwnCommit, measureDelta } from "./repo/commit.ts";
import { verifyBranchKept } from "./repo/worktree/branch-kept.ts";
import { readWorktree } from "./repo/worktree/contents.ts";
import { findWorktree, verifyNotElsewhere } from "./repo/worktree/find.ts";
import type { Worktree } from "./repo/worktree/worktree.ts";
import { verifyClaimed } from "./standing/claimed.ts";
import { readLastAttempt, readSummary } from "./store/last-attempt.ts";
import { attemptFiles } from "./store/log-folder.ts";
import { writeRecord } from "./store/records.ts";
import { exists } from "./system/paths.ts";

type Inputs = { readonly worktree: Outcome<IssueWorktree>; readonly dev: Outcome<unknown> };
type Context = IssueContext<IssuePlan, Pick<RunOptions, "subject">>;

/**
 * Commits what the agent left in the worktree, however its turn ended, and completes the attempt's record. What it
 * works from is on disk, so it also completes an attempt whose run was killed.
 * @throws Failure `nothing-recorded` when there are changes but no attempt that they could belong to, `work-gone`, `work-moved`,
 * `work-set-aside`, `changed-in-review` or `branch-moved` when the attempt's work is not where it was done, and whatever keeps the commit from being
 * made; the worktree then stays as it is.
 */
export async function persist(
	turn: TurnName,
	{ worktree, dev }: Inputs,
	context: Context,
): Promise<Saved | NothingToSave> {
	if (hasStarted(worktree) && !isGood(worktree)) return { kind: "nothing-to-save" };
	const { issue } = context;
	const record = await readLastAttempt(attemptFiles(issue.logDir, turn));
	if (!record || record.saved) {
		const standing = await findWorktree(issue);
		if (standing) return saveWork(turn, standing, dev.status === "not-in-run", context);
		await verifyNotElsewhere(issue, record?.worktreePath);
		// A turn that is done was recorded: where that is gone, so may be the worktree, and the repository with both.
		if (!record && (hasRun(dev) || !(await exists(issue.repository.commonDir)))) {
			const path = attemptFiles(issue.logDir, turn).record;
			throw new Failure({ kind: "file-unreadable", path, message: "it is gone" });
		}
		return { kind: "nothing-to-save" };
	}
	const { findUnsaved } = await import("./repo/worktree/unsaved.ts");
	const unsaved = await findUnsaved(issue, record);
	if (unsaved.kind === "apart") throw unsaved.error;
	return saveWork(turn, unsaved.worktree, dev.status === "not-in-run", context);
}

/** Whether a turn was taken, and not only found to be for nothing. */
function hasRun(turn: Outcome<unknown>): boolean {
	return turn.status === "done" && (turn.value as Partial<NotNeeded> | undefined)?.kind !== "not-needed";
}

/**
 * Commits what stands in a worktree as the work of a turn.
 * @param isAsked whether it was asked for by itself, so that changes without an attempt are a person's, who has to know.
 */
export async function saveWork(
	turn: TurnName,
	worktree: Worktree,
	isAsked: boolean,
	{ issue, options, signal }: Context,
): Promise<Saved | NothingToSave> {
	const files = attemptFiles(issue.logDir, turn);
	const record = await readLastAttempt(files);
	const without = startedFrom(issue.base.commit, record);
	if (record) await verifyBranchKept(issue, worktree, record);
	const { changed, ignored: ignoredPaths } = await readWorktree(issue, worktree, without, signal);
	if (!record) {
		if (changed.length === 0 || !isAsked) return { kind: "nothing-to-save" };
		throw new Failure({ kind: "nothing-recorded", issue: issue.id, path: worktree.path });
	}
	if (changed.length > 0) await verifyClaimed(issue, worktree, changed);
	const summary = await readSummary(files);
	const message = commitMessage(issue, record, summary, options.subject, turn);
	const made = changed.length > 0 && (await commitAll(issue, worktree, message, signal));
	if (!made && record.saved) return { kind: "saved", commit: null, record, isNew: false, ignoredPaths };
	const delta = await measureDelta(issue, without, signal);
	const { tip = delta.commits === 0 ? delta.head : undefined } = record.base;
	if (!made && delta.head === tip) {
		const { verifyNothingLeft } = await import("./repo/worktree/nothing-left.ts");
		await verifyNothingLeft(issue, worktree, record, tip);
	}
	// A run may have been killed right after the commit, before it could be recorded. What was there before the turn is none of it,
	// though its thread may be the same.
	const found = made || delta.head === tip ? undefined : await findOwnCommit(issue, record.threadId);
	const commit = made ? delta.head : (found ?? null);
	const complete = { ...record, saved: { at: new Date().toISOString(), commit, ...delta } };
	await writeRecord(files.record, complete);
	return { kind: "saved", commit, record: complete, isNew: true, ignoredPaths };
}
