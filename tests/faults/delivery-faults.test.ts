import { spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { VerifyRecord } from "../../tasks/contract/verify-record.ts";
import { passes, type Turns, works } from "../support/by-turn.ts";
import { checkedOrchfile, createDelivered, hasPrinted } from "../support/delivered.ts";
import { deliverOrchfile } from "../support/edited-orchfile.ts";
import { faultyEnvironment, plainEnvironment } from "../support/faults.ts";
import { STACK_TRACE } from "../support/footprint.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { expectNoneLeft, until } from "../support/observe.ts";
import { mountSmallDisk, noSmallDisk } from "../support/small-disk.ts";
import { snapshot } from "../support/snapshot.ts";
import { commandsIn, typed } from "../support/typed.ts";

const IDS = ["A-1"];
const PASSING: Turns = { dev: works("echo 'written for A-1' > A-1.txt"), "review-1": passes };
const orchfile = await checkedOrchfile();

test.concurrent("checks that could not be run here are no agent's to mend, and are run once they can be", async () => {
	const delivered = await createDelivered([{ id: "A-1", turns: PASSING }]);
	await using world = delivered.world;
	const mended = join(world.repository.folder, "mended");
	const settings = await deliverOrchfile('["sh check.sh"]', `case $PWD in */@checks/*) test -e '${mended}' ;; esac`);
	const failed = await world.run(["deliver", "A-1"], settings);
	expect(failed.stdout, failed.stderr).toMatch(/^A-1 +not accepted: not-run /m);
	expect(await world.log("M1/A-1/accept-run.json")).toMatchObject({ reasons: ["not-run"] });
	expect(delivered.turnsOf("A-1")).toEqual({ dev: 1 });
	await writeFile(mended, "");
	const again = await world.run(["deliver", "A-1"], settings);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(delivered.turnsOf("A-1")).toEqual({ dev: 1, "review-1": 1 });
});

for (const step of [
	"git worktree add #2",
	"mkdir checks/c@4/layers",
	"open logs/checks/<key>.json.tmp",
	"open logs/A-1/verify.sh-check-sh.860140.log",
	"writeFile logs/A-1/verify-run.json.tmp",
	"writeFile logs/A-1/accept-run.json.tmp",
]) {
	test.concurrent(`no space at ${step}: told, and nothing is taken for a pass`, async () => {
		const delivered = await createDelivered([{ id: "A-1", turns: PASSING }]);
		await using world = delivered.world;
		const before = await snapshot(world.repository);
		const env = await faultyEnvironment(world, { step, kind: "no-space" });
		const failed = await world.run(["deliver", "A-1"], { ...orchfile, env });
		expect(failed.exitCode, failed.stderr).toBe(1);
		expect(failed.stdout, failed.stderr).toMatch(/^A-1 +failed: disk-full /m);
		expect(failed.stderr).not.toMatch(STACK_TRACE);
		expect(await harmDone(world, before, IDS)).toEqual([]);
		const turns = delivered.turnsOf("A-1");
		const again = await world.run(["deliver", "A-1"], { ...orchfile, env: await plainEnvironment(world) });
		const found = [
			...(await harmDone(world, before, IDS)),
			...(await leftBehind(world, before, IDS, { isDelivered: true })),
		];
		expect({ exitCode: again.exitCode, found }, again.stdout + again.stderr).toEqual({ exitCode: 0, found: [] });
		expect(delivered.turnsOf("A-1")).toEqual({ ...turns, "review-1": 1 });
	});
}

const onSmallDisk = noSmallDisk === undefined ? test.concurrent : test.concurrent.skip;
const where = noSmallDisk === undefined ? "" : ` (${noSmallDisk})`;

onSmallDisk(`a check that fails as it fills the disk is no failure of the work${where}`, async () => {
	const delivered = await createDelivered([{ id: "A-1", turns: PASSING }]);
	await using world = delivered.world;
	const settings = await deliverOrchfile('["! test -e A-1.txt || head -c 3000000 /dev/zero > large"]');
	const env = await plainEnvironment(world);
	{
		using _disk = mountSmallDisk(join(world.repository.folder, "repo.worktrees"), { megabytes: 2 });
		const failed = await world.run(["deliver", "A-1"], { ...settings, env });
		expect(failed.stdout, failed.stderr).toMatch(/^A-1 +failed: disk-full /m);
		expect(delivered.turnsOf("A-1")).toEqual({ dev: 1 });
	}
	const again = await world.run(["deliver", "A-1"], { ...settings, env });
	expect(again.exitCode, again.stderr).toBe(0);
	expect(delivered.turnsOf("A-1")).toEqual({ dev: 1, "review-1": 1 });
});

onSmallDisk(`logs that became read-only while checks run: told, and nothing is taken for a pass${where}`, async () => {
	const delivered = await createDelivered([{ id: "A-1", turns: PASSING }]);
	await using world = delivered.world;
	const logs = join(world.repository.path, "logs");
	const held = join(world.repository.path, ".git/held-branch");
	const settings = { ...orchfile, env: await plainEnvironment(world) };
	await writeFile(held, "");
	const running = world.start(["deliver", "A-1"], settings);
	await until(running, () => hasPrinted(world, "M1/A-1", "begun on the branch"));
	// What is open for writing stays so; whoever comes by the path finds it read-only.
	for (const args of [
		["--bind", logs, logs],
		["-o", "remount,bind,ro", logs],
	])
		expect(spawnSync("mount", args).status).toBe(0);
	try {
		await rm(held);
		const failed = await running.finished;
		expect(failed.exitCode, failed.stderr).toBe(1);
		expect(failed.stderr).toMatch(/read-only|EROFS/);
		expect(failed.stderr).not.toMatch(STACK_TRACE);
		expect(delivered.turnsOf("A-1")).toEqual({ dev: 1 });
	} finally {
		spawnSync("umount", ["-l", logs]);
	}
	const again = await world.run(["deliver", "A-1"], settings);
	expect(again.exitCode, again.stderr).toBe(0);
});

test.concurrent.each([
	["ends the shell that runs it", "kill -9 $PPID; exit 1"],
	["ends all that it sees", "kill -9 -1; kill -9 1; kill -9 $PPID $$"],
	["removes its folder", 'rm -rf "$PWD"; rm -rf "$ORCH_REPORTS" "$HOME" "$TMPDIR"; exit 1'],
	["removes what it is made of", 'rm -rf "$ORCH_CHECKOUT"/* "$ORCH_CHECKOUT/.git"; exit 1'],
])("a check that %s fails, and does no harm", async (_, run) => {
	const delivered = await createDelivered([{ id: "A-1", turns: PASSING }]);
	await using world = delivered.world;
	const before = await snapshot(world.repository);
	const settings = await deliverOrchfile(JSON.stringify([`test -e A-1.txt || exit 0; ${run}`]));
	const env = await plainEnvironment(world);
	const failed = await world.run(["verify", "A-1"], { ...settings, env });
	expect(failed.stderr).not.toMatch(STACK_TRACE);
	const record = await world.log<VerifyRecord>("M1/A-1/verify-run.json");
	expect(record.failures, failed.stderr).toEqual(["new-failures"]);
	await expectNoneLeft(world);
	expect(await harmDone(world, before, IDS)).toEqual([]);
});

test.concurrent("verdicts and looks that can't be read: told in one way, and put aside as it says", async () => {
	const delivered = await createDelivered([{ id: "A-1", turns: PASSING }]);
	await using world = delivered.world;
	expect(await world.run(["deliver", "A-1"], orchfile)).toMatchObject({ exitCode: 0 });
	for (const name of ["accept-run.json", "verify-run.json"]) {
		const file = join(world.repository.path, "logs/orch/M1/A-1", name);
		const record = await world.log(`M1/A-1/${name}`);
		for (const text of ["", '{"version": 1, ', JSON.stringify({ ...record, version: 2 }), "null"]) {
			await writeFile(file, text);
			const { exitCode, stderr } = await world.run(["deliver", "A-1"], orchfile);
			expect(exitCode, stderr).toBe(1);
			expect(stderr).not.toMatch(STACK_TRACE);
			const [command = "", ...others] = commandsIn(stderr, "mv ");
			expect(others, stderr).toEqual([]);
			expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
			const again = await world.run(["deliver", "A-1"], orchfile);
			expect(again.exitCode, again.stderr).toBe(0);
		}
	}
	expect(delivered.turnsOf("A-1")).toEqual({ dev: 1, "review-1": 1 });
});

test.concurrent.each(["packed-refs.lock", "refs/notes/orch.lock", "index.lock"])(
	"%s is there, and whose it is can't be told: it is accepted all the same",
	async (lock) => {
		const delivered = await createDelivered([{ id: "A-1", turns: PASSING }]);
		await using world = delivered.world;
		await world.repository.write(`.git/${lock}`, "");
		const { exitCode, stderr } = await world.run(["deliver", "A-1"], orchfile);
		expect(exitCode, stderr).toBe(0);
		expect(await world.log("M1/A-1/accept-run.json")).toMatchObject({ outcome: "accepted" });
		// The record is what counts; that it could not be noted is told.
		if (lock.includes("notes")) expect(stderr).toMatch(/^A-1 .* accept {2}warning: git notes: /m);
		await rm(join(world.repository.path, ".git", lock), { force: true });
		expect(await world.run(["deliver", "A-1", "-q"], orchfile)).toMatchObject({ exitCode: 0 });
	},
);
