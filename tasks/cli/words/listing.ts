import type { Backlog } from "../../backlog/backlog.ts";
import type { HeldIssue } from "../../contract/standing.ts";
import type { Graph } from "../../engine/graph.ts";
import type { Task } from "../../engine/task.ts";
import type { IssueStanding } from "../standing.ts";
import { inOneLine, plural } from "./format.ts";
import { nothingToRun } from "./held-words.ts";
import type { Say } from "./say.ts";
import { heldBehind, todoWord } from "./standing-words.ts";
import { type Form, table, type Width } from "./table-layout.ts";
import { wrap } from "./wrap.ts";

/**
 * The tasks and goals of the orchfile, with what each does and waits for.
 * @param all the words that show something, by name.
 */
export function taskList(
	graph: Graph,
	all: Readonly<Record<string, { readonly summary: string }>>,
	say: Say,
	width?: Width,
): string {
	const tasks = graph.tasks.map((node) => [node.name, ONCE_PER[node.scope], waits(node), node.summary]);
	const goals = Object.entries(graph.goals).map(([name, goal]) => [
		name,
		goal.tasks.map((each) => each.name).join(", "),
		goal.summary,
	]);
	const looks = Object.entries(all).filter(([name]) => !graph.tasks.some((node) => node.name === name));
	const told = table([["TASK", "ONCE PER", "WAITS FOR", "WHAT IT DOES"], ...tasks], width, TASKS);
	const tellsWaits = told.split("\n", 1)[0]?.includes("WAITS FOR");
	return [
		told,
		table([["GOAL", "ASKS FOR", "WHAT IT DOES"], ...goals], width, TASKS),
		table([["LOOK", "WHAT IT SHOWS"], ...looks.map(([name, { summary }]) => [name, summary])], width, TASKS),
		[
			tellsWaits
				? wrap("A task in (parentheses) is waited for only when it is in the run anyway.", width)
				: `What each waits for: ${say("graph")}`,
			`Usage: ${say("<task> <target> [options]")}`,
			`Help: ${say("--help")}`,
		].join("\n"),
	].join("\n\n");
}

const TASKS: Form = {
	leaves: ["WAITS FOR", "ONCE PER"],
	wraps: ["WAITS FOR", "ASKS FOR", "WHAT IT DOES", "WHAT IT SHOWS"],
};

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

/**
 * The plan of a run, in the order of its issues.
 * @param held what was selected as well, and no agent is to do.
 */
export function planTable(standings: readonly IssueStanding[], held: readonly HeldIssue[], width?: Width): string {
	const [first] = standings;
	if (!first) return nothingToRun(held);
	const { base } = first.issue;
	const rows = standings.map((standing, at) => {
		const { issue } = standing;
		return [
			String(at + 1),
			issue.id,
			issue.priority === null || issue.priority === 0 ? "-" : String(issue.priority),
			issue.stack.map((each) => each.issue).join(", ") || "-",
			todoWord(standing),
			issue.branch,
			issue.worktreePath,
			inOneLine(issue.title),
		];
	});
	const unmet = standings.filter((each) => each.unmet.length > 0);
	const waiting = unmet.filter((each) => heldBehind(each)).length;
	const counts = [
		`${plural(standings.length, "issue")} from ${base.name} (${base.commit.slice(0, 10)})`,
		`${unmet.length - waiting} to run`,
		...(waiting > 0 ? [`${waiting} waiting for what is held back`] : []),
		...(held.length > 0 ? [`${held.length} more held back`] : []),
	];
	return [
		wrap(counts.join(", "), width),
		table([["#", "ISSUE", "PRIORITY", "WAITS FOR", "STANDING", "BRANCH", "WORKTREE", "TITLE"], ...rows], width, {
			leaves: ["WORKTREE", "BRANCH", "PRIORITY", "#", "WAITS FOR"],
			wraps: ["WAITS FOR", "STANDING"],
			cuts: "TITLE",
		}),
	].join("\n\n");
}

/** Every issue of the backlog. */
export function backlogTable(backlog: Backlog, width?: Width): string {
	const rows = backlog.issues.map((issue) => [
		issue.id,
		issue.milestone ?? "-",
		issue.state,
		issue.priority === null || issue.priority === 0 ? "-" : String(issue.priority),
		issue.docPath,
		inOneLine(issue.title),
	]);
	return table([["ISSUE", "MILESTONE", "STATE", "PRIORITY", "DOCUMENT", "TITLE"], ...rows], width, {
		leaves: ["DOCUMENT", "PRIORITY", "MILESTONE"],
		cuts: "TITLE",
	});
}

function waits(node: Task): string {
	const needs = Object.values(node.needs).map((each) => each.name);
	const after = Object.values(node.after).map((each) => `(${each.name})`);
	return [...needs, ...after].join(", ") || "-";
}
