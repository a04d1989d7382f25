import { randomUUID } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { configured, withoutShell } from "./configured-zx.ts";
import { tellDiskFull } from "./disk-space.ts";
import { findProgram } from "./find-program.ts";
import { endGroup } from "./process-group.ts";
import { killProcesses } from "./processes.ts";
import { RUN_VARIABLE, THIS_RUN } from "./this-run.ts";
import { Watchdog } from "./watchdog.ts";

/** How a command of the user's ended. */
export type CommandEnd =
	| { readonly kind: "done" }
	| { readonly kind: "failed"; readonly exitCode: number | null; readonly signal: string | null }
	/** Milliseconds. */
	| { readonly kind: "timed-out"; readonly limit: number };

/** Where, with what and how long a command runs. */
export interface CommandPlace {
	readonly cwd: string;
	readonly environment: NodeJS.ProcessEnv;
	/** A file that does not exist yet; it takes the standard output and the error output, in the order they come. */
	readonly outputFile: string;
	/** What it reads from its standard input, as a file; nothing where absent. */
	readonly inputFile?: string;
	/** Milliseconds. */
	readonly timeout: number;
	readonly signal: AbortSignal;
}

/** Milliseconds between asking the command's processes to end and killing them. */
const GRACE = 3_000;
/** Lines from the end of the output that a message shows. */
const MOST_LINES = 10;
/** Bytes of the output's end in which these lines are looked for. */
const LONGEST_TAIL = 4_000;
/** The variable by which what one command has started is known, wherever it went. */
const MARK = "ORCHFILE_COMMAND";

/**
 * Runs a shell command of the user's: with the environment it is given, outside of any sandbox. When it returns, nothing
 * that the command has started runs any more: a daemon that watches files would run what is written there later.
 * @throws Failure `disk-full`, `program-missing`; the signal's reason when that was aborted.
 */
export async function runUserCommand(command: string, place: CommandPlace): Promise<CommandEnd> {
	const { cwd, environment, outputFile, inputFile, timeout, signal } = place;
	signal.throwIfAborted();
	const shell = findProgram("bash");
	// Not through this process: there is no limit to what a build prints.
	const file = await tellDiskFull(outputFile, () => open(outputFile, "wx"));
	// Nor from it: one that does not read would break a pipe.
	const input = inputFile === undefined ? undefined : await open(inputFile);
	const mark = randomUUID();
	const running = configured({
		cwd,
		env: { ...environment, [RUN_VARIABLE]: THIS_RUN.nonce, [MARK]: mark },
		stdio: [input?.fd ?? "ignore", file.fd, file.fd],
		shell,
		prefix: "exec ",
		postfix: "",
		quiet: true,
		nothrow: true,
		detached: true,
	})`${shell} -eo pipefail -c ${command}`;
	const { pid } = running;
	const watchdog = new Watchdog({ timeout, stall: timeout }, () => true);
	const end = async (): Promise<void> => {
		if (pid !== undefined) await endGroup(pid, GRACE);
	};
	let isLate = false;
	watchdog.start(() => {
		isLate = true;
		void end();
	});
	const interrupt = () => void end();
	signal.addEventListener("abort", interrupt);
	// It may have come while this was begun, and does not come again.
	if (signal.aborted) interrupt();
	try {
		const { exitCode, signal: by } = await running;
		signal.throwIfAborted();
		if (isLate) return { kind: "timed-out", limit: timeout };
		return exitCode === 0 ? { kind: "done" } : { kind: "failed", exitCode, signal: by };
	} finally {
		watchdog.stop();
		signal.removeEventListener("abort", interrupt);
		await end();
		await killProcesses((seen) => seen.environment.includes(`${MARK}=${mark}`));
		await file.close();
		await input?.close();
	}
}

/** The last lines of a file of output, for a message. */
export async function lastLines(outputFile: string): Promise<string[]> {
	const text = (await readFile(outputFile).catch(() => Buffer.alloc(0))).subarray(-LONGEST_TAIL).toString("utf8");
	return text
		.split(/[\r\n]+/)
		.filter((line) => line.trim() !== "")
		.slice(-MOST_LINES);
}

/**
 * Runs a shell command of the user's in the terminal that they are at, as git runs an editor, and waits for it. What Ctrl-C means meanwhile
 * is that command's matter.
 * @param words put behind it, as they are.
 * @returns its exit code; `null` where a signal has ended it.
 */
export async function runInTerminal(command: string, words: readonly string[]): Promise<number | null> {
	const ignore = () => {};
	for (const signal of ["SIGINT", "SIGQUIT"] as const) process.on(signal, ignore);
	try {
		const started = withoutShell(findProgram("sh"), ["-c", `${command} "$@"`, command, ...words]);
		const settings = {
			spawn: started,
			shell: true,
			quote: String,
			quiet: true,
			nothrow: true,
			detached: false,
		} as const;
		const { exitCode } = await configured({ ...settings, stdio: "inherit" })`sh`;
		return exitCode;
	} finally {
		for (const signal of ["SIGINT", "SIGQUIT"] as const) process.off(signal, ignore);
	}
}
