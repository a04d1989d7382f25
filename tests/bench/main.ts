// How close the orchfile is to the limit: npm run bench, or npm run bench -- start plan

import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { descendants } from "../support/processes.ts";
import { type Figure, isMet, type MeasuredRow, PORTABLE } from "./figure.ts";
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
	const before = machine();
	if (isNoisy(before)) say(`Something else runs here (load ${before.load}): these numbers will say little.`);
	// Whatever is made, also by the programs that are measured, is made in here.
	const folder = await realpath(await mkdtemp(join(tmpdir(), "orchfile-bench-")));
	process.env.TMPDIR = folder;
	const stop = stopOnSignal();
	const date = new Date().toISOString();
	const file = join(ROOT, "logs/bench", `${date.replaceAll(":", "-")}.json`);
	await mkdir(dirname(file), { recursive: true });
	const rows: MeasuredRow[] = [];
	const failed: string[] = [];
	try {
		for (const { name, run } of figures) {
			const own = join(folder, name);
			await mkdir(own);
			try {
				const measured = await run({ folder: own, size: sizeOf, say: (text) => say(`${name}: ${text}`) });
				rows.push(
					...measured.map((row) => ({ figure: name, portable: PORTABLE.has(row.unit), met: isMet(row), ...row })),
				);
			} catch (error) {
				if (stop.signal) break;
				failed.push(name);
				say(`${name} could not be measured: ${error instanceof Error ? error.stack : error}`);
			}
			if (stop.signal) break;
			await rm(own, { recursive: true, force: true, maxRetries: 10 });
			await writeFile(file, `${JSON.stringify({ date, scale, machine: before, failed, rows }, null, "\t")}\n`);
		}
	} finally {
		await rm(folder, { recursive: true, force: true, maxRetries: 10 });
	}
	if (rows.length > 0) process.stdout.write(table(rows));
	if (rows.length + failed.length > 0) say(`\n${file}`);
	if (scale < 1 && rows.length > 0) say(`With BENCH_SCALE=${scale}, these numbers only show that the measuring works.`);
	process.exitCode = stop.signal ? 128 + constants.signals[stop.signal] : failed.length > 0 ? 1 : 0;
}

/** At the first signal everything that was started is ended; what is being measured then fails, and its folders go. */
function stopOnSignal(): { readonly signal: NodeJS.Signals | undefined } {
	const stop: { signal: NodeJS.Signals | undefined } = { signal: undefined };
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
		// Not `once`: npm hands on what a terminal has sent already.
		process.on(signal, async () => {
			if (stop.signal) return;
			stop.signal = signal;
			for (const { pid } of await descendants(process.pid)) {
				try {
					process.kill(pid, "SIGKILL");
				} catch {
					// It has ended in the meantime.
				}
			}
		});
	}
	return stop;
}

function sizeOf(full: number, least = 1): number {
	return Math.max(least, Math.round(full * scale));
}
