import process from "node:process";
import type { Github } from "./reports/github.ts";
import type { Say } from "./words/say.ts";

/** Where a run's words go, and how it is called. */
export interface Surroundings {
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	readonly stdin: NodeJS.ReadStream;
	readonly env: NodeJS.ProcessEnv;
	readonly cwd: string;
	readonly say: Say;
	/** What can be asked for beside the tasks of the orchfile. */
	readonly extras: readonly string[];
	/** Present in a step of GitHub Actions. */
	readonly github?: Github;
}

/** Those of this process. */
export function ownSurroundings(say: Say, extras: readonly string[]): Surroundings {
	const { stdout, stderr, stdin, env } = process;
	return { stdout, stderr, stdin, env, cwd: process.cwd(), say, extras };
}
