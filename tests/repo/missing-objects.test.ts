import { execFile } from "node:child_process";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { suggestedIn } from "../support/commands.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld, type World } from "../support/world.ts";

const shell = promisify(execFile);

test("a partial clone without files: said before anything is made, with what brings them", async () => {
	await using world = await worldOfClone(
		["--filter=blob:none", "--no-checkout"],
		[
			["read-tree", "HEAD"],
			["checkout", "--", "docs"],
		],
	);
	const { repository } = world;
	const doctor = await world.run(["doctor", "A-1"]);
	expect(doctor.stdout).toMatch(/^error +worktrees +.*2 files of main are not in it/m);
	expect(doctor.stdout).toMatch(/^ok +disk/m);
	const refused = await world.run(["dev", "A-1"]);
	expect(refused.exitCode).toBe(2);
	expect(refused.stderr).toMatch(/This clone is partial: 2 files of main are not in it/);
	expect(await repository.git(["branch", "--list", "issue/*"])).toBe("");
	for (const command of suggestedIn(refused.stderr)) await typed(repository, command);
	await offline(repository);
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect((await world.run(["doctor", "A-1"])).stdout).toMatch(/^ok +worktrees/m);
});

test("a partial clone without folders either, from a base that was never checked out", async () => {
	await using world = await worldOfClone(["--filter=tree:0"], []);
	const { repository } = world;
	const refused = await world.run(["dev", "A-1", "--base", "main~1"]);
	expect(refused.exitCode, refused.stderr).toBe(2);
	expect(refused.stderr).toMatch(/This clone is partial: folders of main~1 are not in it/);
	for (const command of suggestedIn(refused.stderr)) await typed(repository, command);
	await offline(repository);
	const { exitCode, stderr } = await world.run(["dev", "A-1", "--base", "main~1"]);
	expect(exitCode, stderr).toBe(0);
});

test("a partial clone that is sparse has all that its worktrees are filled with, also without its remote", async () => {
	await using world = await worldOfClone(
		["--filter=blob:none", "--no-checkout"],
		[
			["sparse-checkout", "set", "docs"],
			["checkout", "-q", "main"],
		],
	);
	await offline(world.repository);
	const doctor = await world.run(["doctor", "A-1"]);
	expect(doctor.stdout).toMatch(/^ok +disk/m);
	expect(doctor.stdout).toMatch(/^ok +worktrees/m);
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await world.repository.git(["diff", "--name-only", "main", "issue/A-1"])).toBe("A-1.txt");
});

test("a fetch that cuts the history off: the branch is no stranger's, and the history comes back by the command that is told", async () => {
	await using world = await worldOfClone([], []);
	const { repository } = world;
	expect((await world.run(["dev", "A-1"])).exitCode).toBe(0);
	const work = await repository.git(["rev-parse", "issue/A-1"]);
	const origin = join(repository.folder, "origin");
	await repository.git(["commit", "-q", "--allow-empty", "-m", "later"], origin);
	await repository.write("../origin/docs/projects/p/issues/A-1.md", await changed(repository));
	await repository.git(["commit", "-qam", "more is wanted"], origin);
	await repository.git(["fetch", "-q", "--depth", "1"]);
	await repository.git(["reset", "-q", "--hard", "origin/main"]);

	const refused = await world.run(["dev", "A-1"]);
	expect(refused.exitCode, refused.stderr).toBe(1);
	expect(refused.stderr).toMatch(/This clone is shallow: what issue\/A-1 and main have in common is not in it/);
	expect(refused.stderr).not.toContain("rebase");
	const [command = ""] = suggestedIn(refused.stderr);
	await typed(repository, command);
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await repository.git(["merge-base", "--is-ancestor", work, "issue/A-1"])).toBe("");
});

test("work that was merged before the history was cut off is not paid for again", async () => {
	await using world = await worldOfClone([], []);
	const { repository, model } = world;
	const { git } = repository;
	expect((await world.run(["dev", "A-1"])).exitCode).toBe(0);
	await git(["merge", "-q", "--no-ff", "-m", "take it", "issue/A-1"]);
	await git(["push", "-q", "origin", "main:later"]);
	await git(["branch", "-q", "-D", "issue/A-1"]);
	const origin = join(repository.folder, "origin");
	await git(["switch", "-q", "later"], origin);
	await git(["commit", "-q", "--allow-empty", "-m", "more"], origin);
	await git(["commit", "-q", "--allow-empty", "-m", "and more"], origin);
	await git(["fetch", "-q", "--depth", "1", "origin", "later"]);
	await git(["reset", "-q", "--hard", "FETCH_HEAD"]);
	const asked = model.requests.length;

	expect((await world.run(["status"])).stdout).toMatch(/^A-1 .*history cut/m);
	const refused = await world.run(["dev", "A-1"]);
	expect(refused.exitCode, refused.stderr).toBe(1);
	expect(refused.stderr).toMatch(/This clone is shallow/);
	const why = await world.run(["why", "A-1"]);
	const [command = why.stdout] = suggestedIn(refused.stderr);
	expect(why.stdout).toContain(command);
	await typed(repository, command);
	const again = await world.run(["dev", "A-1"]);
	expect(again.exitCode, again.stderr).toBe(0);
	expect((await world.run(["status"])).stdout).toMatch(/^A-1 .*merged/m);
	expect(model.requests.length).toBe(asked);
});

/** A world in a clone, whose remote lies beside it. */
async function worldOfClone(clone: readonly string[], first: readonly (readonly string[])[]): Promise<World> {
	const repository = await createRepository([{ id: "A-1" }]);
	const { git, path, folder } = repository;
	await repository.write("src/large.txt", "large\n".repeat(1000));
	await repository.commit();
	const origin = join(folder, "origin");
	await rename(path, origin);
	await git(["config", "uploadpack.allowFilter", "true"], origin);
	await git(["clone", "-q", ...clone, `file://${origin}`, path], folder);
	for (const args of first) await git(args);
	return createWorld([{ id: "A-1", script: editAndPass }], { repository });
}

/** From here on nothing can be fetched. */
async function offline({ folder }: TestRepository): Promise<void> {
	await rename(join(folder, "origin"), join(folder, "moved-away"));
}

async function typed({ path, home }: TestRepository, command: string): Promise<void> {
	await shell("/bin/sh", ["-c", command], { cwd: path, env: { PATH: process.env.PATH, HOME: home } });
}

async function changed(repository: TestRepository): Promise<string> {
	return `${await repository.read("docs/projects/p/issues/A-1.md")}\nAnd more.\n`;
}
