import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeBacklog } from "./backlog.ts";
import type { Figure, Row } from "./figure.ts";
import { alternate, difference, growthExponent, paired, spread, timed } from "./measure.ts";
import { NODE_WITH_TSX, ROOT, runProgram } from "./processes.ts";

const DOCUMENTS = [2_500, 5_000, 10_000];
/** Issues of one milestone, each of which may wait for others of it. */
const WIDE = 5_000;
const ROUNDS = 5;

export const planning: Figure = {
	name: "planning",
	summary: "how plan and check grow with the backlog",
	async run(bench) {
		const rows: Row[] = [];
		const plans: { readonly size: number; readonly time: number }[] = [];
		const checks: { readonly size: number; readonly time: number }[] = [];
		for (const full of DOCUMENTS) {
			const size = bench.size(full, 20);
			const folder = await backlogOf(join(bench.folder, String(size)), size, Math.ceil(size / 10));
			bench.say(`plan and check, ${size} documents`);
			const { plan, check, raw } = await beyondStart(folder, bench.size(ROUNDS, 3));
			plans.push({ size, time: plan.median });
			checks.push({ size, time: check.median });
			rows.push({ what: `plan beyond the start, ${size} documents`, unit: "ms", measured: plan, raw });
			rows.push({ what: `check beyond the start, ${size} documents`, unit: "ms", measured: check, raw });
		}
		const wide = bench.size(WIDE, 20);
		bench.say(`one milestone of ${wide} issues`);
		const { plan, raw } = await beyondStart(
			await backlogOf(join(bench.folder, "wide"), wide, wide),
			bench.size(ROUNDS, 3),
		);
		rows.push({ what: `plan beyond the start, one milestone of ${wide}`, unit: "ms", measured: plan, raw });
		for (const [what, points] of Object.entries({ plan: plans, check: checks })) {
			const measured = spread([growthExponent(points)]);
			rows.push({
				what: `growth of ${what} with the documents`,
				unit: "^",
				measured,
				target: 1.1,
				raw: {},
			});
		}
		return rows;
	},
};

async function backlogOf(folder: string, count: number, perMilestone: number): Promise<string> {
	await mkdir(folder);
	writeBacklog(folder, count, perMilestone);
	return folder;
}

async function beyondStart(folder: string, rounds: number) {
	const run = (...args: readonly string[]) =>
		timed(() => runProgram([...NODE_WITH_TSX, "orchfile.ts", "-C", folder, ...args], { cwd: ROOT }));
	const times = await alternate(
		{ start: () => run("--list"), plan: () => run("plan", "M0"), check: () => run("check") },
		{ rounds },
	);
	return {
		plan: paired(times.plan, times.start, difference),
		check: paired(times.check, times.start, difference),
		raw: { start: spread(times.start), plan: spread(times.plan), check: spread(times.check) },
	};
}
