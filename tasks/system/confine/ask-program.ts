import { type ChildProcess, spawn } from "node:child_process";

/** How a short program ended, and what it said on both its outputs. */
export interface Asked {
	/** `null` for one that did not start, or was ended. */
	readonly exitCode: number | null;
	readonly output: string;
}

/** Milliseconds after which a program that should answer at once is ended. */
const LONGEST = 10_000;
/** Characters of each output, more than which are not kept. */
const MOST = 4 << 20;

/** Runs a program that ends by itself soon, such as one that only tells what it can do. Never throws. */
export function askProgram(program: string, args: readonly string[]): Promise<Asked> {
	return new Promise((resolve) => {
		// Where the machine can open no more files, it has no streams.
		const child: ChildProcess = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
		const said = { stdout: "", stderr: "" };
		for (const name of ["stdout", "stderr"] as const)
			child[name]?.setEncoding("utf8").on("data", (text: string) => {
				said[name] = (said[name] + text).slice(0, MOST);
			});
		const tooLong = setTimeout(() => {
			endGroup(child.pid);
			// Who has left the group may hold them for ever.
			child.stdout?.destroy();
			child.stderr?.destroy();
		}, LONGEST);
		// What bubblewrap was just starting when it was killed waits for it for ever, and holds its output.
		child.once("exit", (_, signal) => signal !== null && endGroup(child.pid));
		const end = (exitCode: number | null, why: string) => {
			clearTimeout(tooLong);
			resolve({ exitCode, output: said.stdout + said.stderr + why });
		};
		child.once("error", ({ message }) => end(null, message));
		child.once("close", (exitCode, signal) => end(exitCode, signal === null ? "" : `ended by ${signal}`));
	});
}

function endGroup(group: number | undefined): void {
	if (group === undefined) return;
	try {
		process.kill(-group, "SIGKILL");
	} catch {
		// All of it has ended.
	}
}
