import process from "node:process";
import type { Github } from "./reports/github.ts";
import type { Say } from "./words/say.ts";

/** What a program is started with: the words behind its name, its folder, its variables and its three streams. */
export interface Start {
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: NodeJS.ProcessEnv;
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	readonly stdin: NodeJS.ReadStream;
}

/** Where a run's words go, and how it is called. */
export interface Surroundings extends Omit<Start, "args"> {
	readonly say: Say;
	/** The same of another goal than the one that was asked for. */
	readonly sayFor?: (goal: string) => Say;
	/** What can be asked for beside the tasks of the orchfile. */
	readonly extras: readonly string[];
	/** Path of the orchfile, where it is a file. */
	readonly orchfile?: string;
	/** Present in a step of GitHub Actions. */
	readonly github?: Github;
}

/** What this process was started with. */
export function ownStart(): Start {
	const { stdout, stderr, stdin, env, argv } = process;
	return { args: argv.slice(2), cwd: process.cwd(), env, stdout, stderr, stdin };
}
