import type { Figure, Row } from "./figure.ts";
import { alternate, paired, ratio, spread, timed } from "./measure.ts";
import { ROOT, runProgram } from "./processes.ts";
import { runFloor, runOurs } from "./side-by-side.ts";
import { createTwins } from "./twins.ts";

const JOBS = 8;
/** Issues that each of the jobs has, one after the other. */
const TURNS = 2;
const ROUNDS = 3;
/** Seconds that the model takes for a turn. */
const LATENCY = 2;

export const jobs: Figure = {
	name: "jobs",
	summary: "16 issues at -j 8, the model taking 2 s a turn, against what this machine can do",
	async run(bench) {
		const rounds = bench.size(ROUNDS, 1);
		const count = bench.size(JOBS, 2);
		const issues = Array.from({ length: rounds + 1 }, (_, round) =>
			Array.from({ length: TURNS * count }, (_, at) => ({ id: `R${round}-${at + 1}`, milestone: `R${round}` })),
		);
		await using twins = await createTwins(issues.flat());
		bench.say(`${TURNS * count} issues, -j ${count}`);
		let scripts = 0;
		const lists = (jobs: number, turns: number) =>
			Array.from({ length: jobs }, () => Array.from({ length: turns }, () => `L-${++scripts}`));
		const floor = (latency: number, jobs: number, turns: number) => async () => {
			twins.setLatency(latency);
			return (await runFloor(twins, lists(jobs, turns))).total;
		};
		const times = await alternate(
			{
				async ours(round) {
					twins.setLatency(LATENCY);
					return (await runOurs(twins, `R${round}`, ["-j", String(count)])).total;
				},
				single: floor(LATENCY, 1, 1),
				busy: floor(0, count, 1),
				scripts: floor(LATENCY, count, TURNS),
				sdk: () => timed(() => loadSdk(count, TURNS)),
			},
			{ rounds },
		);
		const ideal = times.single.map((single, at) => TURNS * Math.max(single, times.busy[at] as number));
		const raw = {
			ours: spread(times.ours),
			"floor, one issue": spread(times.single),
			[`${count} floors at once, one issue each, model at 0 s`]: spread(times.busy),
			[`${count} floors at once, ${TURNS} issues each`]: spread(times.scripts),
		};
		const what = `${TURNS * count} issues at -j ${count}`;
		const rows: readonly Row[] = [
			{
				what: `${what} against ideal`,
				unit: "×",
				measured: paired(times.ours, ideal, ratio),
				target: 1.1,
				raw,
			},
			{
				what: `${what} against ${count} floors at once`,
				unit: "×",
				measured: paired(times.ours, times.scripts, ratio),
				raw,
			},
			{ what: `${count} floors at once against ideal`, unit: "×", measured: paired(times.scripts, ideal, ratio), raw },
			{
				what: `${TURNS * count} Nodes that load the SDK, ${count} at once, against ideal`,
				unit: "×",
				measured: paired(times.sdk, ideal, ratio),
				raw: { "the Nodes": spread(times.sdk) },
			},
		];
		return rows;
	},
};

/** The least that an issue needs beside what the floor does: the SDK runs in a Node of its own for each turn. */
async function loadSdk(jobs: number, turns: number): Promise<void> {
	const node = `'${process.execPath}' --input-type=module -e 'import "@openai/codex-sdk"'`;
	const script = `for ((job = 0; job < ${jobs}; job++)); do
	for ((turn = 0; turn < ${turns}; turn++)); do ${node}; done &
done
wait`;
	await runProgram(["bash", "-c", script], { cwd: ROOT, env: { PATH: process.env.PATH ?? "" } });
}
