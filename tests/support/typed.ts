import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Finished, RunSettings, World } from "./world.ts";

const BIN = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));

/** Takes what is installed, where `npx` would look in the repository's own packages or on the network; a bundle needs no tsx. */
const NPX = `npx() { case "$2" in *orchfile-bundle-*.js) shift; "${process.execPath}" "$@";; *) "$@";; esac; }`;

/** Types a command line as a message printed it, in the shell of the person who read the message. */
export async function typed(world: World, line: string, { env = {}, cwd }: RunSettings = {}): Promise<Finished> {
	const child = spawn("bash", ["-c", `${NPX}\n${line}`], {
		cwd: cwd ?? world.repository.path,
		env: { ...world.environment, ...env, PATH: `${BIN}:${process.env.PATH}` },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text) => {
		stderr += text;
	});
	const [exitCode, signal] = await once(child, "close");
	return { exitCode, signal, stdout, stderr };
}

/** The commands that a message tells to type, by how they begin: each stands at the end of its line. */
export function commandsIn(message: string, begins: string): string[] {
	return message.split("\n").flatMap((line) => {
		const at = line.indexOf(begins);
		return at === -1 ? [] : [line.slice(at).trim()];
	});
}
