import { readFile } from "node:fs/promises";
import { commitMessage } from "./contract/commit-message.ts";
import type { IssuePlan } from "./contract/issue.ts";
import { Failure } from "./contract/problem.ts";
import type { AttemptRecord } from "./contract/record.ts";
import { hasStarted, isGood, type Outcome } from "./engine/outcome.ts";
import type { IssueContext } from "./engine/task.ts";
import { commitAll, findOwnCommit, measureDelta } from "./repo/commit.ts";
import { readWorktree } from "./repo/worktree/contents.ts";
import { findWorktree } from "./repo/worktree/find.ts";
import type { Worktree } from "./repo/worktree/worktree.ts";
import { readLastAttempt } from "./store/last-attempt.ts";
import { attemptFiles } from "./store/log-folder.ts";
import { writeRecord } from "./store/records.ts";

/** What persist did. Without a record there was nothing to persist. */
export interface Persisted {
	/** The commit that was made; `null` when there was nothing new to commit. */
	readonly commit: string | null;
	readonly record: AttemptRecord | null;
	/** False when everything had been persisted before. */
	readonly isNew: boolean;
	/** What lies in the worktree and is ignored; `null` when nobody has looked. */
	readonly ignoredPaths: readonly string[] | null;
}

type Inputs = { readonly worktree: Outcome<Worktree>; readonly dev: Outcome<unknown> };

/**
 * Commits what the agent left in the worktree, however its phase ended, and completes the attempt's record. What it
 * works from is on disk, so it also completes an attempt whose run was killed.
 * @throws Failure `nothing-recorded` when there are changes but no attempt that they could belong to, and whatever
 * keeps the commit from being made; the worktree then stays as it is.
 */
export async function persistPhase({ worktree, dev }: Inputs, context: IssueContext<IssuePlan>): Promise<Persisted> {
	const { issue, signal } = context;
	const nothing: Persisted = { commit: null, record: null, isNew: false, ignoredPaths: null };
	if (hasStarted(worktree) && !isGood(worktree)) return nothing;
	const standing = await findWorktree(issue);
	if (!standing) return nothing;
	const files = attemptFiles(issue.logDir, "dev");
	const record = await readLastAttempt(files);
	const without = startedFrom(issue, record);
	const { changed, ignored } = await readWorktree(issue, standing, without, signal);
	if (!record) {
		if (changed.length === 0 || dev.status !== "not-in-run") return nothing;
		throw new Failure({ kind: "nothing-recorded", issue: issue.id, path: standing.path });
	}
	const summary = await readSummary(files.result);
	const made = changed.length > 0 && (await commitAll(issue, standing, commitMessage(issue, record, summary), signal));
	if (!made && record.saved) return { commit: null, record, isNew: false, ignoredPaths: ignored };
	const delta = await measureDelta(issue, without, signal);
	// A run may have been killed right after the commit, before it could be recorded.
	const commit = made ? delta.head : ((await findOwnCommit(issue, record.threadId)) ?? null);
	const saved = { at: new Date().toISOString(), commit, ...delta };
	const complete = { ...record, saved };
	await writeRecord(files.record, complete);
	return { commit: saved.commit, record: complete, isNew: true, ignoredPaths: ignored };
}

/** The commits whose work is none of the issue's. */
export function startedFrom(
	{ base }: Pick<IssuePlan, "base">,
	record: Pick<AttemptRecord, "base"> | undefined,
): string[] {
	const started = record ? [record.base.commit, ...record.base.stack.map(({ commit }) => commit)] : [];
	return [...new Set([base.commit, ...started])];
}

async function readSummary(path: string): Promise<string | undefined> {
	try {
		return JSON.parse(await readFile(path, "utf8")).summary;
	} catch {
		return undefined;
	}
}
