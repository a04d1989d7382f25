import { hostname } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { RepositoryPaths } from "../../tasks/contract/issue.ts";
import { listLocks, releaseLock, takeLock } from "../../tasks/repo/lock.ts";
import { type RunIdentity, THIS_RUN } from "../../tasks/system/this-run.ts";
import { STACK_TRACE } from "../support/footprint.ts";
import { PATIENCE } from "../support/observe.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { editAndPass, gate, gated } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld } from "../support/world.ts";

/** A process number that no process has: Linux gives out none above 4194304, macOS none above 99999. */
const NOBODY = 2 ** 22 + 1;

test.concurrent("a second run on the same issue: one works, the other says who, and touches nothing", async () => {
	const held = gate();
	await using world = await createWorld([
		{ id: "A-1", script: gated(editAndPass, held) },
		{ id: "A-2", blocked_by: ["A-1"], script: editAndPass },
		{ id: "A-3", script: editAndPass },
	]);
	const first = world.start(["dev", "A-1"]);
	await Promise.race([held.reached, first.finished]);
	const before = await snapshot(world.repository, { everything: true });
	for (const args of [
		["dev", "A-1"],
		["persist", "A-1"],
		["worktree:teardown", "A-1"],
	]) {
		const { exitCode, stdout, stderr } = await world.run(args);
		expect(exitCode, stderr).toBe(1);
		expect(stdout).toMatch(/A-1 .*blocked by another run/);
		expect(stderr).toContain(`A-1 is being worked on by another run: process ${first.child.pid} on ${hostname()}`);
		expect(stderr).toContain(`kill ${first.child.pid}`);
		expect(stderr).not.toMatch(STACK_TRACE);
	}
	expect(await snapshot(world.repository, { everything: true })).toEqual(before);
	expect((await world.run(["status", "M1"])).stdout).toMatch(
		new RegExp(`A-1 +running \\(process ${first.child.pid}\\)`),
	);
	expect((await world.run(["why", "A-1"])).stdout).toContain(`being worked on: process ${first.child.pid}`);

	const others = await world.run(["dev", "M1"]);
	expect(others.exitCode).toBe(1);
	expect(others.stdout).toMatch(/^A-1 +blocked by another run/m);
	expect(others.stdout).toMatch(/^A-2 +blocked by A-1/m);
	expect(others.stdout).toMatch(/^A-3 +pass/m);

	held.release();
	expect(await first.finished).toMatchObject({ exitCode: 0 });
	expect(world.model.issuesSeen).toEqual(["A-1", "A-3"]);
	expect(await locksIn(world.repository)).toEqual([]);
	expect((await world.run(["dev", "M1"])).exitCode).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-3", "A-2"]);
});

test.concurrent("what git collects while a run holds no lock does not keep it from the next one", async () => {
	await using repository = await createRepository([]);
	const paths = { root: repository.path, commonDir: join(repository.path, ".git") };
	expect(await takeLock(paths, "A-1")).toMatchObject({ kind: "taken" });
	await releaseLock(paths, "A-1");
	await repository.git(["gc", "-q", "--prune=now"]);
	expect(await takeLock(paths, "A-2")).toMatchObject({ kind: "taken" });
	expect(await listLocks(paths)).toMatchObject([{ issue: "A-2", holder: { nonce: THIS_RUN.nonce } }]);
	// What a lock points to stays.
	await repository.git(["gc", "-q", "--prune=now"]);
	expect(await takeLock(paths, "A-3")).toMatchObject({ kind: "taken" });
});

test.concurrent("four runs start on an issue whose lock is a dead run's: one takes it over, three say who has it", async () => {
	const held = gate();
	await using world = await createWorld([{ id: "A-1", script: gated(editAndPass, held) }]);
	await plant(world.repository, "A-1", { ...THIS_RUN, pid: NOBODY });
	const runs = Array.from({ length: 4 }, () => world.start(["dev", "A-1"]));
	const losers: string[] = [];
	const ends = runs.map((run) => run.finished.then((end) => end.exitCode === 1 && losers.push(end.stderr)));
	await held.reached;
	await vi.waitFor(() => expect(losers).toHaveLength(3), { timeout: PATIENCE, interval: 50 });
	held.release();
	await Promise.all(ends);
	const finished = await Promise.all(runs.map((run) => run.finished));
	const winners = runs.filter((_, at) => finished[at]?.exitCode === 0);
	expect(winners).toHaveLength(1);
	for (const stderr of losers) expect(stderr).toContain(`by another run: process ${winners[0]?.child.pid} on`);
	const told = finished.filter(({ stderr }) =>
		stderr.includes(`taken over from a run that is dead: process ${NOBODY}`),
	);
	expect(told).toHaveLength(1);
	expect(world.model.issuesSeen).toEqual(["A-1"]);
	expect(await world.repository.git(["rev-list", "--count", "main..issue/A-1"])).toBe("1");
	expect(await locksIn(world.repository)).toEqual([]);
});

test.concurrent("a lock whose run can't be seen from here is left alone, until what is printed is typed", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const elsewhere = { ...THIS_RUN, pid: NOBODY, host: "another-machine" };
	for (const holder of [
		elsewhere,
		{ ...elsewhere, host: hostname(), pidNamespace: "pid:[1]" },
		"not of this program",
	]) {
		await plant(world.repository, "A-1", holder);
		const { exitCode, stderr } = await world.run(["worktree:create", "A-1"]);
		expect(exitCode, stderr).toBe(1);
		const [command = ""] = commandsIn(stderr, "git update-ref -d ");
		expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
		expect(await locksIn(world.repository)).toEqual([]);
	}
	expect(await world.run(["dev", "A-1"])).toMatchObject({ exitCode: 0 });
});

test.concurrent("a dead run's process number that another process has by now does not keep the lock", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	// This process runs, but it did not start at that moment.
	await plant(world.repository, "A-1", { ...THIS_RUN, startTicks: "1" });
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect(stderr).toContain(`A-1: taken over from a run that is dead: process ${process.pid}`);
});

test.concurrent("a file that git left when it was killed while it wrote a lock does not lock for ever", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await world.repository.write(".git/refs/orch/lock/A-1.lock", "");
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await world.repository.git(["for-each-ref", "refs/orch"])).toBe("");
});

test("whatever several runs do with a lock, it has one holder, and only a dead one loses it", async () => {
	await using repository = await createRepository();
	const paths: RepositoryPaths = { root: repository.path, commonDir: join(repository.path, ".git") };
	const runs = {
		living: { ...THIS_RUN, nonce: "living" },
		other: { ...THIS_RUN, nonce: "other" },
		dead: { ...THIS_RUN, pid: NOBODY, nonce: "dead" },
		remote: { ...THIS_RUN, host: "another-machine", nonce: "remote" },
	};
	type Name = keyof typeof runs;
	const name = fc.constantFrom(...(Object.keys(runs) as Name[]));
	const step = fc.record({ run: name, action: fc.constantFrom("take" as const, "release" as const) });
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
			let holder: Name | undefined;
			for (const { run, action } of steps) {
				if (action === "release") {
					await releaseLock(paths, "A-1", runs[run]);
					if (holder === run) holder = undefined;
				} else {
					const answer = await takeLock(paths, "A-1", runs[run]);
					const isFree = holder === undefined || holder === run || holder === "dead";
					expect(answer.kind).toBe(isFree ? "taken" : "held");
					if (isFree) holder = run;
				}
				const [lock, ...more] = await listLocks(paths);
				expect(more).toEqual([]);
				expect(lock?.holder?.nonce).toBe(holder);
			}
			if (holder) await releaseLock(paths, "A-1", runs[holder]);
		}),
		{ numRuns: 25 },
	);
});

/** Writes a lock as a run with this identity would have. */
async function plant({ git, write }: TestRepository, issue: string, holder: RunIdentity | string): Promise<void> {
	await write(".git/planted", typeof holder === "string" ? holder : JSON.stringify(holder));
	const blob = await git(["hash-object", "-w", ".git/planted"]);
	await git(["update-ref", `refs/orch/lock/${issue}`, blob]);
}

async function locksIn({ git }: TestRepository): Promise<string[]> {
	return (await git(["for-each-ref", "--format=%(refname)", "refs/orch"])).split("\n").filter(Boolean);
}
