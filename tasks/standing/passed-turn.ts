import type { IssuePlan } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import type { RunOptions } from "../contract/options.ts";
import type { TurnName } from "../contract/phase.ts";
import { Failure } from "../contract/problem.ts";
import { type AttemptRecord, startedFrom } from "../contract/record.ts";
import type { NothingToSave, PassedElsewhere, Saved, TurnValue } from "../contract/value.ts";
import type { Freshness } from "../engine/task.ts";
import type { Worktree } from "../repo/worktree/worktree.ts";
import { readLastAttempt } from "../store/last-attempt.ts";
import { attemptFiles } from "../store/log-folder.ts";
import { readTurns } from "../store/turns.ts";

/** Looks for an attempt that passed for this very document, prompt and schema, and whose work is still in git. */
export async function findPassedTurn(
	name: TurnName,
	issue: IssuePlan,
	options: Pick<RunOptions, "packageRoot" | "layout">,
): Promise<Freshness<TurnValue | PassedElsewhere>> {
	const record = await readLastAttempt(attemptFiles(issue.logDir, name));
	if (!record) return findPassedElsewhere(name, issue, options.layout);
	const other = await findOther(record, issue, options.layout);
	if (other !== undefined) return { upToDate: false, because: { kind: "made-for-another", file: other } };
	const value: TurnValue = { kind: "turn", record };
	if (record.outcome !== "pass") {
		const error = new Failure({ kind: "attempt", record, logDir: issue.logDir });
		return { upToDate: false, because: { kind: "last-attempt", record }, last: { status: "failed", error } };
	}
	// Loaded for a turn that has passed alone: most issues that are looked at have had none.
	const { whyStale } = await import("./stale-turn.ts");
	const because = await whyStale(name, issue, record, options.packageRoot);
	if (because) return { upToDate: false, because, last: { status: "done", value } };
	return { upToDate: true, value, ...(record.endedAt === null ? {} : { madeAt: record.endedAt }) };
}

/** The document that a record is about, where that is another than the issue's. */
async function findOther(record: AttemptRecord, issue: IssuePlan, layout: Layout): Promise<string | undefined> {
	if (record.issueDocPath === undefined || record.issueDocPath === issue.docPath) return undefined;
	return (await import("./owner.ts")).findOtherOwner(record, issue, issue.repository.root, layout);
}

/** Looks at what the base itself says of an issue that has no record at all. */
async function findPassedElsewhere(
	name: TurnName,
	issue: IssuePlan,
	layout: Layout,
): Promise<Freshness<PassedElsewhere>> {
	const never = { upToDate: false, because: { kind: "never-run", turn: name } } as const;
	if ((await readTurns(issue.logDir)).length > 0) return never;
	const { findTellingCommit } = await import("./told-by-base.ts");
	const commit = await findTellingCommit(issue, layout);
	if (commit === undefined) return never;
	const { isAsCommitted, isMovedOnly } = await import("../repo/documents.ts");
	const { repository, base, docPath } = issue;
	// For which text it has passed nobody knows any more, but for that which came with it.
	if ((await isAsCommitted(repository, commit, docPath)) || (await isMovedOnly(repository, base, commit, docPath)))
		return { upToDate: true, value: { kind: "passed-elsewhere", commit } };
	return { upToDate: false, because: { kind: "document-changed", file: issue.docPath } };
}

/** Looks whether what a turn left has been saved. */
export async function findSavedWork(name: TurnName, issue: IssuePlan): Promise<Freshness<Saved | NothingToSave>> {
	const record = await readLastAttempt(attemptFiles(issue.logDir, name));
	if (record?.saved) {
		const { at, commit } = record.saved;
		return { upToDate: true, value: { kind: "saved", commit, record, isNew: false, ignoredPaths: [] }, madeAt: at };
	}
	const nothing = { upToDate: true, value: { kind: "nothing-to-save" } } as const;
	if (!record) return nothing;
	const { findUnsaved } = await import("../repo/worktree/unsaved.ts");
	const unsaved = await findUnsaved(issue, record);
	const { outcome } = record;
	if (unsaved.kind === "worktree") {
		const { worktree } = unsaved;
		const kind = (await hasNothingToCommit(issue, worktree, record)) ? "not-persisted" : "not-committed";
		return { upToDate: false, because: { kind, path: worktree.path, outcome } };
	}
	const { path, error } = unsaved;
	// Where it is gone, the turn itself tells that its work is.
	if (path === undefined) return nothing;
	return { upToDate: false, because: { kind: "not-committed", path, outcome }, last: { status: "failed", error } };
}

/** True where nothing in a worktree is to be committed; what can't be looked at is. */
async function hasNothingToCommit(issue: IssuePlan, worktree: Worktree, record: AttemptRecord): Promise<boolean> {
	const { readWorktree } = await import("../repo/worktree/contents.ts");
	const commits = startedFrom(issue.base.commit, record);
	const contents = await readWorktree(issue, worktree, commits, new AbortController().signal).catch(() => undefined);
	return contents?.changed.length === 0;
}
