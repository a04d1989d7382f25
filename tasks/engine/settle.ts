import type { Execution } from "./execution.ts";
import type { IssueLike } from "./issue.ts";
import { BlockedError, isGood, type Outcome, SkippedError } from "./outcome.ts";
import { type Holding, type IssueContext, isSettling, type Task } from "./task.ts";

/**
 * Runs one task's action and turns however it ends into an outcome; a throw goes no further.
 * @param known outcomes of everything that has settled so far and that the task may depend on.
 * @param because why the task is not up to date, for the view.
 */
export async function settle<I extends IssueLike>(
	execution: Execution<unknown, I>,
	node: Task,
	known: ReadonlyMap<Task, Outcome<unknown>>,
	issue: I | undefined,
	because?: unknown,
): Promise<Outcome<unknown>> {
	const input: Record<string, unknown> = {};
	for (const [key, need] of Object.entries(node.needs)) {
		const outcome = known.get(need) ?? { status: "not-in-run" };
		if (!isGood(outcome)) return skip(execution, node, issue, blockedBy(need, outcome));
		input[key] = outcome.value;
	}
	const context = contextOf(execution, node, issue);
	if (context.signal.aborted) return skip(execution, node, issue, { status: "cancelled", started: false });
	for (const [key, dep] of Object.entries(node.after)) input[key] = known.get(dep) ?? { status: "not-in-run" };
	execution.onEvent({ kind: "task-started", ...place(node, issue), ...(because === undefined ? {} : { because }) });
	const outcome = await attempt(context.signal, async () => ({
		status: "done",
		value: await execution.call("run", node, issue, async () => node.run(input as never, context as never)),
	}));
	if (outcome.status === "failed" && issue) execution.onFailure(issue.id, outcome.error);
	if (issue) await remember(execution, node, issue, outcome);
	execution.onEvent({ kind: "task-settled", ...place(node, issue), outcome });
	return outcome;
}

/**
 * Keeps how a task ended, for the next run to know: every failure, and what ended well where nothing else tells it. What only
 * tidies up, or is up to date by what the world holds, is remembered for its failures, and for the end of them.
 */
export async function remember<I extends IssueLike>(
	{ memory }: Execution<unknown, I>,
	node: Task,
	issue: I,
	outcome: Outcome<unknown>,
): Promise<void> {
	if (outcome.status === "cancelled") return;
	const tellsItself = node.upToDate !== undefined || isSettling(node);
	const isNews = !isGood(outcome) || !tellsItself || (await memory.recall(node.name, issue).catch(() => undefined));
	if (isNews) await memory.remember(node, issue, outcome);
}

/** Gives a task that does not run its outcome, and tells the view. */
export function skip<I extends IssueLike, T>(
	execution: Execution<unknown, I>,
	node: Task,
	issue: I | undefined,
	outcome: Outcome<T>,
): Outcome<T> {
	execution.onEvent({ kind: "task-settled", ...place(node, issue), outcome });
	return outcome;
}

/** What lets go of an issue, or the outcome of its tasks when it could not be taken hold of. */
export type Held<I> = Required<Holding<I>> | { readonly outcome: Outcome<never> };

/**
 * Takes hold of an issue, so that nobody else works on it.
 * @param isStart something is begun for it, and not only tidied up.
 */
export async function takeHold<I extends IssueLike>(
	execution: Execution<unknown, I>,
	node: Task,
	issue: I,
	isStart: boolean,
): Promise<Held<I>> {
	let holding: Required<Holding<I>> = { release: async () => {}, issue };
	const context = contextOf(execution, node, issue);
	const outcome = await attempt(context.signal, async () => {
		const { hold } = node;
		if (hold) {
			const take = async () => hold(context as never, isStart);
			holding = { issue, ...(await execution.call("hold", node, issue, take)) } as Required<Holding<I>>;
		}
		return undefined;
	});
	if (!outcome) return holding;
	if (outcome.status === "failed") execution.onFailure(issue.id, outcome.error);
	return { outcome: outcome.status === "cancelled" ? { status: "cancelled", started: false } : outcome };
}

/** The context of an action. Settling tasks outlive the first interruption, or what ran would be lost. */
export function contextOf<I extends IssueLike>(
	execution: Execution<unknown, I>,
	node: Task,
	issue: I | undefined,
): IssueContext<I | undefined> {
	return {
		options: execution.options,
		issue,
		signal: isSettling(node) ? execution.terminate : execution.interrupt,
		report: (activity) => execution.onEvent({ kind: "task-activity", ...place(node, issue), activity }),
	};
}

/** Does something of a task; a throw becomes the outcome that it means. */
export async function attempt<T extends Outcome<unknown> | undefined>(
	signal: AbortSignal,
	action: () => Promise<T>,
): Promise<T | Outcome<never>> {
	try {
		return await action();
	} catch (thrown) {
		if (signal.aborted) {
			const isTime = signal.reason === "until";
			return { status: "cancelled", started: true, error: asError(thrown), ...(isTime && { because: "until" }) };
		}
		if (thrown instanceof SkippedError) return { status: "not-in-run", because: thrown.because };
		if (thrown instanceof BlockedError) return { status: "blocked", by: thrown.by, error: thrown.cause as Error };
		return { status: "failed", error: asError(thrown) };
	}
}

function asError(thrown: unknown): Error {
	if (thrown instanceof Error) return thrown;
	const isPrintable = typeof thrown !== "object" || thrown === null || "toString" in thrown;
	return new Error(isPrintable ? String(thrown) : "an object was thrown", { cause: thrown });
}

/** The root of a chain of blocked tasks is what the reader wants to know, so it is passed on. */
function blockedBy(need: Task, outcome: Outcome<unknown>): Outcome<never> {
	if (outcome.status === "blocked" || outcome.status === "cancelled") {
		return outcome.status === "blocked" ? outcome : { status: "cancelled", started: false };
	}
	return { status: "blocked", by: { task: need.name } };
}

function place(node: Task, issue: IssueLike | undefined): { task: string; issue?: string } {
	return issue ? { task: node.name, issue: issue.id } : { task: node.name };
}
