import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { given } from "../../contract/given.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import { agentEnvironment } from "./environment.ts";
import { codexBinary } from "./package.ts";

const run = promisify(execFile);

/** Milliseconds; the doctor takes 0.2 s, and a check that hangs must not hold up a night. */
const TIMEOUT = 30_000;

/** What a Codex program said to a question. */
export interface CodexAnswer {
	/** A string where it could not be started. */
	readonly exitCode: unknown;
	readonly stdout: string;
	readonly stderr: string;
}

/** The version of a Codex program, in its own words, and where it is. Asks it nothing else. */
export async function codexVersion(path?: string): Promise<{ readonly program: string; readonly version: string }> {
	const program = codexBinary(path);
	const { exitCode, stdout, stderr } = await runCodex(program, ["--version"], dirname(program));
	if (exitCode !== 0) throw new Failure(unavailable("--version", causeIn(stderr) ?? `exit code ${exitCode}`, null));
	return { program, version: stdout.trim() };
}

/** Asks a Codex program something that is no turn, with `more` in its environment. Does not throw for an answer with another exit code. */
export async function runCodex(
	codex: string,
	args: readonly string[],
	cwd: string,
	signal?: AbortSignal,
	more: Readonly<Record<string, string>> = {},
): Promise<CodexAnswer> {
	const env = { ...agentEnvironment(), ...more };
	const options = { cwd, signal, timeout: TIMEOUT, env, maxBuffer: 16 * 1024 * 1024 };
	try {
		const { stdout, stderr } = await run(codex, args, options);
		return { exitCode: 0, stdout, stderr };
	} catch (error) {
		signal?.throwIfAborted();
		const {
			code,
			stdout = "",
			stderr = "",
			message,
		} = error as { code?: unknown; stdout?: string; stderr?: string; message: string };
		return { exitCode: code, stdout, stderr: stderr || message };
	}
}

/** The line of an error output that tells the most: Codex puts a stack below its errors. */
export function causeIn(stderr: string): string | undefined {
	const lines = stderr.trim().split("\n");
	return lines.find((line) => /^error: /i.test(line))?.replace(/^error: /i, "") ?? lines.at(-1);
}

/** A check that Codex does not pass; `program`: the words that start it. */
export function unavailable(
	check: string,
	summary: string,
	remedy: string | null,
	program?: readonly string[],
): Problem {
	return { kind: "runner-unavailable", check, summary, remedy, ...given({ program }) };
}
