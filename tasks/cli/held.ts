import type { Backlog } from "../backlog/backlog.ts";
import { findHeld } from "../backlog/held.ts";
import { selectIssues } from "../backlog/target.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { HeldIssue } from "../contract/standing.ts";
import type { RunReport } from "../engine/execute.ts";
import { isGood } from "../engine/outcome.ts";
import type { Task } from "../engine/task.ts";
import type { RunRequest } from "./arguments.ts";

/** The issues that a run or a look is about and that no agent is to do: they are no part of its plan. */
export function heldIn(node: Task, report: RunReport<IssuePlan>, { options }: RunRequest): HeldIssue[] {
	const backlog = backlogBehind(node, report);
	return backlog ? findHeld(selectIssues(backlog, options), options.layout.states) : [];
}

/** The backlog that a task was made from: its own need, or that of its plan. */
export function backlogBehind(node: Task, report: RunReport<IssuePlan>): Backlog | undefined {
	const need = node.needs.backlog;
	const outcome = need && report.run.get(need.name);
	if (outcome && isGood(outcome)) return outcome.value as Backlog;
	return node.needs.plan && backlogBehind(node.needs.plan, report);
}
