import type { IssuePlan } from "../contract/issue.ts";
import { phaseOf, type TurnName } from "../contract/phase.ts";
import { hashPrompt } from "../contract/prompt.ts";
import type { AttemptRecord } from "../contract/record.ts";
import type { Stale } from "../contract/standing.ts";
import { isHistoryCut } from "../repo/branch.ts";
import { whyLost } from "../repo/lost-work.ts";
import { readPromptParts } from "../runner/prompt-files.ts";

/** Why a turn that passed does not count any more: its document, its prompt or its work is another; nothing while it counts. */
export async function whyStale(
	name: TurnName,
	issue: IssuePlan,
	record: AttemptRecord,
	packageRoot: string,
): Promise<Stale | undefined> {
	if (record.issueDocHash !== issue.docHash && !(await isAsLeft(issue, record)))
		return { kind: "document-changed", file: issue.docPath };
	const phase = phaseOf(name);
	const parts = await readPromptParts(phase, issue.repository.root, packageRoot);
	// Where the work is part of the base already, another prompt has nothing to do.
	if (record.promptHash !== hashPrompt(phase, parts) && !(await isMerged(issue, record)))
		return { kind: "prompt-changed" };
	const lost = await whyLost(issue, record);
	if (lost?.kind !== "commit-lost") return lost;
	// Its commits are gone: it may have come to the base in others.
	if (await findMergeOf(issue, record)) return undefined;
	const { repository, base } = issue;
	const isCut = await isHistoryCut(repository, base.commit, lost.commit);
	return isCut ? { kind: "history-cut", commit: lost.commit, base: base.name } : lost;
}

async function isMerged(issue: IssuePlan, record: AttemptRecord): Promise<boolean> {
	return (record.saved?.commits ?? 0) > 0 && (await findMergeOf(issue, record)) !== undefined;
}

/** True when the document is as the issue's own commit left it: agents tick what they have done, and move what they have finished. */
async function isAsLeft(issue: IssuePlan, record: AttemptRecord): Promise<boolean> {
	if (!record.saved) return false;
	const { isAsCommitted } = await import("../repo/documents.ts");
	const asIn = (commit: string) => isAsCommitted(issue.repository, commit, issue.docPath);
	if (await asIn(record.saved.head)) return true;
	// That commit may be gone with its branch, or put together with other changes.
	const merge = await findMergeOf(issue, record);
	return merge !== undefined && asIn(merge);
}

async function findMergeOf(issue: IssuePlan, record: AttemptRecord): Promise<string | undefined> {
	const { findMergeCommit } = await import("./merged-work.ts");
	return record.saved ? findMergeCommit(issue, record, record.saved.head) : undefined;
}
