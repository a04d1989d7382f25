import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeModule } from "./above-empty.ts";
import { writeBacklog } from "./backlog.ts";
import type { Figure } from "./figure.ts";
import { alternate, paired, ratio, spread, timed } from "./measure.ts";
import { NODE_WITH_TSX, ROOT, runProgram } from "./processes.ts";

/** Milliseconds in which somebody who has typed a command is to see that it was understood. */
const TARGET = 300;

export const firstLine: Figure = {
	name: "first-line",
	summary: "time from the start of a run to its first line, against an empty file",
	async run(bench) {
		const repository = join(bench.folder, "repository");
		await mkdir(repository);
		writeBacklog(repository, 10, 10);
		const empty = await writeModule(bench, "empty", "");
		// A milestone that there is not: the line comes first, and then the run ends by itself.
		const words = [...NODE_WITH_TSX, "orchfile.ts", "-C", repository, "dev", "NOSUCH"];
		const { ours, floor } = await alternate(
			{
				ours: () => untilFirstLine(words),
				floor: () => timed(() => runProgram([...NODE_WITH_TSX, empty], { cwd: ROOT })),
			},
			{ rounds: bench.size(20, 3) },
		);
		const raw = { ours: spread(ours), "empty file": spread(floor) };
		return [
			{ what: "first line of a run, node --import tsx", unit: "ms", measured: spread(ours), target: TARGET, raw },
			{ what: "the same against an empty file to its end", unit: "×", measured: paired(ours, floor, ratio), raw },
		];
	},
};

/** Milliseconds until a program says something; waits for its end as well. @throws Error when it says nothing. */
async function untilFirstLine([program = "", ...args]: readonly string[]): Promise<number> {
	const from = performance.now();
	const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
	const closed = once(child, "close");
	const said = await Promise.race([once(child.stderr, "data"), closed.then(() => undefined)]);
	const time = performance.now() - from;
	if (!String(said?.[0]).startsWith("dev NOSUCH: ")) throw new Error(`the first line is not the run's: ${said?.[0]}`);
	child.stderr.resume();
	await closed;
	return time;
}
