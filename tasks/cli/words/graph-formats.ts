import type { Graph } from "../../engine/graph.ts";
import type { Task } from "../../engine/task.ts";
import type { GraphFormat } from "../request.ts";
import type { IssueStanding } from "../standing.ts";
import { standingWord } from "./standing-words.ts";
import { plainTable, type Width } from "./table-layout.ts";

interface Node {
	readonly name: string;
	readonly note: string;
	readonly from: readonly string[];
	/** Edges that only wait. */
	readonly loosely: readonly string[];
}

/** The issues of a milestone with where they stand; an edge leads from a blocker to what it blocks. */
export function issueGraph(standings: readonly IssueStanding[], format: GraphFormat, width?: Width): string {
	const nodes = standings.map((standing) => ({
		name: standing.issue.id,
		note: standingWord(standing),
		from: standing.issue.stack.map((each) => each.issue),
		loosely: [],
	}));
	return render(nodes, format, width);
}

/** The tasks of the orchfile; an edge leads from a task to what needs it, or loosely to what comes after it. */
export function taskGraph(graph: Graph, format: GraphFormat, width?: Width): string {
	const nodes = graph.tasks.map((node) => {
		const from = Object.values(node.needs).map((each) => each.name);
		const loosely = Object.values(node.after).map((each) => each.name);
		return { name: node.name, note: NOTES[node.scope], from, loosely };
	});
	return render(nodes, format, width);
}

/** When a task runs. */
const NOTES: Readonly<Record<Task["scope"], string>> = {
	run: "once per run",
	issue: "once per issue",
	closing: "once per run, when every issue has settled",
};

function render(nodes: readonly Node[], format: GraphFormat, width: Width): string {
	switch (format) {
		case "text":
			return plainTable(
				nodes.map(({ name, note, from, loosely }) => [name, note, waitsFor(from, loosely)]),
				width,
			);
		case "json":
			return JSON.stringify(nodes, undefined, "\t");
		case "mermaid":
			return ["flowchart LR", ...draw(nodes, (at, text) => `  n${at}["${text}"]`, " --> ", " -.-> ")].join("\n");
		case "dot":
			return [
				"digraph {",
				"  rankdir=LR;",
				...draw(nodes, (at, text) => `  n${at} [label="${text}"];`, " -> ", " -> ", ";", " [style=dashed];"),
				"}",
			].join("\n");
	}
}

function waitsFor(from: readonly string[], loosely: readonly string[]): string {
	const all = [...from, ...loosely.map((name) => `(${name})`)];
	return all.length > 0 ? `← ${all.join(", ")}` : "";
}

/** Names and notes come from a closed alphabet, except a user's own task names: quotes would end a label. */
function draw(
	nodes: readonly Node[],
	declare: (at: number, text: string) => string,
	arrow: string,
	loose: string,
	end = "",
	looseEnd = end,
): string[] {
	const outside = [...new Set(nodes.flatMap(({ from }) => from))].filter(
		(name) => !nodes.some((node) => node.name === name),
	);
	const places = new Map([...nodes.map(({ name }) => name), ...outside].map((name, at) => [name, at]));
	return [
		...nodes.map(({ name, note }, at) => declare(at, `${name}: ${note}`.replaceAll('"', "'"))),
		...outside.map((name) => declare(places.get(name) ?? 0, name)),
		...nodes.flatMap(({ from }, at) => from.map((name) => `  n${places.get(name)}${arrow}n${at}${end}`)),
		...nodes.flatMap(({ loosely }, at) => loosely.map((name) => `  n${places.get(name)}${loose}n${at}${looseEnd}`)),
	];
}
