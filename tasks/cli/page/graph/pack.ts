import type { Drawing, Point } from "./lay-out.ts";

/** Pixels between drawings, which have nothing to do with each other: beside, and below. */
const [GAP, GAP_BELOW] = [22, 12];

/**
 * Puts drawings beside each other, so that they take about this width: the highest first, and below one what has room beside a higher
 * one.
 */
export function pack(drawings: readonly Drawing[], width: number): Drawing {
	const nodes = new Map<string, Point>();
	const edges: Point[][] = [];
	let shelf = { top: 0, height: 0 };
	let column = { left: 0, width: 0, below: 0 };
	let right = 0;
	for (const drawing of [...drawings].sort((a, b) => b.height - a.height || b.width - a.width)) {
		const isBelow = column.width >= drawing.width && column.below + drawing.height <= shelf.top + shelf.height;
		if (!isBelow) {
			const left = column.width > 0 ? column.left + column.width + GAP : 0;
			const isNew = left > 0 && left + drawing.width > width;
			if (isNew || left === 0)
				shelf = { top: isNew ? shelf.top + shelf.height + GAP_BELOW : 0, height: drawing.height };
			column = { left: isNew ? 0 : left, width: drawing.width, below: shelf.top };
		}
		const moved = ({ x, y }: Point) => ({ x: x + column.left, y: y + column.below });
		for (const [name, point] of drawing.nodes) nodes.set(name, moved(point));
		for (const points of drawing.edges) edges.push(points.map(moved));
		column = { ...column, below: column.below + drawing.height + GAP_BELOW };
		right = Math.max(right, column.left + drawing.width);
	}
	return { width: right, height: shelf.top + shelf.height, nodes, edges };
}
