import type { IssuePlan } from "./contract/issue.ts";
import type { RunOptions } from "./contract/options.ts";
import type { Report } from "./contract/report.ts";
import type { NothingToReport } from "./contract/value.ts";
import { isGood, type Outcome } from "./engine/outcome.ts";
import type { RunContext } from "./engine/task.ts";
import { gather } from "./night/gather.ts";
import { isOfOneIssue } from "./night/one-issue.ts";
import { survey } from "./status.ts";

/** Gathers what is known of a run's issues once it is over, however it ended; of one issue alone, there is nothing to put together. */
export async function report(
	{ plan: planned }: { readonly plan: Outcome<readonly IssuePlan[]> },
	context: RunContext<RunOptions>,
): Promise<Report | NothingToReport> {
	const plan = isGood(planned) ? planned.value : [];
	if (plan.length === 0 || isOfOneIssue(plan, context.options)) return { kind: "nothing-to-report" };
	const { issues } = await survey({ plan }, context);
	const report = await gather(plan, issues, context.signal);
	// A run that is interrupted before anything was done leaves nothing.
	return report.issues.some(({ logs }) => logs.length > 0) ? report : { kind: "nothing-to-report" };
}
