import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeBacklog } from "./backlog.ts";
import type { Figure, Row } from "./figure.ts";
import { alternate, growthExponent, paired, ratio, spread } from "./measure.ts";
import { measuredBy } from "./processes.ts";

const DOCUMENTS = [1_000, 10_000, 50_000];
const ROUNDS = 7;

export const discovery: Figure = {
	name: "discovery",
	summary: "reading 1,000, 10,000 and 50,000 documents against reading the same bytes",
	async run(bench) {
		const rows: Row[] = [];
		const points: { readonly size: number; readonly time: number }[] = [];
		for (const full of DOCUMENTS) {
			const size = bench.size(full, 10);
			bench.say(`${size} documents`);
			const folder = join(bench.folder, String(size));
			await mkdir(folder);
			writeBacklog(folder, size, Math.ceil(size / 10));
			const { ours, floor } = await alternate(
				{ ours: () => measuredBy("discover", "ours", folder), floor: () => measuredBy("discover", "read", folder) },
				{ rounds: bench.size(ROUNDS, 3) },
			);
			points.push({ size, time: spread(ours).median });
			rows.push({
				what: `${size} documents against reading their bytes`,
				unit: "×",
				measured: paired(ours, floor, ratio),
				target: { atMost: 3 },
				raw: { ours: spread(ours), "reading the bytes": spread(floor) },
			});
		}
		const growth = spread([growthExponent(points)]);
		return [
			...rows,
			{ what: "growth with the documents", unit: "^", measured: growth, target: { atMost: 1.1 }, raw: {} },
		];
	},
};
