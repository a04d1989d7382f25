import { given } from "../contract/given.ts";
import type { IssuePlan } from "../contract/issue.ts";
import { Failure } from "../contract/problem.ts";
import { readLastWork } from "../store/turns.ts";

/** That somebody has taken an issue's branch away. */
export async function branchGone({ id, branch, logDir }: IssuePlan): Promise<Failure> {
	const was = (await readLastWork(logDir))?.record.saved?.head;
	return new Failure({ kind: "branch-gone", issue: id, branch, ...given({ was }) });
}
