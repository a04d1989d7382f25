import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "vitest";
import { graph } from "../../orchfile.ts";
import { readArguments } from "../../tasks/cli/arguments.ts";
import { LOOKS } from "../../tasks/cli/looks.ts";
import { ROOT } from "./documents.ts";

/** What messages tell to type, by the program. A message may suggest no other. */
const PROGRAMS = ["npx", "git", "git-crypt", "nbstripout", "mv", "rm", "chmod", "kill", "cat", "ls", "mkdir"] as const;
const BEGINS = new RegExp(`(?:^|[:(] |&& )((?:${PROGRAMS.join("|")}) .+)$`);
/** Printed where a shell has run what stands in a name. */
const EVIL = "was-run";

/** A name with all that means something to a shell. */
export const ODD_NAME = `it's $(echo ${EVIL}) "a" \\ & ; *`;

/** The command that stands at the end of a line of a message. */
export function suggestedIn(message: string): string[] {
	return message.split("\n").flatMap((line) => BEGINS.exec(line)?.[1] ?? []);
}

/**
 * Has a real shell part commands into words, the program's own argument reader and the real git read these, each git
 * command in a new repository: one whose words are not as they take them fails.
 */
export async function verifyCommands(commands: readonly string[]): Promise<void> {
	const scratch = await mkdtemp(join(tmpdir(), "orchfile-test-"));
	try {
		for (const command of new Set(commands)) {
			for (const words of wordsOf(command, scratch)) {
				expect(words.join(" ").replaceAll(`echo ${EVIL}`, ""), command).not.toContain(EVIL);
				if (words[0] === "npx" && words[1] === "tsx") verifyOwn(words.slice(3), command);
				else if (words[0] === "npx") verifyCodex(words.slice(1), command);
				else if (words[0] === "git") verifyGit(words.slice(1), command, scratch);
			}
		}
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}
}

/** The words of each command in a line, as a real shell parts them. */
function wordsOf(line: string, cwd: string): string[][] {
	const functions = PROGRAMS.map((name) => `${name}() { printf '%s\\0' ${name} "$@"; printf '\\0'; }`);
	const { stdout, stderr, status } = spawnSync("/bin/bash", ["--norc", "-c", `${functions.join("\n")}\n${line}`], {
		cwd,
		env: { PATH: "/nonexistent" },
		encoding: "utf8",
	});
	expect({ status, stderr }, line).toEqual({ status: 0, stderr: "" });
	return stdout
		.split("\0\0")
		.filter(Boolean)
		.map((words) => words.split("\0"));
}

function verifyOwn(words: readonly string[], command: string): void {
	const request = readArguments(words, "npx tsx orchfile.ts", ROOT);
	if (request.kind !== "run") return;
	const tasks = [...graph.tasks.map(({ name }) => name), ...Object.keys(graph.goals), ...Object.keys(LOOKS), "init"];
	expect(tasks, command).toContain(request.task);
	const goal = graph.tasks.find(({ name }) => name === request.task)?.scope === "issue" || request.task in graph.goals;
	if (goal) expect(request.options.target, command).toBeDefined();
}

function verifyCodex([program, ...words]: readonly string[], command: string): void {
	expect(program, command).toBe("codex");
	const help = spawnSync(join(ROOT, "node_modules/.bin/codex"), [words[0] ?? "", "--help"], { encoding: "utf8" });
	expect(help.stdout, command).toMatch(new RegExp(`Usage: codex ${words[0]}`));
}

/** git says "usage:" and exits with 129 where it does not take the words; what there is to do here does not matter. */
function verifyGit(words: readonly string[], command: string, scratch: string): void {
	// Programs of their own, which are not everywhere.
	if (["annex", "lfs"].includes(words[words[0] === "-C" ? 2 : 0] ?? "")) return;
	if (!existsSync(join(scratch, ".git"))) spawnSync("git", ["init", "-q"], { cwd: scratch });
	const args = words[0] === "-C" ? words.slice(2) : words.filter((word) => !word.startsWith("--git-dir="));
	const env = { PATH: process.env.PATH, HOME: scratch, LC_ALL: "C", GIT_EDITOR: "true", GIT_TERMINAL_PROMPT: "0" };
	const { status, stderr } = spawnSync("git", args, { cwd: scratch, env, encoding: "utf8" });
	expect(status, `${command}\n${stderr}`).not.toBe(129);
	expect(stderr, command).not.toMatch(/^usage:|unknown (?:option|switch)|is not a git command/m);
}

/** What the sources have `say` say: the literal commands, and where a command is put together by other means. */
export function saidInSources(): { readonly commands: readonly string[]; readonly others: readonly string[] } {
	const folder = join(ROOT, "tasks/cli");
	const commands: string[] = [];
	const others: string[] = [];
	// The sentences for problems, and with them the commands of `say.ts`, are said, and looked at, one by one.
	for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
		if (!file.endsWith(".ts") || /^words\/(?:problems\/|say\.ts$)/.test(file)) continue;
		const text = readFileSync(join(folder, file), "utf8");
		for (const match of text.matchAll(/(?<!\.)\bsay(\.git)?\(/g)) {
			const from = match.index + match[0].length;
			if (text.startsWith("sentence", from)) continue; // What views say are no commands.
			if (!/["`]/.test(text[from] ?? ""))
				others.push(`${basename(file)}: ${/^[^)]*\)/.exec(text.slice(match.index))?.[0]}`);
			else commands.push(`${match[1] ? "git" : "npx tsx orchfile.ts"} ${literalAt(text, from)}`);
		}
	}
	return { commands, others: others.sort() };
}

/** A string of the sources, with an id in the place of each word that a template puts in. */
function literalAt(text: string, from: number): string {
	const quote = text[from];
	let depth = 0;
	let literal = "";
	for (let at = from + 1; at < text.length; at++) {
		if (depth === 0 && text[at] === quote) return literal;
		if (text.startsWith("${", at)) {
			if (depth++ === 0 && (literal === "" || literal.endsWith(" "))) literal += "A-1";
			at++;
		} else if (depth > 0) depth += text[at] === "{" ? 1 : text[at] === "}" ? -1 : 0;
		else literal += text[at];
	}
	throw new Error(`no end of ${text.slice(from, from + 40)}`);
}
