import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { answer } from "../tasks/rehearsal/answers.ts";
import type { Script } from "./support/scripted-model.ts";
import { answerDeferred, devResult, editAndPass, passWithoutChange } from "./support/scripts.ts";
import { createWorld, type World } from "./support/world.ts";

// An agent has passed, and its work lies in the worktree: that is not done, whatever kept it from being committed.

interface Row {
	readonly what: string;
	/** Leads there. */
	readonly lead: (world: World) => Promise<unknown>;
	/** Takes away what kept the commit from being made. */
	readonly mend?: (world: World) => Promise<unknown>;
	/** What is told of the reason. */
	readonly told?: RegExp;
}

const ROWS: readonly Row[] = [
	{
		what: "a signature that can't be made",
		lead: async (world) => {
			const { git } = world.repository;
			await git(["config", "commit.gpgsign", "true"]);
			await git(["config", "gpg.program", "false"]);
			expect((await world.run(["dev", "A-1"])).exitCode).toBe(1);
		},
		mend: (world) => world.repository.git(["config", "commit.gpgsign", "false"]),
		told: /gpg failed to sign the data/,
	},
	{
		what: "a signature without a key",
		lead: async (world) => {
			const { git } = world.repository;
			await git(["config", "commit.gpgsign", "true"]);
			await git(["config", "gpg.format", "ssh"]);
			expect((await world.run(["dev", "A-1"])).exitCode).toBe(1);
		},
		mend: (world) => world.repository.git(["config", "commit.gpgsign", "false"]),
		told: /user\.signingKey|user\.signingkey/,
	},
	{
		what: "a task alone that does not save",
		lead: async (world) => expect((await world.run(["phase:dev", "A-1"])).exitCode).toBe(0),
	},
];

describe("what passed and is not committed", () => {
	for (const { what, lead, mend, told } of ROWS) {
		test(`${what}: every look says so, and the command they name saves it`, async () => {
			await using world = await createWorld([
				{ id: "A-1", script: editAndPass },
				{ id: "B-1", blocked_by: ["A-1"], script: editAndPass },
			]);
			await lead(world);
			const { path } = world.repository;
			const requests = world.model.requests.length;
			const worktree = `${path}.worktrees/A-1`;
			expect(existsSync(join(worktree, "A-1.txt"))).toBe(true);

			expect((await world.run(["status"])).stdout).toMatch(/^A-1 +passed, not committed /m);
			const why = (await world.run(["why", "A-1"])).stdout;
			expect(why).toContain(`A-1 is not up to date: it passed, but its work is not committed: it is in ${worktree}.`);
			if (told) expect(why).toMatch(told);
			expect(why).toMatch(/^Next: .* persist A-1$/m);
			expect((await world.run(["why", "B-1"])).stdout).toMatch(
				/blocked by A-1: it passed, but its work is not committed/,
			);
			const plan = (await world.run(["plan", "M1"])).stdout;
			expect(plan).toMatch(/, 2 to run$/m);
			expect(plan).toMatch(/^1 +A-1 .* passed, not committed /m);
			for (const task of ["dev", "persist"]) expect((await world.run([task, "A-1", "-q"])).exitCode, task).toBe(1);
			const [data] = JSON.parse((await world.run(["status", "--json"])).stdout);
			expect(data).toMatchObject({ upToDate: false, because: "not-committed", hasWorktree: true });
			expect((await world.run(["clean"])).stdout).toMatch(
				/^A-1 +worktree .*(?:not committed: A-1\.txt|not persisted)/m,
			);
			const blocked = await world.run(["dev", "B-1"]);
			expect(blocked.exitCode).toBe(1);
			expect(blocked.stdout).toMatch(/^B-1 +blocked by A-1/m);

			await mend?.(world);
			expect((await world.run(["persist", "A-1"])).exitCode).toBe(0);
			expect(world.model.requests).toHaveLength(requests);
			expect((await world.run(["status"])).stdout).toMatch(/^A-1 +up to date /m);
			expect((await world.run(["dev", "A-1", "-q"])).exitCode).toBe(0);
			expect((await world.run(["plan", "M1"])).stdout).toMatch(/, 1 to run$/m);
			expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
			const dependent = await world.run(["dev", "M1"]);
			expect(dependent.exitCode, dependent.stderr).toBe(0);
			expect(world.model.requests.length).toBeGreaterThan(requests);
			expect(existsSync(worktree)).toBe(false);
		});
	}
});

test("what an agent did that did not pass, and is not committed, is told as well", async () => {
	await using world = await createWorld([{ id: "A-1", script: answerDeferred }]);
	const { git, path } = world.repository;
	await git(["config", "commit.gpgsign", "true"]);
	await git(["config", "gpg.program", "false"]);
	expect((await world.run(["dev", "A-1"])).exitCode).toBe(1);
	expect((await world.run(["status"])).stdout).toMatch(/^A-1 +deferred /m);
	const why = (await world.run(["why", "A-1"])).stdout;
	expect(why).toContain(`Also, its work is not committed: it is in ${path}.worktrees/A-1.`);
	expect(why).toContain("Which of the two formats is meant?");
	await git(["config", "commit.gpgsign", "false"]);
	expect((await world.run(["persist", "A-1"])).exitCode).toBe(0);
	expect((await world.run(["why", "A-1"])).stdout).not.toContain("not committed");
});

const failWithoutChange: Script = async function* (prompted) {
	yield answer(devResult(prompted, { status: "failed", summary: "There is no such file." }));
};

test("what left nothing to commit, and is not persisted, is not said to lie in its worktree", async () => {
	let isDone = false;
	await using world = await createWorld([
		{
			id: "A-1",
			script: (prompted) => {
				const script = isDone ? passWithoutChange : editAndPass;
				isDone = true;
				return script(prompted);
			},
		},
		{ id: "A-2", script: passWithoutChange },
		{ id: "A-3", script: failWithoutChange },
	]);
	const first = await world.run(["dev", "A-1"]);
	expect(first.exitCode, first.stderr).toBe(0);
	for (const [id, exitCode] of [
		["A-1", 0],
		["A-2", 0],
		["A-3", 1],
	] as const) {
		const alone = await world.run(["phase:dev", id, "-B"]);
		expect(alone.exitCode, alone.stderr).toBe(exitCode);
		const place = `${world.repository.path}.worktrees/${id}`;
		const why = (await world.run(["why", id])).stdout;
		expect(why).toContain(`that attempt is not persisted yet; there is nothing to commit in ${place}.`);
		expect(why).not.toContain("its work is not committed");
		const tooEarly = await world.run(["worktree:teardown", id]);
		const remedy = /^ +Persist it: .* (persist \S+)$/m.exec(tooEarly.stderr)?.[1] ?? "";
		if (exitCode === 1) continue;
		expect((await world.run(["status", id])).stdout).toMatch(new RegExp(`^${id} +passed, not persisted `, "m"));
		expect(why).toMatch(new RegExp(`^Next: .* ${remedy}$`, "m"));
		expect((await world.run(remedy.split(" "))).exitCode).toBe(0);
		expect((await world.run(["status", id])).stdout).toMatch(new RegExp(`^${id} +up to date `, "m"));
		expect((await world.run(["dev", id, "-q"])).exitCode).toBe(0);
	}
});
