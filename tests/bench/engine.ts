import type { Figure, Row } from "./figure.ts";
import { alternate, paired, ratio, spread } from "./measure.ts";
import { measuredBy } from "./processes.ts";

const TASKS = 10_000;
const JOBS = 8;
const ROUNDS = 9;
/** Most of what a task may wait for: from graphs that are nearly a list to such that are dense. */
const BLOCKERS = [1, 3, 20];

export const engine: Figure = {
	name: "engine",
	summary: "10,000 tasks that do nothing, in random graphs, against p-graph",
	async run(bench) {
		const tasks = String(bench.size(TASKS, 100));
		const rows: Row[] = [];
		for (const blockers of BLOCKERS) {
			bench.say(`${tasks} tasks that wait for up to ${blockers} others`);
			const by = (engine: string) => (round: number) =>
				measuredBy("engine", engine, tasks, String(blockers), String(JOBS), String(round));
			const { ours, floor } = await alternate(
				{ ours: by("ours"), floor: by("p-graph") },
				{ rounds: bench.size(ROUNDS, 3) },
			);
			rows.push({
				what: `${tasks} tasks that wait for up to ${blockers}, against p-graph`,
				unit: "×",
				measured: paired(ours, floor, ratio),
				target: 1,
				raw: { ours: spread(ours), "p-graph": spread(floor) },
			});
		}
		return rows;
	},
};
