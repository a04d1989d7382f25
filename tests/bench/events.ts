import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Figure, Row } from "./figure.ts";
import { createFlood, FLOODING_CODEX, MEGABYTE, setFlood } from "./flood.ts";
import { alternate, paired, ratio, spread, timed } from "./measure.ts";
import { programIn, runProgram } from "./processes.ts";

/** Megabytes. */
const SIZE = 200;
const ROUNDS = 7;
/** The program, a folder to work in, the prompt, and where the events go. */
const CAT = '"$1" exec --cd "$2" <"$3" | cat >"$4"';

export const events: Figure = {
	name: "events",
	summary: "time of events on their way into dev.jsonl, against the SDK alone and against cat",
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
		const flooded = (megabytes: number, subject: () => Promise<number>) => async () => {
			await setFlood(world, megabytes * MEGABYTE);
			return subject();
		};
		const ours = (megabytes: number) =>
			flooded(megabytes, async () => {
				const took = await timed(async () => {
					const { exitCode, stderr } = await world.run(["dev", "FLOOD-1", "-B", "--codex", FLOODING_CODEX]);
					if (exitCode !== 0) throw new Error(stderr);
				});
				const { size: written } = await stat(log);
				if (written < megabytes * MEGABYTE) throw new Error(`only ${written} bytes of events are in ${log}`);
				// Earlier attempts are kept, which would take gigabytes here.
				await rm(join(repository.path, "logs/orch"), { recursive: true });
				return took;
			});
		const sdk = () =>
			timed(() => runProgram([...programIn("bare-sdk"), FLOODING_CODEX, prompt, repository.home], { env }));
		const cat = () =>
			timed(() => runProgram(["bash", "-c", CAT, "cat", FLOODING_CODEX, repository.home, prompt, piped], { env }));
		bench.say(`${size} MB of events, and none`);
		const times = await alternate(
			{
				oursFull: ours(size),
				oursNone: ours(0),
				sdkFull: flooded(size, sdk),
				sdkNone: flooded(0, sdk),
				catFull: flooded(size, cat),
				catNone: flooded(0, cat),
			},
			{ rounds: bench.size(ROUNDS, 2) },
		);
		const own = differences(times.oursFull, times.oursNone);
		const bare = differences(times.sdkFull, times.sdkNone);
		const least = differences(times.catFull, times.catNone);
		const beyond = differences(own, bare);
		const perMegabyte = (taken: readonly number[]) => spread(taken.map((time) => time / size));
		const raw = { ours: spread(own), "bare SDK": spread(bare), cat: spread(least) };
		const rows: readonly Row[] = [
			{
				what: "from the SDK's line to dev.jsonl",
				unit: "ms/MB",
				measured: perMegabyte(beyond),
				// A hundred megabytes a second.
				target: 10,
				raw,
			},
			{ what: "from Codex to dev.jsonl, the SDK included", unit: "ms/MB", measured: perMegabyte(own), raw },
			{ what: "from Codex through the SDK alone", unit: "ms/MB", measured: perMegabyte(bare), raw },
			{ what: "from Codex through cat to a file", unit: "ms/MB", measured: perMegabyte(least), raw },
			{ what: "the SDK included, against the SDK alone", unit: "×", measured: paired(own, bare, ratio), raw },
		];
		return rows;
	},
};

/** Round by round, what one took longer than the other. */
function differences(longer: readonly number[], shorter: readonly number[]): number[] {
	return longer.map((time, round) => time - (shorter[round] as number));
}
