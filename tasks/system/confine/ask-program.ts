import { execFile } from "node:child_process";

/** How a short program ended, and what it said on both its outputs. */
export interface Asked {
	/** `null` for one that did not start, or was ended. */
	readonly exitCode: number | null;
	readonly output: string;
}

/** Milliseconds after which a program that should answer at once is ended. */
const LONGEST = 10_000;

/** Runs a program that ends by itself soon, such as one that only tells what it can do. Never throws. */
export function askProgram(program: string, args: readonly string[]): Promise<Asked> {
	return new Promise((resolve) => {
		const options = { timeout: LONGEST, killSignal: "SIGKILL", encoding: "utf8" } as const;
		execFile(program, args, options, (error, stdout, stderr) => {
			const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : null;
			resolve({ exitCode, output: exitCode === null ? `${stdout}${stderr}${error?.message}` : stdout + stderr });
		});
	});
}
