import type { IssuePlan } from "../contract/issue.ts";
import type { AttemptRecord } from "../contract/record.ts";
import { contains } from "../repo/branch.ts";
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
	const known = await readMergeRecord(logDir);
	if (!known || known.head !== record?.saved?.head) return undefined;
	return (await contains(repository, base.commit, known.commit)) ? known.commit : undefined;
}
