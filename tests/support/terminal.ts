import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readlinkSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { type Emulator, emulate } from "./emulator.ts";
import { PATIENCE } from "./observe.ts";
import { descendants, type Process, processes, stillRunning } from "./processes.ts";
import { PROGRAM, type RunSettings, type World } from "./world.ts";

const TSX = fileURLToPath(new URL("../../node_modules/.bin/tsx", import.meta.url));

const END = "[the run ended with ";
const ENDED = /\[the run ended with (\d+)\.\r?\n/;

const PTY = `
import os, pty, sys
def read(fd):
    return os.read(fd, 65536)
sys.exit(os.waitstatus_to_exitcode(pty.spawn(["/bin/sh", "-c", sys.argv[1]], read)))`;

/** What opens a pseudo-terminal on this machine: util-linux's `script`, else Python. */
const OPENERS: readonly { readonly program: string; readonly probe: string[]; arguments(line: string): string[] }[] = [
	{ program: "script", probe: ["-qec", "true", "/dev/null"], arguments: (line) => ["-qec", line, "/dev/null"] },
	{ program: "python3", probe: ["-c", "import pty; pty.spawn(['true'])"], arguments: (line) => ["-c", PTY, line] },
];

/** What opens one here; nothing where none can. */
export const opener = OPENERS.find(({ program, probe }) => spawnSync(program, probe, { stdio: "ignore" }).status === 0);

/** Why no pseudo-terminal can be opened here; nothing where one can. */
export const noTerminal = opener ? undefined : "neither `script` of util-linux nor python3 can open a pseudo-terminal";

/** How a run in a terminal ended, and everything that was written to the terminal, as it came. */
export interface TerminalEnd {
	readonly exitCode: number | null;
	readonly output: string;
}

/** A run of the orchfile in a pseudo-terminal of 120 columns and 40 rows, unless told otherwise. */
export interface Terminal {
	readonly child: ChildProcess;
	/** Everything that was written so far. */
	output(): string;
	/** What the terminal's screen shows, and how much has scrolled out of it. */
	emulator(): Pick<Emulator, "screen" | "scrolled">;
	/** Gives the window another size. Linux only. */
	resize(columns: number, rows: number): Promise<void>;
	/** Presses keys. */
	type(keys: string): void;
	/** Waits until the terminal shows this. */
	shows(text: string | RegExp): Promise<void>;
	/** Closes the terminal's window: the terminal is gone, and its foreground processes get SIGHUP. */
	hangUp(): Promise<void>;
	readonly finished: Promise<TerminalEnd>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** A terminal's, in characters. */
interface Size {
	readonly columns: number;
	readonly rows: number;
}

/** Starts the orchfile in a pseudo-terminal, in the repository; one in the settings by tsx, as a person starts it. */
export function openTerminal(
	world: World,
	args: readonly string[],
	{ env = {}, orchfile, columns = 120, rows = 40 }: RunSettings & Partial<Size> = {},
): Terminal {
	if (!opener) throw new Error(noTerminal);
	const program = orchfile === undefined ? [process.execPath, ...PROGRAM] : [TSX, orchfile];
	const words = [...program, ...args].map((word) => `'${word}'`).join(" ");
	// A terminal whose first process ends loses what it had not shown yet, so the shell stays until all has been read.
	const line = `trap : INT; stty cols ${columns} rows ${rows}; ${words}; echo "${END}$?."; read -r _`;
	const child = spawn(opener.program, opener.arguments(line), {
		cwd: world.repository.path,
		env: { ...world.environment, SHELL: "/bin/sh", TERM: "xterm-256color", ...env },
		stdio: ["pipe", "pipe", "ignore"],
	});
	// Whoever has hung up reads no keys.
	child.stdin.on("error", () => {});
	let left: readonly Process[] = [];
	let output = "";
	let emulated = 0;
	let resized = 0;
	const emulator = emulate(columns, rows);
	const closed = once(child, "close");
	const finished = new Promise<TerminalEnd>((resolve) => {
		child.stdout.setEncoding("utf8").on("data", (text) => {
			output += text;
			const end = ENDED.exec(output);
			if (end) resolve({ exitCode: Number(end[1]), output: output.slice(0, end.index) });
		});
		closed.then(([exitCode]) => resolve({ exitCode, output }));
	}).then(async (end) => {
		child.stdin.write("\n");
		await closed;
		return end;
	});
	return {
		child,
		finished,
		output: () => output,
		emulator() {
			emulator.write(output.slice(emulated));
			emulated = output.length;
			return emulator;
		},
		async resize(columns, rows) {
			// That of the shell, which is the first in it.
			const [shell, ...others] = await descendants(child.pid ?? 0);
			const device = readlinkSync(`/proc/${shell?.pid}/fd/0`);
			const drawing = others.filter(({ group }) => group === shell?.group);
			// What is drawn for the size before comes before this, and nothing until the size is another.
			const mark = `[${++resized} times resized]`;
			for (const { pid } of drawing) process.kill(pid, "SIGSTOP");
			const end = openSync(device, constants.O_WRONLY | constants.O_NOCTTY);
			writeSync(end, mark);
			closeSync(end);
			await vi.waitUntil(() => output.includes(mark), { timeout: PATIENCE, interval: 5 });
			output = output.replace(mark, "");
			emulator.write(output.slice(emulated));
			emulated = output.length;
			emulator.resize(columns, rows);
			execFileSync("stty", ["-F", device, "cols", String(columns), "rows", String(rows)]);
			for (const { pid } of drawing) process.kill(pid, "SIGCONT");
		},
		type: (keys) => void child.stdin.write(keys),
		async shows(text) {
			const isShown = () => (typeof text === "string" ? output.includes(text) : text.test(output));
			await vi.waitUntil(() => isShown() || child.exitCode !== null, { timeout: PATIENCE, interval: 20 });
			if (!isShown()) throw new Error(`The terminal never showed ${text}:\n${output}`);
		},
		async hangUp() {
			// Whatever holds the other end of the terminal: everything up to the shell, which leads a session of its own.
			left = await treeOf(child);
			const [first, ...below] = left;
			for (const each of below) if (each.group === first?.group) kill(each);
			child.kill("SIGKILL");
		},
		async [Symbol.asyncDispose]() {
			for (const each of await stillRunning([...left, ...(await treeOf(child))])) kill(each);
			await closed;
		},
	};
}

async function treeOf({ pid = 0 }: ChildProcess): Promise<Process[]> {
	return [...(await processes()).filter((each) => each.pid === pid), ...(await descendants(pid))];
}

function kill({ pid }: Process): void {
	try {
		process.kill(pid, "SIGKILL");
	} catch {
		// It has ended in the meantime.
	}
}
