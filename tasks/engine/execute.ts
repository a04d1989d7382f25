import { Inquiry } from "./ask.ts";
import type { IssueOutcomes } from "./event.ts";
import { createExecution, type ExecuteOptions, type Execution } from "./execution.ts";
import type { IssueLike } from "./issue.ts";
import { type Blocker, hasEndedWell, isGood, type Outcome } from "./outcome.ts";
import { runIssue } from "./run-issue.ts";
import { Schedule } from "./schedule.ts";
import type { Selection } from "./select.ts";
import { settle, skip } from "./settle.ts";
import { rootOf, Standings } from "./standing.ts";
import { isPerIssue, isSettling, type Task } from "./task.ts";

/** Why a run started nothing more before it was through. */
export type Stop =
	| { readonly kind: "interrupted" }
	| { readonly kind: "spent" }
	| { readonly kind: "fail-fast"; readonly issue: string }
	| { readonly kind: "ends-run"; readonly issue: string; readonly error: Error };

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

async function runIssues<O, I extends IssueLike>(
	execution: Execution<O, I>,
	perIssue: readonly Task[],
	issues: readonly I[],
	outcomes: Map<string, IssueOutcomes>,
): Promise<Stop | undefined> {
	const schedule = new Schedule(await withoutPassed(execution, perIssue, issues));
	const byId = new Map(issues.map((each) => [each.id, each]));
	let stop: Stop | undefined;
	let running = 0;
	const finish = (issue: IssueLike, settled: Map<Task, Outcome<unknown>>): void => {
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
	await new Promise<void>((resolve, reject) => {
		const startWhatCan = (): void => {
			while (running < execution.jobs) {
				const next = schedule.next();
				if (!next) break;
				stop ??= stopOf(execution);
				running++;
				runIssue(execution, perIssue, byId.get(next.issue.id) as I, heldBy(stop, next.blocker))
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

/**
 * The issues as the schedule takes them: of blockers outside of the run it is asked where they stand, and only those are left
 * that have not passed. In place of one that itself waits stands the one at the root of its chain.
 */
async function withoutPassed<I extends IssueLike>(
	execution: Execution<unknown, I>,
	perIssue: readonly Task[],
	issues: readonly I[],
): Promise<IssueLike[]> {
	const inRun = new Set(issues.map(({ id }) => id));
	const outside = new Map(issues.flatMap((issue) => issue.outside ?? []).map((each) => [each.id, each as I]));
	if (outside.size === 0 || perIssue.every(isSettling)) return [...issues];
	const selection = execution.blockersSelection ?? execution.selection;
	const standings = new Standings(
		createExecution(selection, { ...execution, force: false, onEvent: () => {} }),
		issues,
	);
	const inPlaceOf = new Map<string, string | undefined>();
	for (const [id, issue] of outside) {
		const standing = await standings.of(issue);
		inPlaceOf.set(id, standing.unmet.length === 0 ? undefined : rootOf(standing).issue.id);
	}
	return issues.map(({ id, blockers }) => ({
		id,
		blockers: blockers.flatMap((each) => (inRun.has(each) || !outside.has(each) ? each : (inPlaceOf.get(each) ?? []))),
	}));
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

function byName(outcomes: ReadonlyMap<Task, Outcome<unknown>>): IssueOutcomes {
	return new Map([...outcomes].map(([node, outcome]) => [node.name, outcome]));
}
