import type { IssuePlan } from "../contract/issue.ts";
import type { AttemptRecord } from "../contract/record.ts";
import { branchTip, contains } from "../repo/branch.ts";
import { findMerge, workOf } from "../repo/merged.ts";
import { readMergeRecord, writeMergeRecord } from "../store/merge-record.ts";
import { readLastWork } from "../store/turns.ts";

/**
 * Finds the commit with which an issue's saved work has come to the base: its own, or another. What was proved before its branch
 * was removed is remembered.
 * @param head the last commit of the work: the branch's tip, or what was saved.
 */
export async function findMergeCommit(
	issue: IssuePlan,
	record: AttemptRecord | undefined,
	head: string,
): Promise<string | undefined> {
	const { repository, base, logDir } = issue;
	if (await contains(repository, base.commit, head)) return head;
	const merge = await findMerge(workOf(issue, head, record));
	if (merge) return merge.commit;
	const { findTogether } = await import("./put-together.ts");
	const arrived = await findTogether(issue, head);
	if (arrived !== undefined) return arrived;
	const known = await readMergeRecord(logDir);
	// Somebody may have gone on with the branch since.
	const isKnown = known?.head === record?.saved?.head && [known?.head, known?.tip].includes(head);
	if (known && isKnown && (await contains(repository, base.commit, known.commit))) return known.commit;
	return (await branchTip(repository, issue.branch)) === undefined ? findMergeBeyond(issue, record, head) : undefined;
}

/** A person may have gone on with a branch that is gone, and brought all of it to the base as one commit. */
async function findMergeBeyond(
	issue: IssuePlan,
	record: AttemptRecord | undefined,
	head: string,
): Promise<string | undefined> {
	const { findGoneOn } = await import("../repo/gone-on.ts");
	for (const tip of await findGoneOn(issue.repository, issue.base, head)) {
		const merge = await findMerge(workOf(issue, tip, record));
		if (merge) return merge.commit;
	}
	return undefined;
}

/**
 * Keeps with which commit an issue's work has come to the base, for when nothing may tell it any more: its branch, or the last integration.
 * @param tip of its branch, where it still has one.
 */
export async function rememberMerge(
	{ id: issueId, logDir }: Pick<IssuePlan, "id" | "logDir">,
	tip: string | undefined,
	commit: string,
): Promise<void> {
	const head = (await readLastWork(logDir))?.record.saved?.head;
	if (head === undefined || (tip ?? head) === commit) return;
	const known = await readMergeRecord(logDir).catch(() => undefined);
	if (known?.head === head && known.tip === (tip ?? head) && known.commit === commit) return;
	const at = new Date().toISOString();
	await writeMergeRecord(logDir, { version: 1, issueId, at, head, tip: tip ?? head, commit });
}
