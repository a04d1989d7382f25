import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Finished, PROGRAM, type RunSettings, type World } from "./world.ts";

const BIN = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));

/** Takes what is installed, where `npx` would look in the repository's own packages or on the network; a bundle needs no tsx. */
const NPX = `npx() { case "$2" in *orchfile-bundle-*.js) shift; "${process.execPath}" "$@";; *) "$@";; esac; }`;

/**
 * Types a command line as a message printed it, in the shell of the person who read the message. Where all of it is one command
 * of the program's own, the shell parts it into words, and these are run where {@link World.run} runs.
 */
export async function typed(world: World, line: string, settings: RunSettings = {}): Promise<Finished> {
	const { env = {}, cwd } = settings;
	const own = wordsOfOwn(line, cwd ?? world.repository.path);
	if (own) return world.run(own, settings);
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

/** The words for this program, where a line starts it as the tests have it, and nothing else. */
function wordsOfOwn(line: string, cwd: string): readonly string[] | undefined {
	// What joins commands, or leads elsewhere, is the shell's: there is more to it than words.
	if (!/^npx tsx [^|&;<>()$`\n]+$/.test(line)) return undefined;
	const parted = spawnSync("/bin/bash", ["--norc", "-c", `npx() { printf '%s\\0' "$@"; }\n${line}`], {
		cwd,
		env: { PATH: "/nonexistent" },
		encoding: "utf8",
	});
	const [, program = "", ...words] = parted.stdout.split("\0").slice(0, -1);
	return parted.status === 0 && resolve(cwd, program) === PROGRAM[0] ? words : undefined;
}

/** The commands that a message tells to type, by how they begin: each stands at the end of its line. */
export function commandsIn(message: string, begins: string): string[] {
	return message.split("\n").flatMap((line) => {
		const at = line.indexOf(begins);
		return at === -1 ? [] : [line.slice(at).trim()];
	});
}
