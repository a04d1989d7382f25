import type { Execution } from "./execution.ts";
import { isGood } from "./outcome.ts";
import { callFor } from "./run-issue.ts";
import { type IssueLike, isSettling, type Task } from "./task.ts";

/**
 * Tells which issues have something to do for the selected goals, without doing any of it. Tasks that only tidy up do
 * not count, unless nothing else was asked for; a task that can't tell always has something to do.
 */
export async function findOutOfDate<I extends IssueLike>(
	execution: Execution<unknown, I>,
	issues: readonly I[],
): Promise<I[]> {
	const tasks = execution.selection.tasks.filter((node) => node.scope === "issue");
	const goals = tasks.filter((node) => execution.selection.goals.has(node));
	const counted = goals.some((node) => !isSettling(node)) ? goals.filter((node) => !isSettling(node)) : goals;
	const outOfDate: I[] = [];
	for (const issue of issues) {
		const { settled } = await callFor(execution, tasks, issue);
		if (!counted.every((node: Task) => isGood(settled.get(node) ?? { status: "not-in-run" }))) outOfDate.push(issue);
	}
	return outOfDate;
}
