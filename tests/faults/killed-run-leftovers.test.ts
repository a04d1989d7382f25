import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { PATIENCE, until, untilExists } from "../support/observe.ts";
import { processes, workingIn } from "../support/processes.ts";
import { editAndPass } from "../support/scripts.ts";
import { ownTemporaryFolder } from "../support/temporary.ts";
import { inTurn, workForLong } from "../support/turns.ts";
import { createWorld, type Running, type World } from "../support/world.ts";

const situation = process.platform === "linux" ? test.concurrent : test.skip;

situation(
	"the run and the process of its agent killed at once: Codex is ended by the next run, which says so",
	async () => {
		await using world = await createWorld([{ id: "A-1", script: inTurn(workForLong, editAndPass) }]);
		const env = await ownTemporaryFolder(world);
		const running = world.start(["dev", "A-1"], { env });
		await untilAgentWorks(world, running);
		const host = (await processes()).find(
			({ parent, command }) => parent === running.child.pid && command.includes("codex-child"),
		);
		// Codex ends by itself when it can't tell what happens any more, which may be sooner than anybody has looked.
		const codex = (await world.processes()).filter(({ command }) => /codex exec/.test(command));
		for (const { pid } of codex) process.kill(pid, "SIGSTOP");
		running.child.kill("SIGKILL");
		process.kill(host?.pid ?? 0, "SIGKILL");
		await running.finished;
		expect(await workingIn(worktreeOf(world))).not.toEqual([]);
		const gone = (await world.processes()).filter(({ command }) => /codex exec|sleep 600/.test(command));
		expect(gone.length).toBeGreaterThan(0);

		const again = await world.run(["dev", "A-1"], { env });
		expect(again.exitCode, again.stderr).toBe(0);
		expect(again.stderr).toMatch(
			new RegExp(
				`A-1: taken over from a run that is dead: process ${running.child.pid} .*left running \\(\\d+\\) was ended`,
			),
		);
		expect((await world.processes()).filter(({ pid }) => gone.some((each) => each.pid === pid))).toEqual([]);
		expect(await world.repository.git(["show", "issue/A-1:first.txt"])).toBe("half done");
		expect((await readdir(env.TMPDIR ?? "")).filter((name) => name.startsWith("orchfile-"))).toEqual([]);
	},
);

situation("a person's shell that stands in a worktree is left alone", async () => {
	await using world = await createWorld([{ id: "A-1", script: inTurn(workForLong, editAndPass) }]);
	const env = await ownTemporaryFolder(world);
	const running = world.start(["dev", "A-1"], { env });
	await untilAgentWorks(world, running);
	const shell = spawn("sleep", ["600"], { cwd: worktreeOf(world) });
	running.child.kill("SIGINT");
	expect(await running.finished).toMatchObject({ exitCode: 130 });
	const isOurs = (pid: number) => pid === shell.pid;
	expect((await processes()).some(({ pid }) => isOurs(pid))).toBe(true);
	await world.run(["dev", "A-1"], { env });
	expect((await processes()).some(({ pid }) => isOurs(pid))).toBe(true);
	await end(shell);
});

situation("git was killed while it made the worktree, and had written one pointer, or both, or none", async () => {
	await using world = await createWorld(["A-1", "A-2", "A-3"].map((id) => ({ id, script: editAndPass })));
	const { git, path } = world.repository;
	const admin = (id: string, file = "") => join(path, ".git/worktrees", id, file);
	for (const id of ["A-1", "A-2"]) {
		await git(["worktree", "add", "-q", "-b", `issue/${id}`, worktreeOf(world, id), "main"]);
		await writeFile(admin(id, "locked"), "initializing");
		await writeFile(admin(id, "index.lock"), "");
		await writeFile(join(worktreeOf(world, id), "half"), "");
	}
	await git(["worktree", "add", "-q", "-b", "issue/A-3", worktreeOf(world, "A-3"), "main"]);
	// git writes `locked` first, then where the worktree is, then the worktree's pointer.
	await rm(worktreeOf(world, "A-2"), { recursive: true });
	await git(["worktree", "remove", "--force", worktreeOf(world, "A-3")]);
	await mkdir(admin("A-3"), { recursive: true });
	await writeFile(admin("A-3", "locked"), "initializing");
	await world.repository.write(".git/refs/heads/issue/A-1.lock", "");

	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	for (const id of ["A-1", "A-2", "A-3"]) {
		expect(stdout).toMatch(new RegExp(`^${id} +pass +1 +1 `, "m"));
		expect(stderr).toContain(`${id}: removed what a killed run had left half-done: ${worktreeOf(world, id)}`);
	}
	expect(stderr).toContain(join(path, ".git/refs/heads/issue/A-1.lock"));
	expect(await git(["worktree", "list"])).not.toContain("\n");
	expect(existsSync(admin("A-1"))).toBe(false);
});

situation(
	"git was killed while it removed the worktree: the rest goes, unless somebody has worked in it since",
	async () => {
		await using world = await createWorld(["A-1", "A-2"].map((id) => ({ id, script: editAndPass })));
		for (const id of ["A-1", "A-2"]) {
			await world.run(["worktree:create", id]);
			// The mark that stands while git removes a worktree; the order in which files go is the file system's.
			await world.repository.write(`.git/worktrees/${id}/orchfile-removing`, "");
			await rm(join(worktreeOf(world, id), id === "A-1" ? ".git" : "README.md"));
		}
		await writeFile(join(worktreeOf(world, "A-2"), "theirs.txt"), "theirs\n");
		const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
		expect(exitCode).toBe(1);
		expect(stdout).toMatch(/^A-1 +pass +1 +1 /m);
		expect(stderr).toContain(`A-1: removed what a killed run had left half-done: ${worktreeOf(world, "A-1")}`);
		expect(stdout).toMatch(/^A-2 +failed: worktree-not-removed/m);
		expect(stderr).toContain("theirs.txt");
		expect(await readFile(join(worktreeOf(world, "A-2"), "theirs.txt"), "utf8")).toBe("theirs\n");
		expect(await world.repository.git(["rev-list", "--count", "main..issue/A-2"])).toBe("0");
	},
);

situation("git was killed while it staged: its lock file goes, unless a person's git is at work", async () => {
	await using world = await createWorld([{ id: "A-1", script: inTurn(workForLong, editAndPass) }]);
	const env = await ownTemporaryFolder(world);
	const running = world.start(["dev", "A-1"], { env });
	await untilAgentWorks(world, running);
	running.child.kill("SIGKILL");
	await running.finished;
	await vi.waitFor(async () => expect(await workingIn(worktreeOf(world))).toEqual([]), { timeout: PATIENCE });
	const lock = join(world.repository.path, ".git/worktrees/A-1/index.lock");
	await writeFile(lock, "");
	const theirs = spawn("git", ["hash-object", "--stdin"], { cwd: worktreeOf(world), stdio: "pipe" });
	const kept = await world.run(["persist", "A-1"], { env });
	expect(kept.exitCode).toBe(1);
	expect(kept.stderr).toMatch(/index\.lock/);
	expect(existsSync(lock)).toBe(true);
	expect(await readFile(join(worktreeOf(world), "first.txt"), "utf8")).toBe("half done\n");
	await end(theirs);

	const again = await world.run(["dev", "A-1"], { env });
	expect(again.exitCode, again.stderr).toBe(0);
	expect(again.stderr).toContain(`A-1: removed what a killed run had left half-done: ${lock}`);
	expect(await world.repository.git(["show", "issue/A-1:first.txt"])).toBe("half done");
	expect(await world.repository.git(["rev-list", "--count", "main..issue/A-1"])).toBe("1");
});

situation(
	"the base moved on while a killed run's work lay in its worktree: that is committed, then both are merged",
	async () => {
		await using world = await createWorld([{ id: "A-1", script: inTurn(workForLong, editAndPass) }]);
		const env = await ownTemporaryFolder(world);
		const running = world.start(["dev", "A-1"], { env });
		await untilAgentWorks(world, running);
		running.child.kill("SIGKILL");
		await running.finished;
		await world.repository.write("first.txt", "theirs\n");
		await world.repository.commit("the base moves on");

		const refused = await world.run(["dev", "A-1"], { env });
		expect(refused.exitCode).toBe(1);
		expect(refused.stderr).toMatch(/issue\/A-1 and main both changed first\.txt/);
		expect(await world.repository.git(["show", "issue/A-1:first.txt"])).toBe("half done");

		await world.repository.write("first.txt", "# Test\n");
		await world.repository.git(["rm", "-q", "-f", "first.txt"]);
		await world.repository.commit("the base moves on once more");
		const again = await world.run(["dev", "A-1"], { env });
		expect(again.exitCode, again.stderr).toBe(0);
		const subjects = await world.repository.git(["log", "--format=%s", "--no-merges", "main..issue/A-1"]);
		expect(subjects.split("\n")).toEqual(["A-1: Title of A-1", "A-1: Title of A-1"]);
		expect(await world.repository.git(["show", "issue/A-1:first.txt"])).toBe("half done");
		expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
	},
);

async function untilAgentWorks(world: World, running: Running): Promise<void> {
	await untilExists(running, join(worktreeOf(world), "first.txt"));
	await until(running, async () => (await workingIn(worktreeOf(world))).length >= 2);
	// Codex ends by itself where it can't say any more that the command has begun.
	const events = join(world.repository.path, "logs/orch/M1/A-1/dev.jsonl");
	await until(running, async () => (await readFile(events, "utf8")).includes("first.txt"));
}

async function end(child: ChildProcess): Promise<void> {
	const closed = new Promise((resolve) => child.once("close", resolve));
	child.kill("SIGKILL");
	await closed;
}

function worktreeOf({ repository }: World, id = "A-1"): string {
	return join(repository.folder, "repo.worktrees", id);
}
