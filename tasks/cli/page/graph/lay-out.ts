import { type Edge, Graph, layout } from "@dagrejs/dagre";
import type { Edges } from "./reduce.ts";

/** A place in a drawing, in pixels. */
export interface Point {
	readonly x: number;
	readonly y: number;
}

/** Nodes that hang together, laid out: where the middle of each is, and the way of each edge. */
export interface Drawing {
	readonly width: number;
	readonly height: number;
	readonly nodes: ReadonlyMap<string, Point>;
	readonly edges: readonly (readonly Point[])[];
}

/** Pixels between nodes that stand beside each other. */
const GAP = 10;

/**
 * Lays out what hangs together: from left to right, or from top to bottom where there is no room for that and it takes less.
 * @param width pixels that there are.
 */
export function layOut(names: readonly string[], edges: Edges, node: Size, width: number): Drawing {
	const ranks = ranksOf(names, edges);
	const flat = ranks.length * (node.width + RANK_GAP);
	const tall = Math.max(...ranks) * (node.width + GAP);
	return layOutAs(flat <= width || flat <= tall ? "LR" : "TB", names, edges, node);
}

const RANK_GAP = 28;

/** How many names there are after each number of steps. */
function ranksOf(names: readonly string[], edges: Edges): number[] {
	const ranks = new Map(names.map((name) => [name, 0]));
	// Blockers come first, so that one pass is enough; what documents say that nobody runs may go in a circle.
	for (const name of names)
		for (const to of edges.get(name) ?? []) ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(name) ?? 0) + 1));
	const counts: number[] = [];
	for (const rank of ranks.values()) counts[rank] = (counts[rank] ?? 0) + 1;
	return Array.from(counts, (count) => count ?? 0);
}

/** How large each node is. */
export interface Size {
	readonly width: number;
	readonly height: number;
}

function layOutAs(rankdir: "LR" | "TB", names: readonly string[], edges: Edges, node: Size): Drawing {
	const graph = new Graph();
	const ranksep = rankdir === "LR" ? RANK_GAP : 26;
	// The usual ranker takes twice as long where there are many, and no fewer pixels.
	graph.setGraph({ rankdir, ranker: "tight-tree", nodesep: GAP, edgesep: 6, ranksep, marginx: 2, marginy: 2 });
	graph.setDefaultEdgeLabel(() => ({}));
	for (const name of names) graph.setNode(name, { ...node });
	for (const name of names) for (const to of edges.get(name) ?? []) graph.setEdge(name, to);
	layout(graph);
	const { width = 0, height = 0 } = graph.graph() as Partial<Size>;
	return {
		width,
		height,
		nodes: new Map(names.map((name) => [name, graph.node(name) as Point])),
		edges: graph.edges().map((edge: Edge) => (graph.edge(edge) as { points: Point[] }).points),
	};
}
