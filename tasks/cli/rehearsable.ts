import { Failure } from "../contract/problem.ts";
import type { Graph } from "../engine/graph.ts";
import { lookOf } from "./find.ts";

/**
 * Checks that a task or goal has something of a rehearsal's own to show or do: it works on issues, asks the agent, or looks
 * at what rehearsals have left.
 * @throws Failure `usage`.
 */
export function verifyRehearsable(graph: Graph, word: string): void {
	const look = lookOf(graph, word);
	const node = graph.tasks.find(({ name }) => name === word);
	const isAlike = look ? look.isAlike : node?.scope === "run" && node.role !== "agent-check";
	if (!isAlike) return;
	const message = `"${word}" has nothing to rehearse: it starts no agent, and says the same with --rehearse and without`;
	throw new Failure({ kind: "usage", message });
}
