import { AsyncLocalStorage } from "node:async_hooks";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { $ } from "zx/core";
import { commitAll } from "../../tasks/repo/commit.ts";
import { git } from "../../tasks/repo/git.ts";
import { addWorktree } from "../../tasks/repo/worktree/add.ts";
import { findProgram } from "../../tasks/system/find-program.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";

const never = new AbortController().signal;

test("a git that reads its input to the end, where there is none", async () => {
	await using repository = await createRepository();
	const { stdout } = await git(["hash-object", "--stdin"], { cwd: repository.path });
	expect(stdout).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n");
});

test("zx's settings are as they were, and its storage, which slows every promise of the process, is not used", async () => {
	await using repository = await createRepository();
	const ofStorage = vi.spyOn(AsyncLocalStorage.prototype, "run");
	const before = { cwd: $.cwd, quiet: $.quiet, spawn: $.spawn, detached: $.detached };
	await git(["rev-parse", "HEAD"], { cwd: repository.path });
	expect(ofStorage).not.toHaveBeenCalled();
	expect({ cwd: $.cwd, quiet: $.quiet, spawn: $.spawn, detached: $.detached }).toEqual(before);
	ofStorage.mockRestore();
});

test("a git that is not to run any more when it could be started is not started", async () => {
	await using repository = await createRepository();
	const stop = new AbortController();
	const running = git(["branch", "late"], { cwd: repository.path, signal: stop.signal });
	stop.abort(new Error("stopped"));
	await expect(running).rejects.toThrow("stopped");
	expect(await repository.git(["branch", "--list", "late"])).toBe("");
});

test("what an earlier run had added to the index and is gone again is nothing to commit", async () => {
	await using repository = await createRepository([{ id: "A-1" }]);
	const issue = await addressOf(repository, "A-1");
	const worktree = await addWorktree(issue, undefined, issue.base.commit, never);
	await writeFile(join(worktree.path, "work.txt"), "work\n");
	await git(["add", "work.txt"], { cwd: repository.path, worktree });
	await rm(join(worktree.path, "work.txt"));

	expect(await commitAll(issue, worktree, "A-1: nothing\n", never)).toBe(false);
	expect(await repository.git(["rev-parse", "issue/A-1"])).toBe(issue.base.commit);
	await writeFile(join(worktree.path, "work.txt"), "work\n");
	expect(await commitAll(issue, worktree, "A-1: work\n", never)).toBe(true);
	expect(await repository.git(["log", "-1", "--format=%s", "issue/A-1"])).toBe("A-1: work");
});

test("a branch that is there although nobody has worked on the issue survives the attempt to make it", async () => {
	await using repository = await createRepository([{ id: "A-1" }]);
	const issue = await addressOf(repository, "A-1");
	await repository.git(["branch", "issue/A-1"]);
	await expect(addWorktree(issue, undefined, issue.base.commit, never)).rejects.toThrow("git-failed");
	expect(await repository.git(["rev-parse", "issue/A-1"])).toBe(issue.base.commit);
});

/** Processes of git that an issue may take, beside those that Codex starts by itself. */
const MOST_AN_ISSUE = 8;
/** With several issues at once, worktrees are filled by a process of their own. */
const MOST_SIDE_BY_SIDE = 9;

test("an issue takes no more processes of git than it has to", async () => {
	await using world = await createWorld([
		{ id: "A-1", milestone: "ONE", script: editAndPass },
		...["B-1", "B-2", "B-3"].map((id) => ({ id, milestone: "THREE", script: editAndPass })),
		...["C-1", "C-2", "C-3"].map((id) => ({ id, milestone: "SIDE", script: editAndPass })),
	]);
	const bin = join(world.repository.folder, "bin");
	const log = join(bin, "log");
	await mkdir(bin);
	await writeFile(
		join(bin, "git"),
		// In one write: several of them write at the same time.
		`#!/bin/sh\nprintf '%s\\n' "$(echo "$@" | tr '\\n' ' ')" >> ${log}\nexec ${findProgram("git")} "$@"\n`,
	);
	await chmod(join(bin, "git"), 0o755);
	const commandsOf = async (...args: readonly string[]): Promise<string[]> => {
		await writeFile(log, "");
		const { exitCode, stderr } = await world.run(["dev", ...args], { env: { PATH: `${bin}:${process.env.PATH}` } });
		expect(exitCode, stderr).toBe(0);
		// Codex's own come without the settings of our door.
		return (await readFile(log, "utf8")).split("\n").filter((line) => line.includes("gc.auto=0"));
	};
	const one = await commandsOf("ONE");
	const three = await commandsOf("THREE");
	expect(one.length).toBeGreaterThan(MOST_AN_ISSUE);
	expect((three.length - one.length) / 2, [...one, "", ...three].join("\n")).toBeLessThanOrEqual(MOST_AN_ISSUE);

	const sideBySide = await commandsOf("SIDE", "-j", "2");
	const beside = one.length - MOST_AN_ISSUE;
	expect(sideBySide.length, sideBySide.join("\n")).toBeLessThanOrEqual(beside + 3 * MOST_SIDE_BY_SIDE);
});

/** What has to be known of an issue to work on its branch. */
async function addressOf(repository: TestRepository, id: string) {
	const root = repository.path;
	return {
		id,
		repository: { root, commonDir: join(root, ".git") },
		base: { name: "main", commit: await repository.git(["rev-parse", "main"]) },
		branch: `issue/${id}`,
		worktreePath: join(`${root}.worktrees`, id),
	};
}
