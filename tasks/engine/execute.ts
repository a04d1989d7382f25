import { Inquiry } from "./ask.ts";
import type { IssueOutcomes } from "./event.ts";
import { byName, createExecution, type ExecuteOptions, type Execution, type Stop, stopOf } from "./execution.ts";
import type { IssueLike } from "./issue.ts";
import { isGood, type Outcome } from "./outcome.ts";
import { runIssues } from "./run-issues.ts";
import type { Selection } from "./select.ts";
import { settle, skip } from "./settle.ts";
import { isPerIssue, type Task } from "./task.ts";

/** How a run ended. */
export interface RunReport<I extends IssueLike = IssueLike> {
	/** The tasks that were selected, in file order. */
	readonly tasks: readonly Task[];
	/** Outcomes of the run-wide tasks that come before any issue. */
	readonly run: IssueOutcomes;
	/** Outcomes of the closing tasks. */
	readonly closing: IssueOutcomes;
	readonly issues: readonly I[];
	readonly outcomes: ReadonlyMap<string, IssueOutcomes>;
	readonly stop: Stop | undefined;
}

/**
 * Runs the selected tasks: run-wide ones first, in file order, then each issue's, never before the issue's blockers have
 * ended well, at most `jobs` issues at once, and closing ones last. Never throws for a failed action: failures are outcomes.
 */
export async function execute<O, I extends IssueLike>(
	selection: Selection,
	options: ExecuteOptions<O, I>,
): Promise<RunReport<I>> {
	if (!Number.isInteger(options.jobs) || options.jobs < 1) throw new RangeError("jobs must be an integer from 1");
	const execution = createExecution(selection, options);
	const { tasks } = selection;
	const first = tasks.filter(({ scope }) => scope === "run");
	for (const node of first) {
		execution.runOutcomes.set(node, await settle(execution, node, execution.runOutcomes, undefined));
	}
	const run = byName(execution.runOutcomes);
	const perIssue = tasks.filter(isPerIssue);
	const issues = (perIssue.length > 0 ? issuesOf<I>(execution, perIssue) : undefined) ?? [];
	const outcomes = new Map<string, IssueOutcomes>();
	if (issues.length > 0) options.onEvent({ kind: "issues-known", issues });
	const stop = issues.length > 0 ? await runIssues(execution, perIssue, issues, outcomes) : stopOf(options);
	const closing = new Map<string, Outcome<unknown>>();
	for (const node of tasks.filter(({ scope }) => scope === "closing")) {
		const outcome = await close(execution, node, outcomes);
		execution.runOutcomes.set(node, outcome);
		closing.set(node.name, outcome);
	}
	options.onEvent({ kind: "run-settled" });
	return { tasks, run, closing, issues, outcomes, stop };
}

/** Runs a closing task. Of per-issue tasks that it waits for it is told the outcomes: those of the run, or the last there were. */
async function close<I extends IssueLike>(
	execution: Execution<unknown, I>,
	node: Task,
	outcomes: ReadonlyMap<string, IssueOutcomes>,
): Promise<Outcome<unknown>> {
	const broken = [...execution.runOutcomes].find(([each, outcome]) => each.scope === "run" && !isGood(outcome));
	if (broken) return skip(execution, node, undefined, { status: "blocked", by: { task: broken[0].name } });
	const known = new Map<Task, unknown>(execution.runOutcomes);
	for (const each of Object.values(node.after).filter(isPerIssue)) {
		known.set(each, await outcomesOfAll(execution, each, outcomes));
	}
	return settle(execution, node, known as ReadonlyMap<Task, Outcome<unknown>>, undefined);
}

async function outcomesOfAll<I extends IssueLike>(
	execution: Execution<unknown, I>,
	node: Task,
	outcomes: ReadonlyMap<string, IssueOutcomes>,
): Promise<ReadonlyMap<string, Outcome<unknown>>> {
	const isAlone = !execution.selection.tasks.some(isPerIssue);
	const list = node.source && execution.runOutcomes.get(node.source);
	const issues = list && isGood(list) ? (list.value as readonly I[]) : [];
	const gathered = new Map<string, Outcome<unknown>>();
	for (const issue of issues) {
		const last = isAlone ? await lastOutcome(execution, node, issue) : outcomes.get(issue.id)?.get(node.name);
		gathered.set(issue.id, last ?? { status: "not-in-run" });
	}
	return gathered;
}

async function lastOutcome<I extends IssueLike>(
	execution: Execution<unknown, I>,
	node: Task,
	issue: I,
): Promise<Outcome<unknown> | undefined> {
	const { outcome, last } = await new Inquiry(execution, issue).ask(node);
	return outcome ?? last;
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
