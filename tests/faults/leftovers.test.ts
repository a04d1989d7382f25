import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { STACK_TRACE } from "../support/footprint.ts";
import { until } from "../support/observe.ts";
import { editAndPass, gate, gated, passWithoutChange, runAndPass } from "../support/scripts.ts";
import { inTurn } from "../support/turns.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld, type World } from "../support/world.ts";

const execFileAsync = promisify(execFile);

test.concurrent("a repository without a commit that the agent made, and the way out that is printed", async () => {
	const script = runAndPass(
		"git init -q 'made by agent' && echo content > 'made by agent/file.txt' && echo top > top.txt",
	);
	await using world = await createWorld([
		{ id: "A-1", script },
		{ id: "A-2", script: editAndPass },
	]);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(1);
	expect(stdout).toMatch(/A-1 +failed: nested-repository/);
	expect(stdout).toMatch(/A-2 +pass/);
	expect(stderr).toContain("made by agent");
	expect(stderr).not.toMatch(STACK_TRACE);
	expect(await world.repository.git(["rev-parse", "issue/A-1"])).toBe(
		await world.repository.git(["rev-parse", "main"]),
	);
	expect(await readFile(inWorktree(world, "made by agent/file.txt"), "utf8")).toBe("content\n");
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "pass", saved: null });

	await expectWayOut(world, stderr);
	expect(await show(world, "made by agent/file.txt")).toBe("content");
	expect(await show(world, "top.txt")).toBe("top");
});

test.concurrent("a repository with a commit and a trap that the agent made, and the way out that is printed", async () => {
	const commands = `
		mkdir -p deep && git init -q deep/sub && cd deep/sub && echo content > file.txt && git add file.txt
		git -c user.name=Agent -c user.email=agent@example.com commit -q -m nested
		printf '#!/bin/sh\\ntouch "%s/canary"\\n' "$(cd ../../../.. && pwd)" > .git/trap && chmod +x .git/trap
		git config core.fsmonitor "$PWD/.git/trap" && echo changed > file.txt`;
	await using world = await createWorld([{ id: "A-1", script: runAndPass(commands) }]);
	const canary = join(world.repository.folder, "canary");
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(1);
	expect(stdout).toMatch(/A-1 +failed: nested-repository/);
	expect(stderr).toContain("deep/sub");
	expect(await world.repository.git(["rev-parse", "issue/A-1"])).toBe(
		await world.repository.git(["rev-parse", "main"]),
	);
	expect(await readFile(inWorktree(world, "deep/sub/file.txt"), "utf8")).toBe("changed\n");
	for (const args of [
		["worktree:teardown", "A-1"],
		["dev", "A-1", "-B"],
	]) {
		const again = await world.run(args);
		expect(again.exitCode, again.stderr).toBe(1);
	}
	// Codex would have stepped into it at the start of the turn.
	expect(world.model.issuesSeen).toEqual(["A-1"]);
	expect(existsSync(inWorktree(world, "deep/sub/.git/trap"))).toBe(true);
	expect(existsSync(canary)).toBe(false);
	// The trap is one: git without precautions steps into it.
	await execFileAsync("git", ["-C", inWorktree(world, "deep/sub"), "status"]);
	expect(existsSync(canary)).toBe(true);

	await expectWayOut(world, stderr);
	expect(await show(world, "deep/sub/file.txt")).toBe("changed");
});

test.concurrent("a repository that the agent made in a submodule's empty folder, and files that it left in another's", async () => {
	const commands = `
		git init -q vendor/lib && cd vendor/lib && echo content > file.txt && git add file.txt
		git -c user.name=Agent -c user.email=agent@example.com commit -q -m nested
		printf '#!/bin/sh\\ntouch "%s/canary"\\n' "$(cd ../../../.. && pwd)" > .git/trap && chmod +x .git/trap
		git config core.fsmonitor "$PWD/.git/trap" && echo changed > file.txt`;
	await using world = await createWorld([
		{ id: "A-1", script: runAndPass(commands) },
		{ id: "A-2", script: runAndPass("echo content > 'vendor/other lib/file.txt'; echo top > top.txt") },
		{ id: "A-3", script: editAndPass },
	]);
	const { repository } = world;
	const library = join(repository.folder, "library");
	await repository.git(["init", "-q", library]);
	await repository.git(["commit", "-q", "--allow-empty", "-m", "library"], library);
	for (const path of ["vendor/lib", "vendor/other lib"]) {
		await repository.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, path]);
	}
	await repository.commit();
	// The clone holds neither, so both stay empty.
	await repository.git(["submodule", "--quiet", "deinit", "--all"]);
	await rm(join(repository.path, ".git/modules"), { recursive: true });
	const canary = join(repository.folder, "canary");
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(1);
	expect(stderr).toMatch(
		/^Submodules of main that your clone does not hold stay empty .*: vendor\/lib, vendor\/other lib$/m,
	);
	for (const id of ["A-1", "A-2"]) {
		expect(stdout).toMatch(new RegExp(`${id} +failed: nested-repository`));
		expect(await repository.git(["rev-parse", `issue/${id}`])).toBe(await repository.git(["rev-parse", "main"]));
	}
	expect(stdout).toMatch(/A-3 +pass/);
	expect(existsSync(inWorktree(world, "", "A-3"))).toBe(false);
	expect(await readFile(inWorktree(world, "vendor/lib/file.txt"), "utf8")).toBe("changed\n");
	expect(await readFile(inWorktree(world, "vendor/other lib/file.txt", "A-2"), "utf8")).toBe("content\n");
	expect(existsSync(canary)).toBe(false);
	// The trap is one.
	await execFileAsync("git", ["-C", inWorktree(world, ""), "status"]);
	expect(existsSync(canary)).toBe(true);

	const [ofFirst = "", ofSecond = ""] = stderr.split(/^(?=A-[12] {2}The )/m).slice(1);
	await expectWayOut(world, ofFirst);
	expect(await show(world, "vendor/lib-found/file.txt")).toBe("changed");
	await expectWayOut(world, ofSecond, "A-2");
	expect(await show(world, "vendor/other lib-found/file.txt", "A-2")).toBe("content");
	expect(await show(world, "top.txt", "A-2")).toBe("top");
});

test.concurrent("files that the base's own rules ignore", async () => {
	const script = runAndPass(
		"mkdir -p build/deep && echo x > build/deep/out.bin && chmod a-w build/deep/out.bin && echo s > src.txt",
	);
	await using world = await createWorld([{ id: "A-1", script }]);
	await world.repository.write(".gitignore", "build/\n");
	await world.repository.commit();
	const { exitCode, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await world.repository.git(["diff", "--name-only", "main...issue/A-1"])).toBe("src.txt");
	expect(existsSync(inWorktree(world))).toBe(false);
});

test.concurrent("the folder of worktrees, which goes with the last of them", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { exitCode, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await readdir(world.repository.folder)).not.toContain("repo.worktrees");
});

test.concurrent("an agent that changes nothing", async () => {
	await using world = await createWorld([{ id: "A-1", script: passWithoutChange }]);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	expect(stdout).toMatch(/A-1 +pass, no change/);
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({
		outcome: "pass",
		saved: { commit: null, commits: 0 },
	});
	expect(existsSync(inWorktree(world))).toBe(false);

	const again = await world.run(["dev", "M1"]);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(again.stdout).toContain("'dev A-1' is up to date");
	expect(world.model.issuesSeen).toEqual(["A-1"]);
});

test.concurrent("an agent that changes nothing after one that did", async () => {
	await using world = await createWorld([{ id: "A-1", script: inTurn(editAndPass, passWithoutChange) }]);
	await world.run(["dev", "M1"]);
	const tip = await world.repository.git(["rev-parse", "issue/A-1"]);
	const { exitCode, stderr } = await world.run(["dev", "M1", "-B"]);
	expect(exitCode, stderr).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-1"]);
	expect(await world.repository.git(["rev-parse", "issue/A-1"])).toBe(tip);
	const saved = { commit: null, head: tip, commits: 1, filesChanged: 1 };
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "pass", saved });
	expect(await readdir(join(world.repository.path, "logs/orch/M1/A-1/attempts"))).toHaveLength(1);
	expect(existsSync(inWorktree(world))).toBe(false);
});

test.concurrent("a branch whose worktree was removed", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await earlierWork(world);
	await world.repository.git(["worktree", "remove", inWorktree(world)]);
	await expectContinued(world);
});

test.concurrent("a branch whose worktree folder was deleted by hand", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await earlierWork(world);
	await rm(inWorktree(world), { recursive: true });
	await expectContinued(world);
});

test.concurrent("a worktree that somebody has locked", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", script: editAndPass },
	]);
	const earlier = await earlierWork(world);
	await world.repository.git(["worktree", "lock", "--reason", "looking at it", inWorktree(world)]);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(1);
	expect(stdout).toMatch(/A-1 +failed: worktree-locked/);
	expect(stdout).toMatch(/A-2 +pass/);
	expect(stderr).toContain("looking at it");
	expect(await show(world, "A-1.txt")).toBe("written for A-1");
	expect(await world.repository.git(["merge-base", "issue/A-1", earlier])).toBe(earlier);
	expect(existsSync(inWorktree(world, "A-1.txt"))).toBe(true);

	// Forcing it, as git itself proposes, would pass over whoever locked it.
	expect(stderr).not.toMatch(/-f -f|--force/);
	const commands = commandsIn(stderr, "git worktree unlock");
	expect(commands).toHaveLength(1);
	for (const command of commands) expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
	const again = await world.run(["dev", "M1"]);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(existsSync(inWorktree(world))).toBe(false);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-2"]);
});

test.concurrent("a locked worktree that is not there, as on a disk that was taken out", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", script: editAndPass },
	]);
	await earlierWork(world);
	await world.repository.git(["worktree", "lock", "--reason", "on the other disk", inWorktree(world)]);
	await rm(inWorktree(world), { recursive: true });
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(1);
	expect(stdout).toMatch(/A-1 +failed: /);
	expect(stdout).toMatch(/A-2 +pass/);
	expect(stderr).not.toMatch(STACK_TRACE);
	expect(stderr).toContain(inWorktree(world));
	expect(stderr).toMatch(/locked/);
	expect(await world.repository.git(["worktree", "list"])).toContain(inWorktree(world));
});

test.concurrent("a prompt that is too long for Codex", async () => {
	const first = gate();
	const second = gate();
	await using world = await createWorld([
		{ id: "A-1", script: gated(editAndPass, first) },
		{ id: "A-2", script: gated(editAndPass, second) },
		{ id: "A-3", script: editAndPass },
		{ id: "A-4", script: editAndPass },
	]);
	const running = world.start(["dev", "M1", "-j", "2"]);
	await Promise.race([Promise.all([first.reached, second.reached]), until(running, () => false)]);
	// Two agents have their prompt; the next two get one of more than a million characters.
	const prompt = `# Phase: dev\n\n${"All work and no play.\n".repeat(55_000)}\n{{answer}}\n`;
	await world.repository.write("prompts/dev-auto-parallel.md", prompt);
	second.release();
	const failed = (id: string) => until(running, async () => (await recordOf(world, id))?.outcome === "failed");
	await Promise.all([failed("A-3"), failed("A-4")]);
	first.release();
	const { exitCode, stdout, stderr } = await running.finished;
	expect(exitCode, stderr).toBe(1);
	expect(stderr).not.toMatch(STACK_TRACE);
	for (const id of ["A-1", "A-2"]) expect(stdout).toMatch(new RegExp(`${id} +pass`));
	for (const id of ["A-3", "A-4"]) {
		expect(stdout).toMatch(new RegExp(`${id} +failed: runner-error`));
		const record = await recordOf(world, id);
		expect(record).toMatchObject({ outcome: "failed", reason: "runner-error" });
		expect(record?.details.join("\n")).toMatch(/exceeds the maximum length|too large|too long/i);
		expect(stderr).toMatch(
			new RegExp(`${id} failed: runner-error\n.*(exceeds the maximum length|too large|too long)`, "i"),
		);
		expect(existsSync(inWorktree(world, "", id))).toBe(false);
	}
	expect([...world.model.issuesSeen].sort()).toEqual(["A-1", "A-2"]);
});

/** Follows what the message about a nested repository tells to type, until the issue is done. */
async function expectWayOut(world: World, message: string, id = "A-1"): Promise<void> {
	const persists = commandsIn(message, "npx tsx").filter((line) => / persist /.test(line));
	const commands = [...new Set([...commandsIn(message, "rm -rf "), ...persists])];
	expect(commands).toHaveLength(2);
	for (const command of commands) {
		const { exitCode, stderr } = await typed(world, command);
		expect(exitCode, `${command}\n${stderr}`).toBe(0);
	}
	expect(await world.log(`M1/${id}/dev-run.json`)).toMatchObject({ outcome: "pass", saved: { commits: 1 } });
	const { exitCode, stderr } = await world.run(["worktree:teardown", id]);
	expect(exitCode, stderr).toBe(0);
	expect(existsSync(inWorktree(world, "", id))).toBe(false);
}

/** A worktree and branch as an earlier run of ours would have left them, with one commit. */
async function earlierWork(world: World): Promise<string> {
	const { git } = world.repository;
	const path = inWorktree(world);
	await git(["worktree", "add", "-q", "-b", "issue/A-1", path, "main"]);
	await git(["commit", "-q", "--allow-empty", "-m", "Earlier work"], path);
	return git(["rev-parse", "issue/A-1"]);
}

/** The run goes on from the branch as it stands. */
async function expectContinued(world: World): Promise<void> {
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	expect(stdout).toMatch(/A-1 +pass +2 /);
	expect(await world.repository.git(["log", "--format=%s", "main..issue/A-1"])).toBe("A-1: Title of A-1\nEarlier work");
	expect(await world.repository.git(["worktree", "list"])).not.toContain("\n");
}

async function recordOf(world: World, id: string) {
	return world.log<{ outcome: string; details: string[] }>(`M1/${id}/dev-run.json`).catch(() => undefined);
}

function inWorktree({ repository }: World, file = "", id = "A-1"): string {
	return join(repository.folder, "repo.worktrees", id, file);
}

function show({ repository }: World, file: string, id = "A-1"): Promise<string> {
	return repository.git(["show", `issue/${id}:${file}`]);
}
