import type { Backlog } from "./backlog/backlog.ts";
import { issueFolders } from "./backlog/layout-patterns.ts";
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
	const backlog = await discover();
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
	return [{ kind: "backlog", issues, toRun: plan.length, errors, warnings: findings.length - errors }, plan];
}
