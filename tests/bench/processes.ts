import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The folder of this program. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const TSX = import.meta.resolve("tsx");

/** The start of a command that runs a TypeScript file. */
export const NODE_WITH_TSX: readonly string[] = [process.execPath, "--import", TSX];

/**
 * Runs a program to its end and returns what it printed.
 * @throws Error with its error output when it ends with another code than 0.
 */
export async function runProgram(
	command: readonly string[],
	options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
	const [program = "", ...args] = command;
	const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
	const [stdout, stderr, [code, signal]] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		once(child, "close"),
	]);
	if (code !== 0) throw new Error(`${command.join(" ").slice(0, 300)} ended with ${code ?? signal}:\n${stderr}`);
	return stdout;
}

/** Runs one of the programs in `once/` in a process of its own; it measures itself and prints a number. */
export async function measuredBy(name: string, ...args: readonly string[]): Promise<number> {
	return Number(await runProgram([...programIn(name), ...args]));
}

/** The command of one of the programs in `once/`. */
export function programIn(name: string): readonly string[] {
	return [...NODE_WITH_TSX, fileURLToPath(new URL(`once/${name}.ts`, import.meta.url))];
}
