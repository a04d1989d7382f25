import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { World } from "../support/world.ts";
import type { Figure } from "./figure.ts";
import { createFlood, FLOODING_CODEX, MEGABYTE, setFlood } from "./flood.ts";
import { alternate, paired, ratio, spread } from "./measure.ts";

const JOBS = 8;
/** Megabytes of events that all issues of a run have together. */
const STREAMS = { small: 10, large: 500 };
const ROUNDS = 3;
/** Milliseconds between looks; the kernel keeps the peak, so only the last one before the end counts. */
const LOOK = 20;

export const memory: Figure = {
	name: "memory",
	summary: "memory of the orchestrator at -j 8 while events of 10 MB and 500 MB stream in",
	async run(bench) {
		await using world = await createFlood(JOBS);
		const small = bench.size(STREAMS.small, 1);
		const large = bench.size(STREAMS.large, 10);
		bench.say(`${small} MB and ${large} MB of events`);
		const peaks = await alternate(
			{ small: () => peakOf(world, small), large: () => peakOf(world, large) },
			{ rounds: bench.size(ROUNDS, 1), warmUps: 0 },
		);
		return [
			{
				what: `peak with ${small} MB of events`,
				unit: "MB",
				measured: spread(peaks.small),
				target: 150,
				raw: {},
			},
			{
				what: `peak with ${large} MB of events`,
				unit: "MB",
				measured: spread(peaks.large),
				target: 150,
				raw: {},
			},
			{
				what: `${large} MB against ${small} MB`,
				unit: "×",
				measured: paired(peaks.large, peaks.small, ratio),
				target: 1.1,
				raw: {},
			},
		];
	},
};

/** The most memory that the orchestrator's own process had at a time, in megabytes. */
async function peakOf(world: World, megabytes: number): Promise<number> {
	await setFlood(world, (megabytes * MEGABYTE) / JOBS);
	const running = world.start(["dev", "M1", "-j", String(JOBS), "-B", "--codex", FLOODING_CODEX]);
	let peak = 0;
	let isOver = false;
	const watch = async () => {
		while (!isOver) {
			const status = await readFile(`/proc/${running.child.pid}/status`, "utf8").catch(() => "");
			peak = Math.max(peak, (Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024) / MEGABYTE);
			await delay(LOOK);
		}
	};
	const [{ exitCode, stderr }] = await Promise.all([running.finished.finally(() => (isOver = true)), watch()]);
	if (exitCode !== 0) throw new Error(stderr);
	// Earlier attempts are kept, which would take gigabytes here.
	await rm(join(world.repository.path, "logs/orch"), { recursive: true });
	if (peak === 0) throw new Error("the peak of a process is read from /proc, which is not there");
	return peak;
}
