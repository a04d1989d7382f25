import { addressNameOf, isSameName, ownIdOf } from "../contract/identity.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { RunOptions } from "../contract/options.ts";
import { milestoneFolder } from "../store/log-folder.ts";

/**
 * What the branch is named after on which these issues are put together: their milestone, by the rule that its logs go by, with the project
 * where that was asked for; an issue that was asked for alone; or all there are.
 */
export function integrationName(
	plan: readonly IssuePlan[],
	{ target, issue, project }: Pick<RunOptions, "target" | "issue" | "project">,
): string {
	const [first] = plan;
	// No name holds an `@`.
	if (!first || target === undefined) return `${project ?? ""}@all`;
	const isMilestone = plan.some(({ milestone }) => milestone === target);
	const isIssue = !isMilestone && [first.id, ownIdOf(first)].some((id) => isSameName(id, target));
	if (issue !== undefined || isIssue) return addressNameOf(first);
	// Where a folder may have two dots, a branch may not; what had to go is told apart by what stands behind it.
	const folder = milestoneFolder(first.milestone ?? target).replace(/\.{2,}/g, ".");
	return project === undefined ? folder : `${project}+${folder}`;
}
