import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench, Row } from "./figure.ts";
import { alternate, difference, paired, spread, timed } from "./measure.ts";
import { NODE_WITH_TSX, ROOT, runProgram } from "./processes.ts";

/** The two ways to run a TypeScript file; npx asks npm first, which takes longer than all the rest and varies more. */
const WAYS = {
	node: { command: NODE_WITH_TSX, rounds: 20, words: "node --import tsx" },
	npx: { command: ["npx", "tsx"], rounds: 5, words: "npx tsx" },
} as const;

/** A program that is measured: what it is started with, and how long it should take at most. */
export interface Started {
	readonly args: readonly string[];
	/** Milliseconds; absent where the number only helps to read the others. */
	readonly target?: number;
}

/** How much longer these programs take than an empty file that is started in the same way. */
export async function aboveEmpty(bench: Bench, programs: Readonly<Record<string, Started>>): Promise<readonly Row[]> {
	const empty = await writeModule(bench, "empty", "");
	const rows: Row[] = [];
	for (const { command, rounds, words } of Object.values(WAYS)) {
		bench.say(`${words}: ${Object.keys(programs).join(", ")}`);
		const run = (...args: readonly string[]) => timed(() => runProgram([...command, ...args], { cwd: ROOT }));
		const ours = Object.entries(programs).map(([name, { args }]) => [name, () => run(...args)] as const);
		const subjects: Record<string, () => Promise<number>> = { empty: () => run(empty), ...Object.fromEntries(ours) };
		const times = await alternate(subjects, { rounds: bench.size(rounds, 3) });
		const floor = times.empty ?? [];
		for (const [name, { target }] of Object.entries(programs)) {
			const own = times[name] ?? [];
			rows.push({
				what: `${name} above an empty file, ${words}`,
				unit: "ms",
				measured: paired(own, floor, difference),
				...(target === undefined ? {} : { target }),
				raw: { ours: spread(own), "empty file": spread(floor) },
			});
		}
	}
	return rows;
}

/** Writes a module of its own, and returns its path. */
export async function writeModule(bench: Bench, name: string, text: string): Promise<string> {
	const folder = join(bench.folder, name);
	await mkdir(folder);
	await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
	await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
	const file = join(folder, `${name}.ts`);
	await writeFile(file, text);
	return file;
}
