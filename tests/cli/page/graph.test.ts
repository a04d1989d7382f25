import * as fc from "fast-check";
import { expect, test } from "vitest";
import { issuesOf } from "../../../tasks/cli/page/facts.ts";
import { graphMarkup } from "../../../tasks/cli/page/graph/graph.ts";
import { layOut } from "../../../tasks/cli/page/graph/lay-out.ts";
import { pack } from "../../../tasks/cli/page/graph/pack.ts";
import { components, type Edges, reduced } from "../../../tasks/cli/page/graph/reduce.ts";
import { nightFacts } from "../../support/page-facts.ts";

const edgesOf = (text: string): Edges => {
	const edges = new Map<string, Set<string>>();
	for (const name of text.replace(/\W/g, "")) edges.set(name, new Set());
	for (const [from = "", to = ""] of text.split(" ").map((each) => each.split(">"))) edges.get(from)?.add(to);
	return edges;
};

test("an edge that a longer way says as well is left out", () => {
	const short = reduced(edgesOf("a>b b>c a>c c>d a>d"));
	expect([...short].flatMap(([from, to]) => [...to].map((each) => `${from}>${each}`))).toEqual(["a>b", "b>c", "c>d"]);
});

test("documents that name each other in a circle are drawn all the same", () => {
	const edges = edgesOf("a>b b>c c>a");
	const { nodes } = layOut(["a", "b", "c"], reduced(edges), { width: 60, height: 20 }, 1_000);
	expect(nodes.size).toBe(3);
});

test("whatever waits for what, no two issues lie over each other, and nothing lies outside of the drawing", () => {
	const size = { width: 60, height: 20 };
	const pairs = fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 30 });
	fc.assert(
		fc.property(pairs, fc.integer({ min: 60, max: 900 }), (found, width) => {
			const names = Array.from({ length: 20 }, (_, at) => `n${at}`);
			const edges = new Map(names.map((name) => [name, new Set<string>()]));
			for (const [a, b] of found) if (a < b) edges.get(`n${a}`)?.add(`n${b}`);
			const parts = components(names, edges);
			expect(parts.flat().sort()).toEqual([...names].sort());
			const drawing = pack(
				parts.map((part) => layOut(part, reduced(edges), size, width)),
				width,
			);
			const places = [...drawing.nodes.values()];
			for (const [at, a] of places.entries()) {
				expect(a.x - size.width / 2 >= 0 && a.x + size.width / 2 <= drawing.width + 1).toBe(true);
				expect(a.y - size.height / 2 >= 0 && a.y + size.height / 2 <= drawing.height + 1).toBe(true);
				for (const b of places.slice(at + 1))
					expect(Math.abs(a.x - b.x) >= size.width || Math.abs(a.y - b.y) >= size.height).toBe(true);
			}
		}),
		{ numRuns: 8 },
	);
});

test("each issue leads to what is told of it, with where it stands in words; of more than forty, signs and colours tell", () => {
	const few = graphMarkup(issuesOf(nightFacts({ issues: 6, lines: 4 }))).source;
	expect(few).toContain('<a href="#issue-AL-3" class="bad"><title>AL-3: not accepted: new-failures.');
	expect(few).toContain('class="word"');
	const many = graphMarkup(issuesOf(nightFacts({ issues: 41, lines: 4 }))).source;
	expect(many).not.toContain('class="word"');
	expect(many.match(/<title>/g)).toHaveLength(41);
});
