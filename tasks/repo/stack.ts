import type { IssuePlan, StackedTip } from "../contract/issue.ts";
import { branchTip, contains } from "./branch.ts";

/** True when a blocker's work is part of the base, in whatever commits. */
async function isPart(tip: string, blocker: string, { repository, base }: IssuePlan): Promise<boolean> {
	if (await contains(repository, base.commit, tip)) return true;
	const { findMerge, workOf } = await import("./merged.ts");
	return (await findMerge(workOf({ id: blocker, repository, base }, tip, undefined))) !== undefined;
}

/**
 * What an issue's branch has to hold beside the base: the tips of its blockers' branches, without those that the base or
 * another of them holds already, in the same commits or in others.
 */
export async function findStack(issue: IssuePlan): Promise<StackedTip[]> {
	const { repository } = issue;
	const tips: StackedTip[] = [];
	for (const blocker of issue.stack) {
		const commit = await branchTip(repository, blocker.branch);
		if (commit && !(await isPart(commit, blocker.issue, issue)))
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
