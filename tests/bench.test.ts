import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FIGURES } from "./bench/figures.ts";
import { alternate, growthExponent, median, paired, ratio, spread } from "./bench/measure.ts";
import { table } from "./bench/table.ts";
import { ROOT } from "./support/documents.ts";

test("the page on performance explains every figure that is measured, in the same order, and no other", () => {
	const page = readFileSync(join(ROOT, "docs/performance.md"), "utf8");
	const rows = page.split("## Figures")[1]?.split("## What git costs")[0] ?? "";
	expect([...rows.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name]) => name)).toEqual(FIGURES.map(({ name }) => name));
});

test("subjects take turns, in the other order every second round, and what warms up does not count", async () => {
	const calls: string[] = [];
	const subject = (name: string) => async (round: number) => calls.push(`${name}${round}`);
	const { ours, floor } = await alternate({ ours: subject("ours"), floor: subject("floor") }, { rounds: 2 });
	expect(calls).toEqual(["ours0", "floor0", "floor1", "ours1", "ours2", "floor2"]);
	expect([ours, floor]).toEqual([
		[4, 5],
		[3, 6],
	]);
});

test("a round is compared with itself, so a machine that becomes slower meanwhile does not count", () => {
	expect(paired([2, 20, 200], [1, 10, 100], ratio)).toEqual({ median: 2, low: 2, high: 2, count: 3 });
	expect(spread([4, 1, 3, 2, 5])).toEqual({ median: 3, low: 2, high: 4, count: 5 });
	expect(median([1, 2])).toBe(1.5);
	expect(() => spread([])).toThrow("nothing was measured");
});

test("growth is the steepest between neighbours, which a good average can't hide", () => {
	const points = [
		{ size: 10, time: 10 },
		{ size: 100, time: 100 },
		{ size: 200, time: 400 },
	];
	expect(growthExponent(points)).toBeCloseTo(2);
	expect(growthExponent(points.slice(0, 2))).toBeCloseTo(1);
});

test("a table says what was missed, and nothing where there is no target", () => {
	const row = { figure: "jobs", portable: true, unit: "×", raw: {} } as const;
	expect(
		table([
			{ ...row, what: "against ideal", measured: spread([1.2, 1.3, 1.4]), target: 1.1, met: false },
			{ ...row, what: "against floors", measured: spread([1.05]), met: undefined },
		]),
	).toBe(
		`FIGURE  MEASURED        TARGET   MEDIAN  QUARTILES
jobs    against ideal   ≤ 1.1 ×  1.30 ×  1.25 – 1.35  missed
jobs    against floors           1.05 ×
`,
	);
});
