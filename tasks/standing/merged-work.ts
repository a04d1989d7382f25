import type { IssuePlan } from "../contract/issue.ts";
import type { AttemptRecord } from "../contract/record.ts";
import { branchTip, contains } from "../repo/branch.ts";
import { findMerge, workOf } from "../repo/merged.ts";
import { readMergeRecord } from "../store/merge-record.ts";

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
	if (known && known.head === record?.saved?.head && (await contains(repository, base.commit, known.commit)))
		return known.commit;
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
