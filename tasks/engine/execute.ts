import type { IssueOutcomes } from "./event.ts";
import { createExecution, type ExecuteOptions, type Execution } from "./execution.ts";
import { type Blocker, isGood, type Outcome } from "./outcome.ts";
import { prepare, runIssue } from "./run-issue.ts";
import { Schedule } from "./schedule.ts";
import type { Selection } from "./select.ts";
import { settle } from "./settle.ts";
import type { IssueLike, Task } from "./task.ts";

/** Why a run started nothing more before it was through. */
export type Stop =
	| { readonly kind: "interrupted" }
	| { readonly kind: "spent" }
	| { readonly kind: "fail-fast"; readonly issue: string }
	| { readonly kind: "ends-run"; readonly issue: string; readonly error: Error };

/** How a run ended. */
export interface RunReport<I extends IssueLike = IssueLike> {
	/** Outcomes of the run-wide tasks. */
	readonly run: IssueOutcomes;
	readonly issues: readonly I[];
	readonly outcomes: ReadonlyMap<string, IssueOutcomes>;
	readonly stop: Stop | undefined;
}

/**
 * Runs the selected tasks: run-wide ones first, in file order, then each issue's, never before the issue's blockers have
 * ended well, at most `jobs` issues at once. Never throws for a failed action: failures are outcomes.
 */
export async function execute<O, I extends IssueLike>(
	selection: Selection,
	options: ExecuteOptions<O, I>,
): Promise<RunReport<I>> {
	if (!Number.isInteger(options.jobs) || options.jobs < 1) throw new RangeError("jobs must be an integer from 1");
	const execution = createExecution(selection, options);
	for (const node of selection.tasks.filter(isRunWide)) {
		execution.runOutcomes.set(node, await settle(execution, node, execution.runOutcomes, undefined));
	}
	const perIssue = selection.tasks.filter((node) => node.scope === "issue");
	const issues = (perIssue.length > 0 ? issuesOf<I>(execution, perIssue) : undefined) ?? [];
	const report = {
		run: byName(execution.runOutcomes),
		issues,
		outcomes: new Map<string, IssueOutcomes>(),
	};
	if (issues.length === 0) return { ...report, stop: stopOf(options) };
	options.onEvent({ kind: "issues-known", issues });
	const stop = await runIssues(execution, perIssue, issues, report.outcomes);
	return { ...report, stop };
}

async function runIssues<O, I extends IssueLike>(
	execution: Execution<O, I>,
	perIssue: readonly Task[],
	issues: readonly I[],
	outcomes: Map<string, IssueOutcomes>,
): Promise<Stop | undefined> {
	const schedule = new Schedule(issues);
	let stop: Stop | undefined;
	let running = 0;
	const finish = (issue: I, settled: Map<Task, Outcome<unknown>>): void => {
		const named = byName(settled);
		outcomes.set(issue.id, named);
		execution.onEvent({ kind: "issue-settled", issue: issue.id, outcomes: named });
		const good = hasEndedWell(settled.values());
		schedule.settle(issue.id, good);
		if (execution.interrupt.aborted) stop ??= { kind: "interrupted" };
		if (execution.failFast && !good) stop ??= { kind: "fail-fast", issue: issue.id };
	};
	execution.onFailure = (issue, error) => {
		if (execution.endsRun(error)) stop ??= { kind: "ends-run", issue, error };
	};
	execution.onPreparable = (node, outcome) => {
		const next = schedule.peek();
		const goesOn = !execution.failFast || (outcome !== undefined && isGood(outcome));
		const startsIt = next && !next.blocker && !stop && !stopOf(execution) && goesOn;
		if (startsIt) prepare(execution, node, next.issue);
	};
	await new Promise<void>((resolve, reject) => {
		const startWhatCan = (): void => {
			while (running < execution.jobs) {
				const next = schedule.next();
				if (!next) break;
				stop ??= stopOf(execution);
				running++;
				runIssue(execution, perIssue, next.issue, heldBy(stop, next.blocker))
					.then((settled) => {
						running--;
						finish(next.issue, settled);
						startWhatCan();
					})
					.catch(reject);
			}
			if (running === 0) resolve();
		};
		startWhatCan();
	});
	return stop ?? (execution.interrupt.aborted ? { kind: "interrupted" } : undefined);
}

function issuesOf<I extends IssueLike>(
	execution: Execution<unknown, I>,
	perIssue: readonly Task[],
): readonly I[] | undefined {
	const sources = new Set(perIssue.map((node) => node.source));
	if (sources.size > 1) throw new Error("per-issue tasks of one run must come from one list of issues");
	const [source] = sources;
	const outcome = source && execution.runOutcomes.get(source);
	const blocked = [...execution.runOutcomes.values()].some((each) => !isGood(each));
	return outcome && isGood(outcome) && !blocked ? (outcome.value as readonly I[]) : undefined;
}

function heldBy(stop: Stop | undefined, blocker: Blocker | undefined): Outcome<never> | undefined {
	if (stop) return { status: "cancelled", started: false };
	return blocker && { status: "blocked", by: blocker };
}

function stopOf(execution: Pick<ExecuteOptions<unknown, never>, "interrupt" | "isSpent">): Stop | undefined {
	if (execution.interrupt.aborted) return { kind: "interrupted" };
	return execution.isSpent?.() ? { kind: "spent" } : undefined;
}

/** True when no task failed, was blocked or was cancelled. */
export function hasEndedWell(outcomes: Iterable<Outcome<unknown>>): boolean {
	for (const outcome of outcomes) if (!isGood(outcome) && outcome.status !== "not-in-run") return false;
	return true;
}

function byName(outcomes: ReadonlyMap<Task, Outcome<unknown>>): IssueOutcomes {
	return new Map([...outcomes].map(([node, outcome]) => [node.name, outcome]));
}

function isRunWide(node: Task): node is Task<unknown, "run"> {
	return node.scope === "run";
}
