import type { Role } from "../contract/role.ts";
import type { Graph } from "../engine/graph.ts";
import { type Selection, select } from "../engine/select.ts";
import { isPerIssue, type Task } from "../engine/task.ts";
import type { Names } from "./words/say.ts";

/** Tasks that mean something to the command line, found by what they say of themselves. */
export function withRole(tasks: readonly Task[], role: Role): Task[] {
	return tasks.filter((node) => node.role === role);
}

/** True for a task that has something to do only where a run is about several issues: with fewer, it is no row or line of its own. */
export function isForSeveral(node: Pick<Task, "role"> | undefined): boolean {
	return node?.role === ("report" satisfies Role);
}

/** A goal with its name. */
export interface NamedGoal {
	readonly name: string;
	readonly tasks: readonly Task[];
}

/**
 * The goal that a word of the command line is about: the one it names, else the first that holds the task it names, else the
 * orchfile's first. In an orchfile without goals, all that is done for an issue is one.
 */
export function goalOf(graph: Graph, word?: string): NamedGoal {
	const named = word === undefined ? undefined : graph.goals[word];
	if (named && word !== undefined) return { name: word, tasks: named.tasks };
	const goals = Object.entries(graph.goals).map(([name, { tasks }]) => ({ name, tasks }));
	const holding = goals.find(({ tasks }) => select(graph.tasks, tasks).tasks.some(({ name }) => name === word));
	const perIssue = graph.tasks.filter(isPerIssue);
	const [turn = perIssue[0]] = withRole(perIssue, "turn");
	return holding ?? goals[0] ?? { name: turn?.name ?? "", tasks: perIssue };
}

/** What the orchfile calls the commands that messages suggest. */
export function namesOf(graph: Graph, word?: string): Names {
	const saves = withRole(graph.tasks, "save").map(({ name }) => name);
	const goal = goalOf(graph, word).name;
	return { goal, save: saves[0] ?? goal, saves };
}

/**
 * The goal by which work is judged, where that is not the first one: what has been judged is measured by that.
 * @returns nothing where the orchfile has no such goal, or none but that.
 */
export function judgingGoal(graph: Graph): string | undefined {
	const names = Object.keys(graph.goals);
	const judging = names.find((name) => withRole(graph.goals[name]?.tasks ?? [], "accept").length > 0);
	return judging === names[0] ? undefined : judging;
}

/** The tasks that the standing of issues is asked of. */
export function standingSelection(graph: Graph, word?: string): Selection {
	return select(graph.tasks, goalOf(graph, word).tasks);
}
