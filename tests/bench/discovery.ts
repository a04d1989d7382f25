import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeBacklog } from "./backlog.ts";
import type { Figure, Row } from "./figure.ts";
import { alternate, difference, growthExponent, paired, ratio, spread } from "./measure.ts";
import { measuredBy } from "./processes.ts";

/** The more documents, the less of a measurement is what starts with it, and the less it varies: fewer rounds will do. */
const MEASURED = [
	{ documents: 1_000, rounds: 7 },
	{ documents: 10_000, rounds: 3 },
	{ documents: 50_000, rounds: 3 },
];

export const discovery: Figure = {
	name: "discovery",
	summary: "reading 1,000, 10,000 and 50,000 documents against reading the same bytes",
	async run(bench) {
		const rows: Row[] = [];
		const points: { readonly size: number; readonly time: number }[] = [];
		for (const { documents, rounds } of MEASURED) {
			const size = bench.size(documents, 10);
			bench.say(`${size} documents`);
			const folder = join(bench.folder, String(size));
			await mkdir(folder);
			writeBacklog(folder, size, Math.ceil(size / 10));
			const by = (what: string) => () => measuredBy("discover", what, folder);
			const { ours, floor, opening, parsing } = await alternate(
				{ ours: by("ours"), floor: by("read"), opening: by("open"), parsing: by("parse") },
				{ rounds: bench.size(rounds, 3) },
			);
			// Asking git about the repository takes the same for any backlog, and would make the growth look smaller.
			points.push({ size, time: paired(ours, opening, difference).median });
			const raw = {
				ours: spread(ours),
				"of which git": spread(opening),
				"reading the bytes": spread(floor),
				"reading and parsing": spread(parsing),
			};
			rows.push(
				{
					what: `${size} documents against reading their bytes`,
					unit: "×",
					measured: paired(ours, floor, ratio),
					target: 3,
					raw,
				},
				{
					what: `reading and parsing ${size} with the same packages, against reading`,
					unit: "×",
					measured: paired(parsing, floor, ratio),
					raw,
				},
			);
		}
		const growth = spread([growthExponent(points)]);
		return [...rows, { what: "growth with the documents", unit: "^", measured: growth, target: 1.1, raw: {} }];
	},
};
