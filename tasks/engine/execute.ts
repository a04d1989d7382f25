import type { IssueOutcomes, RunEvent } from "./event.ts";
import { type Blocker, isGood, type Outcome } from "./outcome.ts";
import { prepare, runIssue } from "./run-issue.ts";
import { Schedule } from "./schedule.ts";
import type { Selection } from "./select.ts";
import { settle } from "./settle.ts";
import type { IssueLike, Task } from "./task.ts";

/** How a run is to be executed. */
export interface ExecuteOptions<O, I extends IssueLike = IssueLike> {
	/** Handed to every action as `context.options`. */
	readonly options: O;
	/** Issues at once; an integer from 1. */
	readonly jobs: number;
	/** Start nothing new after the first issue that does not end well (make's `-S`). */
	readonly failFast: boolean;
	/** Do not ask `upToDate` (make's `-B`). */
	readonly force: boolean;
	/** Aborted at the first interruption: nothing new starts, what runs is stopped, what it left is tidied up. */
	readonly interrupt: AbortSignal;
	/** Aborted when tidying up has to stop as well. */
	readonly terminate: AbortSignal;
	/** True for an error that every further issue would meet alike (credentials gone, disk full). */
	readonly endsRun: (error: Error) => boolean;
	/** Asked before an issue starts: true when the run has had enough and starts nothing new (a budget is used up). */
	readonly isSpent?: () => boolean;
	readonly onEvent: (event: RunEvent<I>) => void;
}

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

/** Everything that one run shares. */
export interface Execution<O = unknown, I extends IssueLike = IssueLike> extends ExecuteOptions<O, I> {
	readonly selection: Selection;
	readonly runOutcomes: Map<Task, Outcome<unknown>>;
	/** Called as soon as a task of an issue has failed, before the issue is tidied up. */
	onFailure: (issue: string, error: Error) => void;
	/**
	 * Called when a task that can be prepared reports what it does, and when it has settled, with its outcome: it is the time to
	 * prepare it for the next issue.
	 */
	onPreparable: (node: Task, outcome?: Outcome<unknown>) => void;
	/** The issues that a task was prepared for. */
	readonly prepared: Map<Task, Set<string>>;
}

/** What one run shares, before anything of it has run. */
export function createExecution<O, I extends IssueLike>(
	selection: Selection,
	options: ExecuteOptions<O, I>,
): Execution<O, I> {
	const nothing = () => {};
	return {
		...options,
		selection,
		runOutcomes: new Map(),
		onFailure: nothing,
		onPreparable: nothing,
		prepared: new Map(),
	};
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
