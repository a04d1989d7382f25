import { nearest } from "../contract/names.ts";
import { Failure } from "../contract/problem.ts";
import type { Graph } from "../engine/graph.ts";
import { isPerIssue, type Task } from "../engine/task.ts";
import type { RunRequest } from "./arguments.ts";
import { LOOKS, type Look } from "./looks.ts";
import { withRole } from "./roles.ts";
import { isTargeted } from "./target-words.ts";

/** What can be typed in the place of a task and is none. */
const WORDS = ["help", "completion"];

/** A look with the task whose value it shows. */
export type FoundLook = Look & { readonly node: Task };

/** The look that a word asks for: one of the words there are, or the name of a task that such a word shows. */
export function lookOf(graph: Graph, word: string): FoundLook | undefined {
	const named = graph.tasks.find(({ name }) => name === word);
	const looks = Object.entries(LOOKS);
	const isFor = ([, { role, standsFor }]: (typeof looks)[number]) =>
		named?.role !== undefined && (named.role === role || named.role === standsFor);
	// A task of that name that is no look's is the orchfile's own.
	if (named && !looks.some(isFor) && named.role !== "plan") return undefined;
	const look = LOOKS[word] ?? looks.find(isFor)?.[1];
	const node = look && (named?.role === look.role ? named : withRole(graph.tasks, look.role)[0]);
	return node && { ...look, node };
}

/** The looks that an orchfile's tasks allow, by their words. */
export function looksOf(graph: Graph): Readonly<Record<string, Look>> {
	return Object.fromEntries(Object.entries(LOOKS).filter(([word]) => lookOf(graph, word)));
}

/** The look that was typed. @throws Failure `usage` when it lacks its target. */
export function findLook(graph: Graph, request: RunRequest): FoundLook | undefined {
	const { task } = request;
	const look = lookOf(graph, task);
	if (look?.needsTarget && !isTargeted(request)) throw missingTarget(task);
	return look;
}

/** The tasks that are asked for. @throws Failure when there is no such task or goal, or it lacks its target. */
export function findGoals(graph: Graph, request: RunRequest, extras: readonly string[]): readonly Task[] {
	const { task: name, options } = request;
	const known = new Map([
		...graph.tasks.map((node) => [node.name, [node]] as const),
		...Object.entries(graph.goals).map(([goal, { tasks }]) => [goal, tasks] as const),
	]);
	const found = known.get(name);
	if (!found) throw unknownTask(graph, name, options.target, extras);
	if (!isTargeted(request) && found.some((node) => isPerIssue(node) || node.scope === "closing"))
		throw missingTarget(name);
	return found;
}

/** That nothing is called so, with what was meant perhaps: a name like it, or task and target the other way round. */
export function unknownTask(graph: Graph, name: string, target = "", extras: readonly string[] = []): Failure {
	const names = [...graph.tasks.map((node) => node.name), ...Object.keys(graph.goals), ...Object.keys(looksOf(graph))];
	const all = new Set([...names, ...WORDS, ...extras]);
	const meant = names.includes(target) ? [`${target} ${name}`] : nearest(name, [...all]);
	return new Failure({ kind: "unknown-task", name, nearest: meant });
}

/** That no goal of the orchfile is called so, with what was meant perhaps. */
export function unknownGoal({ goals }: Graph, name: string): Failure {
	const names = Object.keys(goals);
	const [meant] = nearest(name, names);
	const guess = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
	const message = `there is no goal "${name}"${guess}; the orchfile has ${names.join(", ") || "none"}`;
	return new Failure({ kind: "usage", message });
}

function missingTarget(name: string): Failure {
	const message = `"${name}" takes a target: a milestone (M1), the id of an issue, or --all or --project in its place`;
	return new Failure({ kind: "usage", message, task: name });
}
