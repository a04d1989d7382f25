import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { findProgram } from "../find-program.ts";
import { removeFolder } from "../remove-folder.ts";
import { RUN_VARIABLE, THIS_RUN } from "../this-run.ts";
import { Watchdog } from "../watchdog.ts";
import { CappedFile } from "./capped-file.ts";
import { type ConfinedProgram, type Confinement, confinedCommand } from "./confine.ts";
import { withoutInherited } from "./inherited-files.ts";
import { makePipe } from "./output-pipe.ts";
import { makeWork } from "./room.ts";
import { Status } from "./status.ts";
import { syscallFilter } from "./syscall-filter.ts";
import { usageOf } from "./usage.ts";

/** A command and how much it may use. */
export interface ConfinedRun {
	/** Path of the program `bwrap`. */
	readonly bubblewrap: string;
	readonly command: ConfinedProgram["command"];
	readonly cwd: string;
	/** A file that does not exist yet; it takes the standard output and the error output, in the order they come. */
	readonly outputFile: string;
	readonly limits: ConfinedLimits;
	readonly signal: AbortSignal;
}

/** What a command may use at most; at the first that is reached, it is ended. */
export interface ConfinedLimits {
	/** Milliseconds. */
	readonly timeout: number;
	/** Of all at once, looked for every {@link LOOK} milliseconds. */
	readonly processes: number;
	/** Bytes of memory of all together, as often. What is not mapped is not seen; where memory runs out, the kernel ends these first. */
	readonly memory: number;
	/** Bytes of output that are kept: the beginning, and the end. */
	readonly output: number;
}

/** How a confined command ended. */
export type ConfinedEnd =
	/** Of a signal, 128 and its number. */
	| { readonly kind: "ended"; readonly exitCode: number }
	/** At its limit: of milliseconds, processes, bytes. */
	| { readonly kind: "timed-out" | "too-many-processes" | "too-much-memory"; readonly limit: number }
	/** Bubblewrap could not confine it; `message` is what it said. */
	| { readonly kind: "not-started"; readonly message: string };

/** Milliseconds between two looks at what is used. */
const LOOK = 100;
/** Bytes of output after which a command waits for so many milliseconds: a flood is not to keep this process from all else. */
const MOST_AT_ONCE = 8 << 20;
const BREATH = 10;
/** Threads, for each process that there may be. */
const THREADS = 16;
/** How often a start is tried: a socket may go in the moment in which it is to be covered. */
const MOST_STARTS = 3;

/** Whether bubblewrap says that something to be covered is gone, alone or with the folders that led to it: it would make both anew. */
export function isOfMoment(message: string): boolean {
	return /No such file or directory|Can't (?:mkdir parents|create file)/.test(message);
}

/**
 * Runs a command in a confinement. When it returns, nothing that the command has started runs any more, also where this process is
 * killed meanwhile.
 * @throws Failure `disk-full`, `program-missing`; the signal's reason when that was aborted.
 */
export async function runConfined(confinement: Confinement, run: ConfinedRun): Promise<ConfinedEnd> {
	const output = await CappedFile.create(run.outputFile, run.limits.output);
	try {
		for (let start = 1; ; start++) {
			const end = await runOnce(confinement, run, output);
			if (end.kind !== "not-started" || !isOfMoment(end.message) || start === MOST_STARTS) return end;
		}
	} finally {
		await output.close();
	}
}

async function runOnce(confinement: Confinement, run: ConfinedRun, output: CappedFile): Promise<ConfinedEnd> {
	const { command, cwd, limits, signal } = run;
	signal.throwIfAborted();
	const work = makeWork(confinement.room);
	try {
		const program = { command, cwd, work, threads: THREADS * limits.processes };
		const { args, environment } = confinedCommand(confinement, program);
		const { reader, writer } = await makePipe(work);
		const [first, ...words] = [...(process.getuid?.() === 0 ? firstToGo() : []), run.bubblewrap] as [string];
		const child = spawn(first, [...words, "--unsetenv", RUN_VARIABLE, ...args], {
			// Not the command's: bubblewrap itself is to look for nothing in there.
			cwd: "/",
			env: { ...environment, [RUN_VARIABLE]: THIS_RUN.nonce },
			// A Ctrl-C of the terminal is for this process.
			detached: true,
			stdio: withoutInherited(["ignore", writer, "pipe", "pipe", "pipe"]),
		});
		closeSync(writer);
		return await follow(child, reader, limits, output, signal);
	} finally {
		await removeFolder(work);
	}
}

/**
 * Words that start a program which the kernel ends before others where memory runs out. Root's can't say so from inside: it finds `/proc`
 * read-only.
 */
function firstToGo(): string[] {
	return [findProgram("sh"), "-c", '{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null; exec "$@"', "sh"];
}

async function follow(
	child: ChildProcess,
	stdout: Readable,
	limits: ConfinedLimits,
	output: CappedFile,
	signal: AbortSignal,
): Promise<ConfinedEnd> {
	const [, , stderr, filter, status] = child.stdio as unknown as [null, null, Readable, Writable, Readable];
	const closed = new Promise((resolve) => child.once("close", resolve));
	let missing: string | undefined;
	child.once("error", ({ message }) => {
		missing = message;
	});
	filter.on("error", () => {});
	filter.end(syscallFilter());
	const said = beginningOf(stderr);
	const state = new Status(status);
	child.once("exit", (_, signal) => signal !== null && child.pid !== undefined && void state.endLeft(child.pid));
	let reached: ConfinedEnd | undefined;
	const endAt = (kind: "timed-out" | "too-many-processes" | "too-much-memory", limit: number): void => {
		reached ??= { kind, limit };
		void state.kill(child);
	};
	const watchdog = new Watchdog({ timeout: limits.timeout, stall: limits.timeout }, () => true);
	watchdog.start(() => endAt("timed-out", limits.timeout));
	const looks = setInterval(() => {
		const usage = state.pid === undefined ? undefined : usageOf(state.pid, limits.processes);
		if (usage === undefined) return;
		if (usage.processes > limits.processes) endAt("too-many-processes", limits.processes);
		if (usage.memory > limits.memory) endAt("too-much-memory", limits.memory);
	}, LOOK);
	const interrupt = () => void state.kill(child);
	signal.addEventListener("abort", interrupt);
	// It may have come while this was begun, and does not come again.
	if (signal.aborted) interrupt();
	try {
		let flood = 0;
		for await (const chunk of stdout as AsyncIterable<Buffer>) {
			await output.write(chunk);
			flood += chunk.length;
			if (flood < MOST_AT_ONCE) continue;
			flood = 0;
			await delay(BREATH);
		}
		await closed;
		signal.throwIfAborted();
		if (reached) return reached;
		const exitCode = state.exitCode ?? (child.signalCode && 128 + constants.signals[child.signalCode]);
		if (exitCode === null) return { kind: "not-started", message: missing ?? (await said).trim() };
		return { kind: "ended", exitCode };
	} finally {
		clearInterval(looks);
		watchdog.stop();
		signal.removeEventListener("abort", interrupt);
		await state.kill(child);
		await state.gone();
	}
}

/** What bubblewrap says when it does not start. What it confines could get hold of the stream, and write to it for ever. */
async function beginningOf(stream: Readable): Promise<string> {
	let said = "";
	for await (const chunk of stream.setEncoding("utf8")) said = (said + chunk).slice(0, 10_000);
	return said;
}
