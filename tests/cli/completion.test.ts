import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { PATIENCE } from "../support/observe.ts";
import { noTerminal, opener } from "../support/terminal.ts";
import { createWorld, ORCHFILE, type World } from "../support/world.ts";

const has = (program: string) => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
const noZsh = noTerminal ?? (has("zsh") ? undefined : "there is no zsh here");
const noFish = has("fish") ? undefined : "there is no fish here";
const because = (reason: string | undefined) => (reason ? ` (skipped: ${reason})` : "");

const ISSUES = [{ id: "A-1" }, { id: "A-2", milestone: "M2" }, { id: "B-1", title: "It's a: $(title)", project: "q" }];

/** What is typed, and what stands there after the tabulator key. */
const LINES: readonly (readonly [typed: string, completed: string])[] = [
	["orchfile worktree:t", "orchfile worktree:teardown"],
	["true; X=1 orchfile phase:dev B", "true; X=1 orchfile phase:dev B-1"],
	["orchfile -j2 status --project=q M", "orchfile -j2 status --project=q M1"],
	["orchfile graph M1 --format=m", "orchfile graph M1 --format=mermaid"],
	["orch dev M1 --issue A", "orch dev M1 --issue A-1"],
	["bin/orchfile.js help pl", "bin/orchfile.js help plan"],
	["orchfile -C 'my repo' status M", "orchfile -C my repo status M7"],
];

test.skipIf(noTerminal)(`in bash, typed in a terminal${because(noTerminal)}`, async () => {
	await using world = await createShellWorld();
	await using shell = openShell(world, "bash --norc --noprofile -i");
	await shell.load("bash", "alias orch=orchfile; complete -F _orchfile orch");
	for (const [typed, completed] of LINES) expect(await shell.completed(typed), typed).toBe(completed);
	// A folder is completed by the shell, spaces and all.
	expect(await shell.completed("orchfile -C my")).toBe("orchfile -C my\\ repo/");
	await shell.unharmed();
});

test.skipIf(noZsh)(`in zsh, typed in a terminal${because(noZsh)}`, async () => {
	await using world = await createShellWorld();
	await using shell = openShell(world, "zsh -f -i");
	await shell.load("zsh", "bindkey -e; alias orch=orchfile");
	// What is in quotes, the library's script parts at its spaces.
	for (const [typed, completed] of LINES.slice(0, -1)) expect(await shell.completed(typed), typed).toBe(completed);
	await shell.unharmed();
});

test.skipIf(noFish)(`in fish${because(noFish)}`, async () => {
	await using world = await createShellWorld();
	const asked = ["orchfile worktree:t", "bin/orchfile.js graph M1 --format=m", "orchfile -C 'my repo' status M"];
	const output = execFileSync(
		"fish",
		["-c", ["orchfile completion fish | source", ...asked.map((line) => `complete -C "${line}"`)].join("\n")],
		{ cwd: world.repository.path, env: environment(world), encoding: "utf8" },
	);
	const found = output.trimEnd().split("\n");
	expect(found.map((line) => line.split("\t")[0])).toEqual(["worktree:teardown", "--format=mermaid", "M7"]);
});

describe("what a shell is answered", () => {
	test("is of the documents as they stand, and is nothing at all where something is wrong", async () => {
		await using world = await createShellWorld();
		const ask = async (...words: string[]) => {
			const { exitCode, stderr, stdout } = await world.run(["complete", "--", ...words]);
			expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
			return stdout.split("\n").filter((line) => line && !line.startsWith(":"));
		};
		expect(await ask("dev", "")).toEqual([
			"M1\tmilestone, 2 issues",
			"M2\tmilestone, 1 issue",
			"A-1\tTitle of A-1",
			"A-2\tTitle of A-2",
			"B-1\tIt's a: $(title)",
		]);
		await world.repository.writeIssue({ id: "A-22" });
		await world.repository.write("docs/projects/p/issues/broken.md", "---\nid: [\n---\n");
		expect(await ask("dev", "A-2")).toEqual(["A-2\tTitle of A-2", "A-22\tTitle of A-22"]);
		expect(await ask("dev", "M1", "--base", "ma")).toEqual(["main\tbranch"]);
		expect(await ask("dev", "-C", "..", "--base", "")).toEqual([]);
		expect(await ask("--nonesuch", "", "-j", "x", "dev", "--qui")).toEqual(["--quiet\tprint no progress"]);
	});

	test("that is not known: which there are, and which was meant", async () => {
		await using world = await createWorld([]);
		const { exitCode, stderr } = await world.run(["completion", "bahs"]);
		expect({ exitCode, stderr }).toEqual({
			exitCode: 2,
			stderr: 'there is no completion for "bahs": bash, zsh, fish\n  Did you mean "bash"?\n',
		});
		expect(await world.run(["completion"])).toMatchObject({
			exitCode: 2,
			stderr: expect.stringContaining("bash, zsh"),
		});
	});
});

/** A world in which the program can be called by its name, with a second repository in a folder with a space. */
async function createShellWorld(): Promise<World> {
	const world = await createWorld(ISSUES);
	const bin = join(world.repository.path, "bin");
	await mkdir(bin);
	const program = process.env.ORCHFILE_BUNDLE ?? ORCHFILE;
	for (const name of ["orchfile", "orchfile.js"]) {
		await writeFile(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
		await chmod(join(bin, name), 0o755);
	}
	const other = join(world.repository.path, "my repo");
	await mkdir(join(other, "docs/projects/p/issues"), { recursive: true });
	await writeFile(
		join(other, "docs/projects/p/issues/C-1.md"),
		"---\nid: C-1\ntitle: Other\nproject: p\nmilestone: M7\n---\n",
	);
	await world.repository.git(["init", "-q", other]);
	await world.repository.git(["add", "-A"], other);
	await world.repository.git(["commit", "-q", "-m", "start"], other);
	return world;
}

function environment({ repository }: World): NodeJS.ProcessEnv {
	return { HOME: repository.home, PATH: `${join(repository.path, "bin")}:${process.env.PATH}`, TERM: "xterm" };
}

/** A shell in a pseudo-terminal, in the repository. */
function openShell(world: World, command: string) {
	if (!opener) throw new Error(noTerminal);
	const child = spawn(opener.program, opener.arguments(`stty cols 200; exec ${command}`), {
		cwd: world.repository.path,
		env: environment(world),
		stdio: ["pipe", "pipe", "ignore"],
	});
	child.stdin.on("error", () => {});
	let output = "";
	let number = 0;
	child.stdout.setEncoding("utf8").on("data", (text) => {
		output += text;
	});
	/** Waits for what a command prints at the start of a line, and not for what is typed. */
	const printed = async (): Promise<string> => {
		const pattern = new RegExp(`[\\r\\n]@${number}@ ?(.*?)\\r?\\n`);
		const text = () => stripVTControlCharacters(output);
		await vi
			.waitUntil(() => pattern.test(text()), { timeout: PATIENCE, interval: 20 })
			.catch(() => {
				throw new Error(`the shell never printed it:\n${output}`);
			});
		return pattern.exec(text())?.[1]?.trim() ?? "";
	};
	const marker = () => {
		number += 7;
		return `echo @$((${number - 1}+1))@ `;
	};
	return {
		async load(shell: string, also: string): Promise<void> {
			child.stdin.write(`eval "$(orchfile completion ${shell})"; ${also}; ${marker()}\n`);
			await printed();
		},
		/** The line after the tabulator key. */
		async completed(line: string): Promise<string> {
			// Ctrl-A and Ctrl-E go to the line's start and end: in quotes it is printed, and not run.
			child.stdin.write(`${line}\t\u0001${marker()}'\u0005'\n`);
			return printed();
		},
		/** What is in a command substitution is not run for being completed. */
		async unharmed(): Promise<void> {
			child.stdin.write(`orchfile -C "$(touch canary)" dev M\t\u0015${marker()}\n`);
			await printed();
			expect(existsSync(join(world.repository.path, "canary"))).toBe(false);
		},
		async [Symbol.asyncDispose]() {
			child.stdin.write("exit\n");
			const closed = once(child, "close");
			const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
			if (child.exitCode === null) await closed;
			clearTimeout(timer);
		},
	};
}
