import type { IssuePlan, StackedTip } from "../contract/issue.ts";
import type { AttemptRecord } from "../contract/record.ts";
import { findStart, mergeMissing } from "./missing.ts";

/**
 * The commit that the work on an issue is compared with: it holds the base and all that the issue is stacked on, as the branch does,
 * and nothing of the issue's own. Where the branch has no such commit, since it was begun before some of it was there, it is a
 * merge that is in no branch, the same each time that it is made.
 * @param before what an attempt of before started from.
 */
export async function findCompared(
	issue: Pick<IssuePlan, "repository" | "base" | "branch">,
	stack: readonly StackedTip[],
	before: AttemptRecord["base"] | undefined,
	signal: AbortSignal,
): Promise<string> {
	const start = await findStart(issue, stack, before);
	if (start !== undefined) return start;
	let head = issue.base.commit;
	for (const { branch: name, commit, issue: blocker } of stack) {
		const merge = await mergeMissing(issue, head, [{ name, commit, issue: blocker }], signal, { isTried: true });
		// The branch itself has settled the conflict. What failed there before then counts as the issue's own.
		if (merge.kind === "merged") head = merge.head;
	}
	return head;
}
