import type { Backlog } from "../../backlog/backlog.ts";
import type { Graph } from "../../engine/graph.ts";
import type { Task } from "../../engine/task.ts";
import type { IssueStanding } from "../standing.ts";
import { oneLine, plural, table } from "./format.ts";
import type { Say } from "./say.ts";
import { todoWord } from "./standing-words.ts";

/**
 * The tasks and goals of the orchfile, with what each does and waits for.
 * @param all the words that show something, by name.
 */
export function taskList(graph: Graph, all: Readonly<Record<string, { readonly summary: string }>>, say: Say): string {
	const tasks = graph.tasks.map((node) => [node.name, ONCE_PER[node.scope], waits(node), node.summary]);
	const goals = Object.entries(graph.goals).map(([name, goal]) => [
		name,
		goal.tasks.map((each) => each.name).join(", "),
		goal.summary,
	]);
	const looks = Object.entries(all).filter(([name]) => !graph.tasks.some((node) => node.name === name));
	return [
		table([["TASK", "ONCE PER", "WAITS FOR", "WHAT IT DOES"], ...tasks]),
		table([["GOAL", "ASKS FOR", "WHAT IT DOES"], ...goals]),
		table([["LOOK", "WHAT IT SHOWS"], ...looks.map(([name, { summary }]) => [name, summary])]),
		`A task in (parentheses) is waited for only when it is in the run anyway.\nUsage: ${say("<task> <target> [options]")}   Help: ${say("--help")}`,
	].join("\n\n");
}

/** How often a task runs. */
const ONCE_PER: Readonly<Record<Task["scope"], string>> = { run: "run", issue: "issue", closing: "run, at its end" };

/** The tasks and goals of the orchfile as data. */
export function taskListAsJson(graph: Graph): unknown {
	const names = (deps: Readonly<Record<string, Task>>) => Object.values(deps).map((each) => each.name);
	return {
		tasks: graph.tasks.map((node) => ({
			name: node.name,
			scope: node.scope,
			needs: names(node.needs),
			after: names(node.after),
			summary: node.summary,
		})),
		goals: Object.entries(graph.goals).map(([name, goal]) => ({
			name,
			tasks: goal.tasks.map((each) => each.name),
			summary: goal.summary,
		})),
	};
}

/** The plan of a run, in the order of its issues. */
export function planTable(standings: readonly IssueStanding[]): string {
	const [first] = standings;
	if (!first) return "Nothing to run: every issue is closed.";
	const { base } = first.issue;
	const rows = standings.map(({ issue, unmet, survey }, at) => [
		String(at + 1),
		issue.id,
		issue.priority === null || issue.priority === 0 ? "-" : String(issue.priority),
		issue.stack.map((each) => each.issue).join(", ") || "-",
		todoWord({ unmet, survey }),
		issue.branch,
		issue.worktreePath,
		oneLine(issue.title, 60),
	]);
	const toRun = standings.filter(({ unmet }) => unmet.length > 0).length;
	return [
		`${plural(standings.length, "issue")} from ${base.name} (${base.commit.slice(0, 10)}), ${toRun} to run`,
		table([["#", "ISSUE", "PRIORITY", "WAITS FOR", "STANDING", "BRANCH", "WORKTREE", "TITLE"], ...rows]),
	].join("\n\n");
}

/** Every issue of the backlog. */
export function backlogTable(backlog: Backlog): string {
	const rows = backlog.issues.map((issue) => [
		issue.id,
		issue.milestone ?? "-",
		issue.state,
		issue.priority === null || issue.priority === 0 ? "-" : String(issue.priority),
		issue.docPath,
		oneLine(issue.title, 60),
	]);
	return table([["ISSUE", "MILESTONE", "STATE", "PRIORITY", "DOCUMENT", "TITLE"], ...rows]);
}

function waits(node: Task): string {
	const needs = Object.values(node.needs).map((each) => each.name);
	const after = Object.values(node.after).map((each) => `(${each.name})`);
	return [...needs, ...after].join(", ") || "-";
}
