// How close the orchfile is to the limit: npm run bench, or npm run bench -- start plan

import { rmSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure, Row } from "./figure.ts";
import { FIGURES } from "./figures.ts";
import { isNoisy, machine } from "./machine.ts";
import { ROOT } from "./processes.ts";
import { table } from "./table.ts";

const USAGE = `usage: npm run bench [-- FIGURE...]

Measures all figures, or these:
${FIGURES.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join("\n")}

BENCH_SCALE=0.1 makes sizes and rounds a tenth of what they are, to try it out; such numbers say nothing.
docs/performance.md explains every figure.
`;

const say = (text: string) => process.stderr.write(`${text}\n`);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !FIGURES.some((figure) => figure.name === name));
const scale = Number(process.env.BENCH_SCALE ?? 1);
if (wanted.some((name) => name === "--help" || name === "-h")) process.stdout.write(USAGE);
else if (unknown.length > 0) refuse(`There is no figure "${unknown.join('", "')}".`);
else if (!(scale > 0 && scale <= 1))
	refuse(`BENCH_SCALE is "${process.env.BENCH_SCALE}", not a number above 0 and up to 1.`);
else await measure(FIGURES.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));

function refuse(why: string): void {
	process.stderr.write(`${why}\n\n${USAGE}`);
	process.exitCode = 2;
}

async function measure(figures: readonly Figure[]): Promise<void> {
	// Whatever is made, also by the programs that are measured, is made in here.
	const folder = await realpath(await mkdtemp(join(tmpdir(), "orchfile-bench-")));
	process.env.TMPDIR = folder;
	for (const [signal, code] of [
		["SIGINT", 130],
		["SIGTERM", 143],
	] as const) {
		process.once(signal, () => {
			rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
			process.exit(code);
		});
	}
	const date = new Date().toISOString();
	const file = join(ROOT, "logs/bench", `${date.replaceAll(":", "-")}.json`);
	await mkdir(join(ROOT, "logs/bench"), { recursive: true });
	const rows: (Row & { readonly figure: string })[] = [];
	const failed: string[] = [];
	const before = machine();
	if (isNoisy(before)) say(`Something else runs here (load ${before.load}): these numbers will say little.`);
	try {
		for (const { name, run } of figures) {
			const own = join(folder, name);
			await mkdir(own);
			try {
				const measured = await run({ folder: own, size: sizeOf, say: (text) => say(`${name}: ${text}`) });
				rows.push(...measured.map((row) => ({ figure: name, ...row })));
			} catch (error) {
				failed.push(name);
				say(`${name} could not be measured: ${error instanceof Error ? error.stack : error}`);
			}
			await rm(own, { recursive: true, force: true, maxRetries: 10 });
			await writeFile(file, `${JSON.stringify({ date, scale, machine: before, failed, rows }, null, "\t")}\n`);
		}
	} finally {
		await rm(folder, { recursive: true, force: true, maxRetries: 10 });
	}
	process.stdout.write(table(rows));
	say(`\n${file}`);
	if (scale < 1) say(`With BENCH_SCALE=${scale}, these numbers only show that the measuring works.`);
	if (failed.length > 0) process.exitCode = 1;
}

function sizeOf(full: number, least = 1): number {
	return Math.max(least, Math.round(full * scale));
}
