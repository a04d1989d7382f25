import type { Backlog } from "./backlog/backlog.ts";
import { findHeld } from "./backlog/held.ts";
import { issueFolders } from "./backlog/layout-patterns.ts";
import { selectIssues } from "./backlog/target.ts";
import { checkBacklog } from "./check.ts";
import type { Sound } from "./contract/diagnosis.ts";
import { isError } from "./contract/finding.ts";
import type { Base, IssuePlan } from "./contract/issue.ts";
import type { RunOptions } from "./contract/options.ts";
import { Failure } from "./contract/problem.ts";
import { discoverIssues } from "./discover.ts";
import type { RunContext } from "./engine/task.ts";
import { planIssues } from "./plan.ts";
import { findUncommitted } from "./repo/documents.ts";
import { identified } from "./standing/identified.ts";

/** How the backlog is read, where the graph does it in its own way. */
interface Given {
	readonly discover?: () => Promise<Backlog>;
}

/**
 * The plan of a run of the target, or of everything, and what `check` says of it beside.
 * @param given what a task is given by whoever executes it.
 * @throws Failure with whatever would stop a run.
 */
export async function lookAtBacklog(
	base: Base | undefined,
	given: unknown,
	context: RunContext<RunOptions>,
): Promise<[Sound, IssuePlan[]]> {
	const { discover = () => discoverIssues(undefined, context) } = (given ?? {}) as Given;
	const backlog = await identified(await discover(), context.options.layout);
	// What is wrong with the base is another check's; the documents are in the checkout.
	const options = { ...context.options, base: base?.name ?? "HEAD" };
	const quiet: RunContext<RunOptions> = { ...context, options, report: () => {} };
	const [plan, { issues, findings }] = await Promise.all([
		planIssues({ backlog }, quiet),
		checkBacklog({ backlog }, quiet),
	]);
	if (base) {
		const files = plan.map((issue) => issue.docPath);
		const folder = issueFolders(context.options.layout);
		const uncommitted = await findUncommitted(backlog.repository, base, folder, files);
		if (uncommitted.length > 0) throw new Failure(uncommitted);
	}
	const errors = findings.filter(isError).length;
	const waiting = countWaiting(plan);
	const held = findHeld(selectIssues(backlog, options), options.layout.states).length;
	const found = { kind: "backlog", issues, toRun: plan.length - waiting, waiting, held } as const;
	return [{ ...found, errors, warnings: findings.length - errors }, plan];
}

/** How many of these wait for what no agent is to do, be it behind others. */
function countWaiting(plan: readonly IssuePlan[]): number {
	const known = new Map(plan.map((issue) => [issue.id, issue]));
	const seen = new Map<IssuePlan, boolean>();
	const waits = (issue: IssuePlan): boolean => {
		const found = seen.get(issue);
		if (found !== undefined) return found;
		// Of issues that wait for each other, none is the first.
		seen.set(issue, false);
		const others = [...issue.outside, ...issue.blockers.flatMap((id) => known.get(id) ?? [])];
		const is = others.some((each) => each.held !== undefined || waits(each));
		seen.set(issue, is);
		return is;
	};
	return plan.filter(waits).length;
}
