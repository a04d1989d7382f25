import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { orchfileWithSetup } from "./support/edited-orchfile.ts";
import { STACK_TRACE } from "./support/footprint.ts";
import { harmDone, leftBehind } from "./support/invariants.ts";
import { expectNoneLeft, until, untilExists } from "./support/observe.ts";
import { workingIn } from "./support/processes.ts";
import { editAndPass, runAndPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { ownTemporaryFolder } from "./support/temporary.ts";
import { inTurn, workForLong } from "./support/turns.ts";
import { createWorld, type RunSettings, type World } from "./support/world.ts";

let orchfile: RunSettings;
beforeAll(async () => {
	orchfile = await orchfileWithSetup("sh tools/setup.sh");
});

test.concurrent("what an agent wrote is never run by a set-up: on its own branch, ignored there, or on a branch that builds on it", async () => {
	const hostile = runAndPass(
		`echo theirs > version; echo 'touch ../../canary' > tools/setup.sh
		mkdir node_modules; echo evil > node_modules/tool`,
	);
	const look = runAndPass("cat node_modules/tool version; echo more >> more.txt");
	await using world = await createWorld([
		{ id: "A-1", script: inTurn(hostile, look) },
		{ id: "A-2", script: look, blocked_by: ["A-1"] },
	]);
	const { repository } = world;
	await withSetup(
		world,
		`git symbolic-ref -q HEAD || echo "on no branch, at $(git rev-parse HEAD)"
		echo "mine: $MINE, git's: $GIT_DIR" >&2
		mkdir node_modules && echo "made of $(cat version)" > node_modules/tool
		setsid sleep 600 >&- 2>&- & sleep 600 >&- 2>&- &`,
	);
	await repository.write("version", "ours\n");
	await repository.commit();
	const before = await snapshot(repository);
	// Without a set-up, and left standing with all that the agent did.
	expect(await world.run(["phase:dev", "A-1"])).toMatchObject({ exitCode: 0 });
	expect(await readFile(join(worktreeOf(world), "node_modules/tool"), "utf8")).toBe("evil\n");

	const env = { MINE: "yes", GIT_DIR: "/nonexistent" };
	const { exitCode, stderr } = await world.run(["dev", "M1", "-B"], { ...orchfile, env });
	expect(exitCode, stderr).toBe(0);
	expect(stderr).toMatch(/^A-1 {2}[\d:]{8} {2}worktree:setup {2}\$ sh tools\/setup\.sh$/m);
	for (const id of ["A-1", "A-2"]) {
		const printed = `on no branch, at ${await repository.git(["rev-parse", "main"])}\nmine: yes, git's: \n`;
		expect(await readFile(logOf(world, id), "utf8")).toBe(printed);
		// The agent's files are back in their place, with what was made of the base's.
		const { summary } = await world.log<{ summary: string }>(`M1/${id}/dev-result.json`);
		expect(summary).toMatch(/made of ours\ntheirs\n/);
		expect(await repository.git(["show", `issue/${id}:tools/setup.sh`])).toContain("canary");
	}
	expect(existsSync(join(repository.folder, "canary"))).toBe(false);
	expect((await world.processes()).filter(({ command }) => command.includes("sleep 600"))).toEqual([]);
	expect(await snapshot(repository)).toEqual(before);
});

test.concurrent("a set-up that fails, leaves changes or takes too long fails its issue before a token is spent", async () => {
	await using world = await createWorld(
		["CHANGES", "FAILS", "SLOW", "SPACE"].map((id) => ({ id, script: editAndPass })),
	);
	await withSetup(
		world,
		`case $PWD in
		*/FAILS) for n in 1 2 3 4 5 6 7 8 9 10 11; do echo "line $n"; done; echo "no such package" >&2; exit 3 ;;
		*/CHANGES) mkdir node_modules made; echo x >> README.md; echo x > made/x; echo x > node_modules/x ;;
		*/SLOW) sleep 600 ;;
		*/SPACE) echo "npm error ENOSPC: no space left on device, write" >&2; exit 1 ;;
		esac`,
	);
	const before = await snapshot(world.repository);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", "--timeout", "4s"], orchfile);
	expect(exitCode, stderr).toBe(1);
	expect(world.model.requests).toEqual([]);
	expect(stdout).toMatch(/^FAILS +failed: set-up-failed /m);
	expect(stderr).toMatch(/`sh tools\/setup\.sh` ended with exit code 3\. No agent was started\.\n {2}line 3\n/);
	expect(stderr).toMatch(/ {2}no such package\n {2}Log: \/.*\/logs\/orch\/M1\/FAILS\/setup\.log\n/);
	expect(stdout).toMatch(/^CHANGES +failed: set-up-not-ignored /m);
	expect(stderr).toMatch(/in the worktree of CHANGES, .*: README\.md, made\/\S+\. No agent was started\./);
	expect(stdout).toMatch(/^SLOW +failed: set-up-failed /m);
	expect(stderr).toMatch(/was still running after 4s.*\n.*Log: .*\n.* dev SLOW --timeout 8s/);
	expect(stdout).toMatch(/^SPACE +failed: disk-full /m);
	expect(stderr).not.toMatch(STACK_TRACE);
	expect(existsSync(`${world.repository.path}.worktrees`)).toBe(false);
	expect(await snapshot(world.repository)).toEqual(before);
	await expectNoneLeft(world);

	await withSetup(world, "echo fine");
	const again = await world.run(["dev", "FAILS"], orchfile);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(await readFile(logOf(world, "FAILS"), "utf8")).toBe("fine\n");
	expect(await readFile(logOf(world, "FAILS", "attempts/without-record"), "utf8")).toContain("no such package");
});

test.concurrent("a set-up that is interrupted or killed is done anew; one that is complete is not, when its agent is", async () => {
	await using world = await createWorld([{ id: "A-1", script: inTurn(workForLong, editAndPass) }]);
	const { folder } = world.repository;
	const [waiting, wait, done] = ["waiting", "wait", "done"].map((name) => join(folder, name)) as [
		string,
		string,
		string,
	];
	await withSetup(
		world,
		`mkdir node_modules && echo half > node_modules/half
		if [ -e ../../wait ]; then touch ../../waiting; (setsid sleep 600 &); sleep 600; fi
		echo done >> ../../done && mv node_modules/half node_modules/whole`,
	);
	const before = await snapshot(world.repository);
	const settings = { ...orchfile, env: await ownTemporaryFolder(world) };
	await writeFile(wait, "");
	const interrupted = world.start(["dev", "A-1"], settings);
	await untilExists(interrupted, waiting);
	// Another run is told who has it, and takes nothing for tampered.
	const other = await world.run(["dev", "A-1"], settings);
	expect(other.stdout, other.stderr).toMatch(/^A-1 +blocked by another run /m);
	interrupted.child.kill("SIGINT");
	expect(await interrupted.finished).toMatchObject({ exitCode: 130 });
	await expectNoneLeft(world);
	expect(existsSync(worktreeOf(world))).toBe(false);

	await rm(waiting);
	const killed = world.start(["dev", "A-1"], settings);
	await untilExists(killed, waiting);
	killed.child.kill("SIGKILL");
	await killed.finished;
	await rm(wait);
	const working = world.start(["dev", "A-1"], settings);
	await untilExists(working, join(worktreeOf(world), "first.txt"));
	expect(await readdir(join(worktreeOf(world), "node_modules"))).toEqual(["whole"]);
	await until(working, async () => (await workingIn(worktreeOf(world))).length >= 2);
	working.child.kill("SIGKILL");
	const { stderr } = await working.finished;
	expect(stderr).toMatch(/A-1: taken over from a run that is dead: .* was ended/);
	expect(stderr).toMatch(/A-1: removed what a killed run had left half-done: .*\.worktrees\/A-1/);
	expect(await readFile(done, "utf8")).toBe("done\n");

	const again = await world.run(["dev", "A-1"], settings);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(again.stderr).not.toContain("worktree:setup  $");
	expect(await readFile(done, "utf8")).toBe("done\n");
	expect(await world.repository.git(["show", "issue/A-1:first.txt"])).toBe("half done");
	expect(await harmDone(world, before, ["A-1"])).toEqual([]);
	expect((await leftBehind(world, before, ["A-1"])).filter((each) => !each.includes("first.txt"))).toEqual([]);
});

/** The base's own script for the set-up, and rules that ignore what it makes. */
async function withSetup({ repository }: World, script: string): Promise<void> {
	await repository.write("tools/setup.sh", `set -e\n${script}\n`);
	await repository.write(".gitignore", "/node_modules/\n/logs/\n");
	await repository.commit();
}

function logOf({ repository }: World, id: string, folder = ""): string {
	return join(repository.path, "logs/orch/M1", id, folder, "setup.log");
}

function worktreeOf({ repository }: World): string {
	return join(`${repository.path}.worktrees`, "A-1");
}
