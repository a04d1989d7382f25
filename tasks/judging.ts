// What an orchfile gives edges to where work is judged: by the repository's checks, and by a verdict.

import type { IssuePlan } from "./contract/issue.ts";
import type { RunOptions } from "./contract/options.ts";
import type { Role } from "./contract/role.ts";
import type { IssueContext } from "./engine/task.ts";
import { lazily, loadOnce, ours } from "./system/once.ts";
import { told } from "./told.ts";

const loadAccept = loadOnce(() => import("./accept.ts"));
const loadAccepted = loadOnce(() => import("./standing/accepted.ts"));

type Accept = typeof import("./accept.ts");

/** What has checks: the verb `verify`, for what an orchfile lets them judge. */
interface HasChecks {
	/** Hash of the checks that an issue is judged by; `null` where there are none. */
	readonly keyOf: (issue: IssuePlan, options: RunOptions) => string | null;
}

/**
 * Comes to the verdict on an issue's work, by its checks and its review.
 * @param verify whose checks these are; without, there are none.
 */
export function accept(verify: HasChecks = { keyOf: () => null }) {
	return ours({
		summary: "come to the verdict: accepted, when neither the checks nor a review speak against the branch's tip",
		role: "accept" satisfies Role,
		upToDate: told(async ({ issue, options }: IssueContext<IssuePlan, RunOptions>) =>
			(await loadAccepted()).findAccepted(issue, options, verify.keyOf(issue, options)),
		),
		isMended: lazily(loadAccept, "isOutOfTheWay"),
		run: told(async (...rest: Parameters<Accept["accept"]>) => (await loadAccept()).accept(...rest)),
	} as const);
}
