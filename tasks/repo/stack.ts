import type { IssuePlan, StackedTip } from "../contract/issue.ts";
import { branchTip, contains } from "./branch.ts";

/**
 * What an issue's branch has to hold beside the base: the tips of its blockers' branches, without those that the base or
 * another of them holds already.
 */
export async function findStack(issue: IssuePlan): Promise<StackedTip[]> {
	const { repository, base } = issue;
	const tips: StackedTip[] = [];
	for (const blocker of issue.stack) {
		const commit = await branchTip(repository, blocker.branch);
		if (commit && !(await contains(repository, base.commit, commit)))
			tips.push({ issue: blocker.issue, branch: blocker.branch, commit });
	}
	const redundant = await Promise.all(
		tips.map(async (tip, at) => {
			for (const [index, other] of tips.entries()) {
				if (index === at) continue;
				const isSame = other.commit === tip.commit;
				if (isSame ? index < at : await contains(repository, other.commit, tip.commit)) return true;
			}
			return false;
		}),
	);
	return tips.filter((_, at) => !redundant[at]);
}
