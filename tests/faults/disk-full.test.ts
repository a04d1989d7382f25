import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Fault, faultyEnvironment, plainEnvironment } from "../support/faults.ts";
import { STACK_TRACE } from "../support/footprint.ts";
import { harmDone, leftBehind } from "../support/invariants.ts";
import { editAndPass } from "../support/scripts.ts";
import { mountSmallDisk, noSmallDisk } from "../support/small-disk.ts";
import { type Snapshot, snapshot } from "../support/snapshot.ts";
import { thenFull } from "../support/then-full.ts";
import { inTurn } from "../support/turns.ts";
import { createWorld, type Finished, type World } from "../support/world.ts";

const ISSUES = ["A-1", "A-2"];

// The soak test has every step.
for (const fault of [
	{ step: "git worktree add", kind: "no-space-late" },
	{ step: "sync logs/A-1/.gitignore.tmp", kind: "no-space" },
	{ step: "open logs/A-1/dev.stderr.log", kind: "no-space" },
	{ step: "git commit", kind: "no-space-late" },
] as const satisfies readonly Fault[]) {
	test.concurrent(`${fault.kind} at ${fault.step}`, async () => {
		await using world = await createWorld(ISSUES.map((id) => ({ id, script: editAndPass })));
		const before = await snapshot(world.repository);
		const failed = await world.run(["dev", "M1"], { env: await faultyEnvironment(world, fault) });
		await expectDiskFull(world, failed);
		expect(await harmDone(world, before, ISSUES)).toEqual([]);
		await expectGoesOn(world, before, "A-1");
	});
}

test.concurrent("no-space at the temporary folder of the first look at the sandbox: nothing is started", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const fault = { step: "mkdtemp tmp/orchfile-*", kind: "no-space" } as const;
	const before = await snapshot(world.repository, { everything: true });
	const { exitCode, stderr } = await world.run(["dev", "M1"], { env: await faultyEnvironment(world, fault) });
	expect(exitCode).toBe(2);
	expect(stderr).toMatch(/There is no space left for \/.*\/tmp/);
	expect(await snapshot(world.repository, { everything: true })).toEqual({
		...before,
		files: { ...before.files, "../tmp": "" },
	});
});

const onSmallDisk = noSmallDisk === undefined ? test.concurrent : test.concurrent.skip;
const where = noSmallDisk === undefined ? "" : ` (${noSmallDisk})`;

for (const [name, folder, pagesLeft, changes] of [
	["the agent's events", "logs", 0, { summary: "long ".repeat(2_000) }],
	["git add's index", ".git", 1, {}],
] as const) {
	onSmallDisk(`a disk that is full at ${name}${where}`, async () => {
		const script = inTurn(
			thenFull(() => disk, pagesLeft, changes),
			editAndPass,
		);
		await using world = await createWorld([
			{ id: "A-1", script },
			{ id: "A-2", script: editAndPass },
		]);
		using disk = mountSmallDisk(join(world.repository.path, folder));
		const before = await snapshot(world.repository);
		const failed = await world.run(["dev", "M1"], { env: await plainEnvironment(world) });
		await expectDiskFull(world, failed);
		expect(await harmDone(world, before, ISSUES)).toEqual([]);
		disk.free();
		await expectGoesOn(world, before);
	});
}

for (const folder of [".git"]) {
	onSmallDisk(`a disk that is full from the start, under ${folder}${where}`, async () => {
		await using world = await createWorld(ISSUES.map((id) => ({ id, script: editAndPass })));
		using disk = mountSmallDisk(join(world.repository.path, folder));
		const before = await snapshot(world.repository);
		disk.fill();
		await expectDiskFull(world, await world.run(["dev", "M1"], { env: await plainEnvironment(world) }));
		expect(await harmDone(world, before, ISSUES)).toEqual([]);
		expect(world.model.issuesSeen).toEqual([]);
		disk.free();
		await expectGoesOn(world, before);
	});
}

onSmallDisk(`a disk that a worktree does not fit on${where}`, async () => {
	await using world = await createWorld(ISSUES.map((id) => ({ id, script: editAndPass })));
	await world.repository.write("large.bin", new Uint8Array(600_000).fill(7));
	await world.repository.commit();
	const before = await snapshot(world.repository);
	{
		using disk = mountSmallDisk(join(world.repository.folder, "repo.worktrees"), { megabytes: 1 });
		disk.fill(50);
		const failed = await world.run(["dev", "M1"], { env: await plainEnvironment(world) });
		await expectDiskFull(world, failed);
		expect(await harmDone(world, before, ISSUES)).toEqual([]);
		expect(existsSync(join(world.repository.folder, "repo.worktrees/A-1"))).toBe(false);
	}
	await expectGoesOn(world, before);
});

/** The same command, or one for the issue that met it, ends well once there is space again. */
async function expectGoesOn(world: World, before: Snapshot, only?: string): Promise<void> {
	const ids = only === undefined ? ISSUES : [only];
	const { exitCode, stdout, stderr } = await world.run(["dev", only ?? "M1"], { env: await plainEnvironment(world) });
	const found = [
		...(await harmDone(world, before, ids)),
		// What was done before the disk was full may have a commit of its own.
		...(await leftBehind(world, before, ids, { mostCommits: 2 })),
	];
	expect({ exitCode, found }, stdout + stderr).toEqual({ exitCode: 0, found: [] });
}

/** The run says what is full, and has stopped there: nothing of the next issue was started, and nothing is left half-done. */
async function expectDiskFull(world: World, { exitCode, stdout, stderr }: Finished): Promise<void> {
	expect(exitCode, stdout + stderr).toBe(1);
	expect(stdout, stderr).toMatch(/A-1 +failed: disk-full/);
	expect(stderr).toMatch(/There is no space left for \//);
	expect(stderr).not.toMatch(STACK_TRACE);
	expect(world.model.issuesSeen).not.toContain("A-2");
	const { repository } = world;
	const names = await readdir(join(repository.path, ".git"), { recursive: true });
	expect(names.filter((name) => name.endsWith(".lock") || name.includes("orch/lock/A"))).toEqual([]);
	// What failed to get a worktree has no branch either.
	if (/A-1 +worktree:create +failed/.test(stderr)) {
		expect(await repository.git(["for-each-ref", "--format=%(refname:short)", "refs/heads"])).toBe("main");
	}
}
