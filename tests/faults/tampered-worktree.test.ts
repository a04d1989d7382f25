import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { STACK_TRACE } from "../support/footprint.ts";
import { until } from "../support/observe.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult, type Gate, gate } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { typed } from "../support/typed.ts";
import { createWorld, type World } from "../support/world.ts";

const shell = promisify(execFile);

/** What an agent with full access could do to its worktree, each on an issue of its own. */
const TAMPERINGS: Readonly<Record<string, (world: World, worktree: string) => Promise<unknown>>> = {
	"POINTER-IS-A-FOLDER": async (world, worktree) => {
		await rm(join(worktree, ".git"));
		await layTrap(world, worktree);
	},
	"POINTER-NAMES-A-TRAP": async (world, worktree) => {
		const trap = join(world.repository.folder, "trap");
		await world.repository.git(["init", "-q", trap]);
		await layTrap(world, trap);
		await writeFile(join(worktree, ".git"), `gitdir: ${trap}/.git\n`);
	},
	"POINTER-NAMES-ANOTHER": (world, worktree) => cp(join(worktreeOf(world, "DETACHED"), ".git"), join(worktree, ".git")),
	"POINTER-DELETED": (_, worktree) => rm(join(worktree, ".git")),
	"OTHER-BRANCH": async ({ repository: { git } }, worktree) => {
		await git(["switch", "-q", "-c", "sneaky"], worktree);
		await git(["commit", "-q", "--allow-empty", "-m", "sneaky"], worktree);
	},
	DETACHED: async ({ repository: { git } }, worktree) => {
		await git(["switch", "-q", "--detach"], worktree);
		await git(["add", "-A"], worktree);
		await git(["commit", "-q", "-m", "on no branch"], worktree);
	},
};

test("what an agent with full access does to its worktree's .git keeps the work out of every branch, until it is mended as printed", async () => {
	const gates = new Map<string, Gate>(Object.keys(TAMPERINGS).map((id) => [id, gate()]));
	const script: Script = async function* (prompted) {
		yield { kind: "run", command: `echo work > ${prompted.issueId}.txt` };
		await gates.get(prompted.issueId)?.wait();
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
	await using world = await createWorld(
		Object.keys(TAMPERINGS).map((id) => ({ id })),
		{ script },
	);
	const { repository } = world;
	const { git } = repository;
	const main = await git(["rev-parse", "main"]);
	const running = world.start(["dev", "M1", "-j", "6"]);
	for (const each of gates.values()) await Promise.race([each.reached, until(running, () => false)]);
	for (const [id, tamper] of Object.entries(TAMPERINGS)) await tamper(world, worktreeOf(world, id));
	const before = await snapshot(repository);
	for (const each of gates.values()) each.release();
	const { exitCode, stdout, stderr } = await running.finished;

	expect(exitCode, stderr).toBe(1);
	expect(stderr).not.toMatch(STACK_TRACE);
	expect(await snapshot(repository)).toEqual(before);
	expect(existsSync(canaryOf(world))).toBe(false);
	for (const id of Object.keys(TAMPERINGS)) {
		expect(stdout).toMatch(new RegExp(`^${id} +failed: worktree-tampered`, "m"));
		expect(await git(["rev-parse", `issue/${id}`]), id).toBe(main);
		expect(await readFile(join(worktreeOf(world, id), `${id}.txt`), "utf8")).toBe("work\n");
		expect(await world.log(`M1/${id}/dev-run.json`)).toMatchObject({ outcome: "pass", saved: null });
	}
	// Typed again, it says the same.
	const again = await world.run(["dev", "DETACHED"]);
	expect(again).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^DETACHED +failed: worktree-tampered/m) });
	// The traps are ones.
	await shell("git", ["-C", worktreeOf(world, "POINTER-IS-A-FOLDER"), "status"]);
	expect(existsSync(canaryOf(world))).toBe(true);

	for (const id of Object.keys(TAMPERINGS)) {
		const message = stderr.split(/\n\n/).find((paragraph) => paragraph.startsWith(`${id}  The `)) ?? "";
		const commands = [...message.matchAll(/^ {2}.*: ((?:mv|git|npx tsx) .+)$/gm)].map(([, command = ""]) => command);
		expect(commands.length, message).toBeGreaterThanOrEqual(2);
		expect(commands.at(-1)).toMatch(/ persist \S+$/);
		// The next run does that for the others.
		for (const command of id === "DETACHED" ? commands : commands.slice(0, -1)) {
			const done = await typed(world, command);
			expect(done.exitCode, `${command}\n${done.stderr}`).toBe(0);
		}
	}
	expect(await git(["show", "issue/DETACHED:DETACHED.txt"])).toBe("work");
	const mended = await world.run(["dev", "M1"]);
	expect(mended.exitCode, mended.stderr).toBe(0);
	for (const id of Object.keys(TAMPERINGS)) {
		expect(await git(["show", `issue/${id}:${id}.txt`])).toBe("work");
		expect(existsSync(worktreeOf(world, id))).toBe(false);
	}
	expect(world.model.issuesSeen).toHaveLength(gates.size);
	expect(await git(["log", "-1", "--format=%s", "sneaky"])).toBe("sneaky");
	expect(await git(["rev-parse", "main"])).toBe(main);
});

/** Makes a repository here, in whose configuration a program stands that `git status` runs. */
async function layTrap(world: World, folder: string): Promise<void> {
	const { git } = world.repository;
	await git(["init", "-q", folder]);
	const trap = join(folder, ".git/trap");
	await writeFile(trap, `#!/bin/sh\ntouch '${canaryOf(world)}'\n`);
	await chmod(trap, 0o755);
	await git(["config", "core.fsmonitor", trap], folder);
}

function canaryOf({ repository }: World): string {
	return join(repository.folder, "canary");
}

function worktreeOf({ repository }: World, id: string): string {
	return join(`${repository.path}.worktrees`, id);
}
