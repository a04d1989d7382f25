import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench, Row } from "./figure.ts";
import { alternate, difference, paired, spread, timed } from "./measure.ts";
import { NODE_WITH_TSX, ROOT, runProgram } from "./processes.ts";

/** The two ways to run a TypeScript file; npx asks npm first, which takes longer than all the rest and varies more. */
const WAYS = {
	node: { command: NODE_WITH_TSX, rounds: 20, words: "node --import tsx" },
	npx: { command: ["npx", "tsx"], rounds: 5, words: "npx tsx" },
} as const;

/** How much longer the orchfile takes with these arguments than an empty file that is started in the same way. */
export async function aboveEmpty(
	bench: Bench,
	argumentLists: Readonly<Record<string, readonly string[]>>,
	target: number,
): Promise<readonly Row[]> {
	const empty = join(bench.folder, "empty", "empty.ts");
	await mkdir(join(bench.folder, "empty"));
	await writeFile(join(bench.folder, "empty", "package.json"), '{ "type": "module" }\n');
	await writeFile(empty, "");
	const rows: Row[] = [];
	for (const { command, rounds, words } of Object.values(WAYS)) {
		bench.say(`${words}: ${Object.keys(argumentLists).join(", ")}`);
		const run = (...args: readonly string[]) => timed(() => runProgram([...command, ...args], { cwd: ROOT }));
		const ours = Object.entries(argumentLists).map(
			([name, args]) => [name, () => run("orchfile.ts", ...args)] as const,
		);
		const subjects: Record<string, () => Promise<number>> = { empty: () => run(empty), ...Object.fromEntries(ours) };
		const times = await alternate(subjects, { rounds: bench.size(rounds, 3) });
		const floor = times.empty ?? [];
		for (const [name] of ours) {
			const own = times[name] ?? [];
			rows.push({
				what: `${name} above an empty file, ${words}`,
				unit: "ms",
				measured: paired(own, floor, difference),
				target,
				raw: { ours: spread(own), "empty file": spread(floor) },
			});
		}
	}
	return rows;
}
