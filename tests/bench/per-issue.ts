import type { Bench, Figure, Row } from "./figure.ts";
import { alternate, difference, median, paired, ratio, type Spread, spread, timed } from "./measure.ts";
import { measuredBy, runProgram } from "./processes.ts";
import { type Course, runFloor, runOurs } from "./side-by-side.ts";
import { createTwins, type Twins } from "./twins.ts";

/** Issues in a row, whose own time is what lies between the end of one and of the next; one more comes first. */
const BLOCK = 10;

export const perIssue: Figure = {
	name: "per-issue",
	summary: "what is added to the least script, one issue at a time, the model taking 0 s and 2 s a turn",
	async run(bench) {
		const block = bench.size(BLOCK, 2);
		const quick = { name: "Q", latency: 0, rounds: bench.size(5, 2) };
		const slow = { name: "S", latency: 2, rounds: bench.size(2, 1) };
		const issues = [quick, slow].flatMap(({ name, rounds }) =>
			Array.from({ length: rounds + 1 }, (_, round) => idsOf(name, round, block)).flat(),
		);
		await using twins = await createTwins(issues.map((id) => ({ id, milestone: id.slice(0, id.indexOf("-")) })));
		const fast = await measure(bench, twins, block, quick);
		const waiting = await measure(bench, twins, block, slow);
		return [
			...rowsOf(fast),
			ratioRow(fast, "0 s"),
			{ ...ratioRow(waiting, "2 s"), target: 1.05 },
			await priceOfAProcess(bench),
		];
	},
};

function idsOf(name: string, round: number, block: number): string[] {
	return Array.from({ length: block + 1 }, (_, at) => `${name}${round}-${at + 1}`);
}

interface Measured {
	readonly ours: readonly Course[];
	readonly floor: readonly Course[];
}

async function measure(
	bench: Bench,
	twins: Twins,
	block: number,
	{ name, latency, rounds }: { readonly name: string; readonly latency: number; readonly rounds: number },
): Promise<Measured> {
	bench.say(`${(rounds + 1) * (block + 1)} issues of each, the model taking ${latency} s a turn`);
	twins.setLatency(latency);
	return alternate(
		{
			ours: (round) => runOurs(twins, `${name}${round}`),
			floor: (round) => runFloor(twins, [idsOf(name, round, block)]),
		},
		{ rounds },
	);
}

/** What each issue took, without the first of every run, which has to wait for the start. */
function steps({ ends }: Course): number[] {
	return ends.slice(1).map((end, at) => end - (ends[at] as number));
}

/** What a run takes beside its issues: its start, its checks, its end. */
function overhead(course: Course): number {
	const own = steps(course);
	return course.total - (own.length + 1) * median(own);
}

function rowsOf({ ours, floor }: Measured): Row[] {
	const [own, least] = [ours.flatMap(steps), floor.flatMap(steps)];
	const raw = { ours: spread(own), floor: spread(least) };
	const added = paired(own, least, difference);
	const beside = paired(ours.map(overhead), floor.map(overhead), difference);
	return [
		{
			what: `added per issue, over ${own.length} issues`,
			unit: "ms",
			measured: { ...added, median: raw.ours.median - raw.floor.median },
			target: 40,
			raw,
		},
		{
			what: "start, checks and end of a run",
			unit: "ms",
			measured: beside,
			raw: { ours: spread(ours.map(overhead)), floor: spread(floor.map(overhead)) },
		},
		{
			what: "added per issue, start included, in a run of 50",
			unit: "ms",
			measured: only(raw.ours.median - raw.floor.median + beside.median / 50),
			target: 40,
			raw: {},
		},
	];
}

function ratioRow({ ours, floor }: Measured, latency: string): Row {
	const [own, least] = [ours.flatMap(steps), floor.flatMap(steps)];
	return {
		what: `an issue against the floor, ${latency} a turn`,
		unit: "×",
		measured: { ...paired(own, least, ratio), median: median(own) / median(least) },
		raw: { ours: spread(own), floor: spread(least) },
	};
}

/** Processes of git that are started for {@link priceOfAProcess}. */
const STARTED = 30;
/** Megabytes that an orchestrator has beyond an empty Node under tsx. */
const MEMORY = 40;

/** Every process of ours begins as a fork of the orchestrator, every one of the floor's as a fork of bash. */
async function priceOfAProcess(bench: Bench): Promise<Row> {
	const byBash = ["bash", "-c", `for ((at = 0; at < ${STARTED}; at++)); do git version >/dev/null; done`];
	const times = await alternate(
		{
			ours: () => measuredBy("start-git", String(STARTED), String(MEMORY)),
			bash: () => timed(() => runProgram(byBash)),
		},
		{ rounds: bench.size(5, 2) },
	);
	const [own, least] = [times.ours.map((each) => each / STARTED), times.bash.map((each) => each / STARTED)];
	return {
		what: "a process of git, started by Node instead of bash",
		unit: "ms",
		measured: paired(own, least, difference),
		raw: { "by Node": spread(own), "by bash": spread(least) },
	};
}

function only(value: number): Spread {
	return spread([value]);
}
