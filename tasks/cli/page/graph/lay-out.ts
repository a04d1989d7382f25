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
 * Lays out what hangs together: from left to right, as far as there is room for that; else from top to bottom, if there is room for
 * that; and else in the way whose edges are shorter.
 * @param width pixels that there are.
 */
export function layOut(names: readonly string[], edges: Edges, node: Size, width: number): Drawing {
	const flat = layOutAs("LR", names, edges, node);
	if (flat.width <= width) return flat;
	const tall = layOutAs("TB", names, edges, node);
	return tall.width <= width || lengthOf(tall) < lengthOf(flat) ? tall : flat;
}

/** How long all edges of a drawing are. */
function lengthOf({ edges }: Drawing): number {
	const steps = edges.flatMap((points) => points.slice(1).map((point, at) => [points[at] ?? point, point] as const));
	return steps.reduce((sum, [from, to]) => sum + Math.hypot(from.x - to.x, from.y - to.y), 0);
}

/** How large each node is. */
export interface Size {
	readonly width: number;
	readonly height: number;
}

function layOutAs(rankdir: "LR" | "TB", names: readonly string[], edges: Edges, node: Size): Drawing {
	const graph = new Graph();
	graph.setGraph({ rankdir, nodesep: GAP, edgesep: 6, ranksep: 28, marginx: 2, marginy: 2 });
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
