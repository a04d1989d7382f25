import { isSameName, ownIdOf } from "../contract/identity.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { RunOptions } from "../contract/options.ts";

/** True where one issue was asked for by its id, and not all of a milestone that has no other. */
export function isOfOneIssue(
	plan: readonly IssuePlan[],
	{ target = "", issue }: Pick<RunOptions, "target" | "issue">,
): boolean {
	const isMilestone = plan.some(({ milestone }) => milestone === target);
	return (
		issue !== undefined ||
		(!isMilestone && plan.some((each) => [each.id, ownIdOf(each)].some((id) => isSameName(id, target))))
	);
}
