import { Failure } from "../contract/problem.ts";
import type { Graph } from "../engine/graph.ts";
import { lookOf } from "./find.ts";

/** True for a task, goal or look that has nothing of a rehearsal's own: it works on no issue, and asks no agent. */
export function isAlike(graph: Graph, word: string): boolean {
	const look = lookOf(graph, word);
	if (look) return look.isAlike === true;
	const node = graph.tasks.find(({ name }) => name === word);
	return node?.scope === "run" && node.role !== "agent-check";
}

/**
 * Checks that a task or goal has something to rehearse.
 * @throws Failure `usage`.
 */
export function verifyRehearsable(graph: Graph, word: string): void {
	if (!isAlike(graph, word)) return;
	const message = `"${word}" has nothing to rehearse: it starts no agent, and says the same with --rehearse and without`;
	throw new Failure({ kind: "usage", message });
}
