import { type Answer, Inquiry } from "./ask.ts";
import type { Execution } from "./execution.ts";
import type { IssueLike } from "./issue.ts";
import { hasStarted, isGood, type Outcome } from "./outcome.ts";
import { remember, settle, skip, takeHold } from "./settle.ts";
import { isSettling, type Task } from "./task.ts";

type Outcomes = Map<Task, Outcome<unknown>>;

/**
 * Runs one issue's tasks in file order and returns the outcome of each. While any of them runs, the issue is held.
 * @param kept why the issue may not start (blocked by another, or the run has stopped); its tasks then take this outcome.
 */
export async function runIssue<I extends IssueLike>(
	execution: Execution<unknown, I>,
	tasks: readonly Task[],
	issue: I,
	kept: Outcome<never> | undefined,
): Promise<Outcomes> {
	const onlySettles = tasks.every(isSettling);
	const mayStart = !kept || (kept.status === "blocked" && onlySettles);
	if (!mayStart) return new Map(tasks.map((node) => [node, skip(execution, node, issue, kept)]));
	execution.onEvent({ kind: "issue-started", issue: issue.id });
	const asked = await callFor(execution, tasks, issue);
	const holder = [...asked.called.keys()].find((node) => node.hold);
	if (!holder) return runCalled(execution, tasks, issue, asked);
	const isTidying = [...asked.called.keys()].every(isSettling);
	const held = await takeHold(execution, holder, issue, !isTidying);
	if ("outcome" in held) {
		const refused = [...asked.called.keys()].map((node) => [node, held.outcome] as const);
		return runCalled(execution, tasks, issue, { called: new Map(), settled: new Map([...asked.settled, ...refused]) });
	}
	try {
		// Whoever held the issue a moment ago may have done what there was to do.
		return await runCalled(
			execution,
			tasks,
			held.issue,
			isTidying ? asked : await callFor(execution, tasks, held.issue),
		);
	} finally {
		await held.release();
	}
}

const NOT_IN_RUN: Outcome<never> = { status: "not-in-run" };
const NOT_STARTED: Outcome<never> = { status: "cancelled", started: false };

/** What asking an issue's tasks has shown. */
interface Asked {
	/** The tasks that have something to do, from the goals down, each with what it said. */
	readonly called: ReadonlyMap<Task, Answer>;
	/** Those that are settled by having been asked: what they would make is there already. */
	readonly settled: ReadonlyMap<Task, Outcome<unknown>>;
}

/**
 * Finds the tasks that something calls for. A task that is up to date does not call for its needs, as an intermediate
 * file of make is not remade when what is made from it is up to date.
 * One that can't tell by itself always has something to do, as a phony target of make.
 */
async function callFor<I extends IssueLike>(
	execution: Execution<unknown, I>,
	tasks: readonly Task[],
	issue: I,
): Promise<Asked> {
	const inquiry = new Inquiry(execution, issue);
	const called = new Map<Task, Answer>();
	const settled: Outcomes = new Map();
	const want = async (node: Task): Promise<void> => {
		if (called.has(node) || settled.has(node) || !tasks.includes(node)) return;
		// What tidies up is asked about what others leave, which they have not left yet.
		const isAsked = !execution.force && node.upToDate && !isSettling(node);
		const answer = isAsked ? await inquiry.ask(node) : {};
		if (answer.outcome) {
			// What went wrong while it was asked has to be known afterwards, too.
			if (!isGood(answer.outcome)) await remember(execution, node, issue, answer.outcome);
			settled.set(node, answer.outcome);
			return;
		}
		called.set(node, answer);
		for (const need of Object.values(node.needs)) await want(need);
	};
	for (const node of tasks) if (execution.selection.goals.has(node)) await want(node);
	return { called, settled };
}

async function runCalled<I extends IssueLike>(
	execution: Execution<unknown, I>,
	tasks: readonly Task[],
	issue: I,
	{ called, settled }: Asked,
): Promise<Outcomes> {
	const outcomes: Outcomes = new Map(settled);
	for (const [node, outcome] of settled) skip(execution, node, issue, outcome);
	if (called.size > 0)
		execution.onEvent({
			kind: "issue-called",
			issue: issue.id,
			tasks: tasks.filter((node) => called.has(node)).map(({ name }) => name),
		});
	for (const node of tasks) {
		if (outcomes.has(node)) continue;
		const passed = called.has(node) ? passOver(execution, tasks, node, outcomes) : NOT_IN_RUN;
		outcomes.set(
			node,
			passed
				? skip(execution, node, issue, passed)
				: await settle(
						execution,
						node,
						new Map([...execution.runOutcomes, ...outcomes]),
						issue,
						called.get(node)?.because,
					),
		);
	}
	return outcomes;
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
