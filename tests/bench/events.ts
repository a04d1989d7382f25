import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Figure, Row } from "./figure.ts";
import { createFlood, FLOODING_CODEX, MEGABYTE, setFlood } from "./flood.ts";
import { alternate, spread, timed } from "./measure.ts";
import { programIn, runProgram } from "./processes.ts";

const SIZE = 200;
const ROUNDS = 7;

export const events: Figure = {
	name: "events",
	summary: "speed of events on their way into dev.jsonl, against the SDK alone and against cat",
	async run(bench) {
		const size = bench.size(SIZE, 5);
		await using world = await createFlood(1);
		const { repository, codexHome } = world;
		const context = {
			issueId: "FLOOD-1",
			milestoneId: "M1",
			branchName: "issue/FLOOD-1",
			worktreePath: repository.path,
		};
		const prompt = join(repository.folder, "prompt");
		await writeFile(prompt, `ORCH_CONTEXT:\n${JSON.stringify(context)}\n`);
		const env = { PATH: process.env.PATH ?? "", HOME: repository.home, CODEX_HOME: codexHome };
		const log = join(repository.path, "logs/orch/M1/FLOOD-1/dev.jsonl");
		const piped = join(repository.folder, "piped.jsonl");
		const full = (subject: () => Promise<number>) => async () => {
			await setFlood(world, size * MEGABYTE);
			return subject();
		};
		const none = (subject: () => Promise<number>) => async () => {
			await setFlood(world, 0);
			return subject();
		};
		const ours = () =>
			timed(async () => {
				const { exitCode, stderr } = await world.run(["dev", "FLOOD-1", "-B", "--codex", FLOODING_CODEX]);
				if (exitCode !== 0) throw new Error(stderr);
			});
		const sdk = () =>
			timed(() => runProgram([...programIn("bare-sdk"), FLOODING_CODEX, prompt, repository.home], { env }));
		const cat = () =>
			timed(() =>
				runProgram(
					[
						"bash",
						"-c",
						'"$1" exec --cd "$2" <"$3" | cat >"$4"',
						"cat",
						FLOODING_CODEX,
						repository.home,
						prompt,
						piped,
					],
					{ env },
				),
			);
		bench.say(`${size} MB of events, and none`);
		const times = await alternate(
			{
				oursFull: full(ours),
				oursNone: none(ours),
				sdkFull: full(sdk),
				sdkNone: none(sdk),
				catFull: full(cat),
				catNone: none(cat),
			},
			{ rounds: bench.size(ROUNDS, 2) },
		);
		await full(ours)();
		const written = (await stat(log)).size;
		if (written < size * MEGABYTE) throw new Error(`only ${written} bytes of events are in ${log}`);
		const perSize = (fullTimes: readonly number[], noneTimes: readonly number[]) =>
			fullTimes.map((time, round) => time - (noneTimes[round] as number));
		const own = perSize(times.oursFull, times.oursNone);
		const bare = perSize(times.sdkFull, times.sdkNone);
		const least = perSize(times.catFull, times.catNone);
		const beyond = own.map((time, round) => time - (bare[round] as number));
		const speed = (taken: readonly number[]) => spread(taken.map((time) => size / (Math.max(time, 1) / 1_000)));
		const raw = { ours: spread(own), "bare SDK": spread(bare), cat: spread(least) };
		const rows: readonly Row[] = [
			{
				what: "from the SDK's line to dev.jsonl",
				unit: "MB/s",
				measured: speed(beyond),
				target: { atLeast: 100 },
				raw,
			},
			{ what: "from Codex to dev.jsonl, the SDK included", unit: "MB/s", measured: speed(own), raw },
			{ what: "from Codex through the SDK alone", unit: "MB/s", measured: speed(bare), raw },
			{ what: "from Codex through cat to a file", unit: "MB/s", measured: speed(least), raw },
		];
		return rows;
	},
};
