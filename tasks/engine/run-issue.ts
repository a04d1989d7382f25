import type { Execution } from "./execute.ts";
import { hasStarted, type Outcome } from "./outcome.ts";
import { askFreshness, contextOf, settle, skip } from "./settle.ts";
import { type IssueLike, isSettling, type Task } from "./task.ts";

type Outcomes = Map<Task, Outcome<unknown>>;

/**
 * Runs one issue's tasks in file order and returns the outcome of each.
 * @param held why the issue may not start (blocked by another, or the run has stopped); its tasks then take this outcome.
 */
export async function runIssue<I extends IssueLike>(
	execution: Execution<unknown, I>,
	tasks: readonly Task[],
	issue: I,
	held: Outcome<never> | undefined,
): Promise<Outcomes> {
	const outcomes: Outcomes = new Map();
	const onlySettles = tasks.every(isSettling);
	const mayStart = !held || (held.status === "blocked" && onlySettles);
	if (!mayStart) {
		for (const node of tasks) outcomes.set(node, skip(execution, node, issue, held));
		return outcomes;
	}
	execution.onEvent({ kind: "issue-started", issue: issue.id });
	const called = await callFor(execution, tasks, issue, outcomes);
	const toPrepare = execution.interrupt.aborted ? [] : called.keys();
	for (const node of toPrepare) if (!outcomes.has(node)) node.prepare?.(contextOf(execution, node, issue) as never);
	for (const node of tasks) {
		if (outcomes.has(node)) continue;
		const passed = called.has(node) ? passOver(execution, tasks, node, outcomes) : NOT_IN_RUN;
		outcomes.set(
			node,
			passed
				? skip(execution, node, issue, passed)
				: await settle(execution, node, new Map([...execution.runOutcomes, ...outcomes]), issue, called.get(node)),
		);
	}
	return outcomes;
}

const NOT_IN_RUN: Outcome<never> = { status: "not-in-run" };
const NOT_STARTED: Outcome<never> = { status: "cancelled", started: false };

/**
 * Finds the tasks that something calls for, from the goals down, each with why it is not up to date. A task that is up to date gets its outcome here and
 * does not call for its needs, as an intermediate file of make is not remade when what is made from it is up to date.
 */
export async function callFor<I extends IssueLike>(
	execution: Execution<unknown, I>,
	tasks: readonly Task[],
	issue: I,
	outcomes: Outcomes,
): Promise<Map<Task, unknown>> {
	const called = new Map<Task, unknown>();
	const want = async (node: Task): Promise<void> => {
		if (called.has(node) || !tasks.includes(node)) return;
		called.set(node, undefined);
		const { outcome, because } = execution.force ? {} : await askFreshness(execution, node, issue);
		called.set(node, because);
		if (outcome) {
			outcomes.set(node, outcome);
			return;
		}
		for (const need of Object.values(node.needs)) await want(need);
	};
	for (const node of tasks) if (execution.selection.goals.has(node)) await want(node);
	return called;
}

/** The outcome of a task that is not to run after all, or nothing when it is to run. */
function passOver<I extends IssueLike>(
	execution: Execution<unknown, I>,
	tasks: readonly Task[],
	node: Task,
	outcomes: Outcomes,
): Outcome<never> | undefined {
	if (!isSettling(node)) return execution.interrupt.aborted ? NOT_STARTED : undefined;
	const waitedFor = Object.values(node.after).flatMap((each) => (tasks.includes(each) ? [outcomes.get(each)] : []));
	if (waitedFor.some((outcome) => outcome && hasStarted(outcome))) return undefined;
	// Nothing has started, so nothing is left behind; what kept the others from starting is this task's outcome too.
	const first = waitedFor.find((outcome) => outcome?.status === "blocked" || outcome?.status === "cancelled");
	return first as Outcome<never> | undefined;
}
