import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { Readable, Writable } from "node:stream";
import { oneAtATime } from "../../tasks/system/one-at-a-time.ts";
import type { Finished } from "./world.ts";

type Program = typeof import("./program.ts");
type Edited = { readonly graph: Program["graph"] };

/** What a run in this process is started with. */
export interface Given {
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** One that imports the program; this repository's own when absent. */
	readonly orchfile: string | undefined;
	/** It is the installed program's own word, which no orchfile has. */
	readonly isInit?: boolean;
	/** Of the terminal that it prints to; it is none when absent. */
	readonly columns?: number | undefined;
	/** Asks Codex and its sandbox, whatever they have said to an earlier run. */
	readonly asksCodex: boolean;
}

/** Variables of the tests, which stay while a run has all others as its world has them. */
const OF_TESTS = /^(?:VITEST|ORCHFILE_(?:BUNDLE|PROGRAM|CERTIFICATES|CODEX_HOME|FAULT_POINT))/;

/** The working directory and the variables of a process are one, so a run has them to itself. */
const alone = oneAtATime();
let loaded: Promise<Program> | undefined;

/** Runs the orchfile in this process, once no other run is in it. */
export function runHere(program: string, given: Given): Promise<Finished> {
	return alone(async () => {
		loaded ??= import(program) as Promise<Program>;
		const { initProgram, runProgram, graph: own, rememberAnswers } = await loaded;
		const { graph } = given.orchfile === undefined ? { graph: own } : ((await import(given.orchfile)) as Edited);
		const [stdout, stderr] = [collector(given.columns), collector(given.columns)];
		const cwd = realpathSync(given.cwd);
		const giveBack = surround(cwd, given.env);
		try {
			rememberAnswers(!given.asksCodex);
			const path = given.orchfile ?? process.env.ORCHFILE_BUNDLE ?? "";
			const invocation = { command: `npx tsx ${relative(cwd, path)}`, extras: [] };
			const start = {
				args: given.args,
				cwd,
				env: process.env,
				stdout: stdout.stream,
				stderr: stderr.stream,
				stdin: Readable.from([]) as unknown as NodeJS.ReadStream,
			};
			const exitCode = given.isInit
				? await initProgram(start)
				: await runProgram(graph, "orchfile.js", invocation, start);
			return { exitCode, signal: null, stdout: await stdout.ended(), stderr: await stderr.ended() };
		} finally {
			giveBack();
		}
	});
}

/** Gives this process another working directory and other variables; returns what puts its own back. */
function surround(cwd: string, env: Given["env"]): () => void {
	const before = { ...process.env };
	const own = process.cwd;
	fill({ ...env, ...Object.fromEntries(Object.entries(before).filter(([name]) => OF_TESTS.test(name))) });
	// Node resolves paths by this function. The process itself stays where it is: what tests start has no folder of a world.
	process.cwd = () => cwd;
	return () => {
		process.cwd = own;
		fill(before);
	};
}

/** In place, since `os.homedir` asks for the variables of the process. */
function fill(env: Given["env"]): void {
	for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name];
	for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value;
}

/** A stream, which is no terminal unless it has columns. Once it is ended, it has all that was written to it, also what was still held back. */
function collector(columns: number | undefined): { readonly stream: NodeJS.WriteStream; ended(): Promise<string> } {
	const chunks: Buffer[] = [];
	const stream = new Writable({
		write(chunk, _, done) {
			chunks.push(chunk);
			done();
		},
	});
	if (columns !== undefined) Object.assign(stream, { isTTY: true, columns, hasColors: () => false });
	return {
		stream: stream as NodeJS.WriteStream,
		async ended() {
			await new Promise<void>((resolve) => stream.end(resolve));
			return Buffer.concat(chunks).toString("utf8");
		},
	};
}
