import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { expectNoneLeft, PATIENCE } from "../support/observe.ts";
import type { Say, Script } from "../support/scripted-model.ts";
import { answerFailed, editAndPass, gate, gated, hang } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { createWorld, type Finished, type World } from "../support/world.ts";

describe("-S", () => {
	test("one at a time: after a failed issue nothing new starts", async () => {
		await using world = await createWorld([
			{ id: "A-1", script: editAndPass },
			{ id: "A-2", script: answerFailed },
			{ id: "A-3", script: editAndPass },
			{ id: "A-4", script: editAndPass },
		]);
		const finished = await world.run(["dev", "M1", "-S"]);

		expect(finished).toMatchObject({ exitCode: 1 });
		expect(wordsOf(finished)).toEqual({ "A-1": "pass", "A-2": "failed", "A-3": "not started", "A-4": "not started" });
		expect(world.model.issuesSeen).toEqual(["A-1", "A-2"]);
		expect(await branches(world)).toEqual(["issue/A-1", "issue/A-2"]);
		expect(finished.stderr).toMatch(/^Stopped after A-2 .*npx tsx \S+ dev M1 -S$/m);
		expect(existsSync(join(world.repository.path, "logs/orch/M1/A-3"))).toBe(false);
	});

	test("two at once: what runs is finished, and nothing takes the free place", async () => {
		const [failing, passing] = [gate(), gate()];
		await using world = await createWorld([
			{ id: "A-1", script: gated(answerFailed, failing) },
			{ id: "A-2", script: gated(editAndPass, passing) },
			{ id: "A-3", script: editAndPass },
		]);
		const { finished, until } = world.start(["dev", "M1", "-S", "-j", "2"]);
		await Promise.all([failing.reached, passing.reached]);
		failing.release();
		await until(/^A-1 {2}[\d:]{8} {2}worktree:teardown {2}removed$/m);
		passing.release();

		const ended = await finished;
		expect(ended).toMatchObject({ exitCode: 1 });
		expect(wordsOf(ended)).toEqual({ "A-1": "failed", "A-2": "pass", "A-3": "not started" });
		expect([...world.model.issuesSeen].sort()).toEqual(["A-1", "A-2"]);
		expect(await world.repository.git(["show", "issue/A-2:A-2.txt"])).toBe("written for A-2");
		expect(await branches(world)).toEqual(["issue/A-1", "issue/A-2"]);
	});
});

describe.concurrent("what every further issue would meet alike ends the run", () => {
	const refusals: readonly { name: string; say: Say; remedy: RegExp }[] = [
		{
			name: "credentials that are no longer accepted",
			say: { kind: "http", status: 401, body: { error: { message: "Incorrect API key provided." } } },
			remedy: /log in: \S+\/codex login$/m,
		},
		{
			name: "a quota that is used up",
			say: {
				kind: "http",
				status: 429,
				body: {
					error: { type: "insufficient_quota", code: "insufficient_quota", message: "You exceeded your quota." },
				},
			},
			remedy: /quota/,
		},
	];
	for (const { name, say, remedy } of refusals) {
		test(name, async () => {
			let healed = false;
			const script: Script = async function* (prompted) {
				if (healed) yield* editAndPass(prompted);
				yield { kind: "run", command: "echo half > half.txt" };
				yield say;
			};
			const ids = ["A-1", "A-2", "A-3"];
			await using world = await createWorld(
				ids.map((id) => ({ id, script })),
				{ retries: 0 },
			);
			const finished = await world.run(["dev", "M1", "--project", "p"]);

			expect(finished).toMatchObject({ exitCode: 1 });
			expect(wordsOf(finished)).toEqual({
				"A-1": "failed: runner-error",
				"A-2": "not started",
				"A-3": "not started",
			});
			expect(world.model.issuesSeen).toEqual(["A-1"]);
			expect(await branches(world)).toEqual(["issue/A-1"]);
			expect(await world.repository.git(["show", "issue/A-1:half.txt"])).toBe("half");
			expect(finished.stderr).toMatch(remedy);
			expect(finished.stderr).toMatch(/every further issue would fail alike/i);

			healed = true;
			const again = await world.run(commandToGoOn(finished));
			expect(again).toMatchObject({ exitCode: 0 });
			expect(wordsOf(again)).toEqual({ "A-1": "pass", "A-2": "pass", "A-3": "pass" });
			expect(await world.repository.git(["diff", "--name-only", "main...issue/A-1"])).toBe("A-1.txt\nhalf.txt");
		});
	}

	test("a provider that can't be reached from the start: nothing is made", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		await world.model.close();
		const before = await snapshot(world.repository, { everything: true });
		const finished = await world.run(["dev", "M1"], { asksCodex: true });

		expect(finished).toMatchObject({ exitCode: 2, stdout: "" });
		expect(finished.stderr).toMatch(/^The agent can't run \(network\.provider_reachability\): .+\n {2}\S/m);
		expect(finished.stderr).toContain(world.model.url);
		expect(await snapshot(world.repository, { everything: true })).toEqual(before);
	});

	test("a provider that vanishes while the first issue runs", async () => {
		const vanish: Script = async function* () {
			yield { kind: "run", command: "echo half > half.txt" };
			await world.model.close();
			yield { kind: "silent" };
		};
		await using world: World = await createWorld([
			{ id: "A-1", script: vanish },
			{ id: "A-2", script: editAndPass },
		]);
		// Codex needs three seconds to find out that the connection is gone.
		const finished = await world.run(["dev", "M1", "--stall", "8s"]);

		expect(finished).toMatchObject({ exitCode: 1 });
		expect(wordsOf(finished)).toEqual({ "A-1": "failed: stalled", "A-2": "not started" });
		expect(await branches(world)).toEqual(["issue/A-1"]);
		expect(await world.repository.git(["show", "issue/A-1:half.txt"])).toBe("half");
		expect(finished.stderr).toMatch(/Check the network/);
		expect(commandToGoOn(finished)).toEqual(expect.arrayContaining(["dev", "M1"]));
		await expectNoneLeft(world);
	});
});

describe.concurrent("an agent that hangs is ended, its work is kept, and other issues go on", () => {
	test("longer than --stall without a word: stalled", async () => {
		await using world = await createWorld([
			{ id: "A-1", script: hang },
			{ id: "A-2", script: editAndPass },
		]);
		const finished = await world.run(["dev", "M1", "--stall", "4s"]);
		expect(wordsOf(finished)).toEqual({ "A-1": "failed: stalled", "A-2": "pass" });
		await expectEnded(world, finished, { reason: "stalled", limit: 4_000 });
	});

	test("longer than --timeout, busy with commands that leave their session: timed-out", async () => {
		const busy: Script = async function* () {
			yield {
				kind: "run",
				command: "echo 'written for A-1' > A-1.txt; (setsid sleep 600 >/dev/null 2>&1 &); sleep 600",
			};
		};
		await using world = await createWorld([
			{ id: "A-1", script: busy },
			{ id: "A-2", script: editAndPass },
		]);
		// The idle limit would be reached first, but a command that still runs is no idleness.
		const { finished, until } = world.start(["dev", "M1", "--timeout", "7s", "--stall", "4s"]);
		await until(/^A-1 {2}[\d:]{8} {2}phase:dev {2}\$ echo/m);
		await vi.waitFor(async () => expect(await commands(world)).toContain("sleep 600"), { timeout: PATIENCE });
		const ended = await finished;
		expect(wordsOf(ended)).toEqual({ "A-1": "stopped: timed-out", "A-2": "pass" });
		await expectEnded(world, ended, { reason: "timed-out", limit: 7_000 });
	});
});

/** Checks what has to hold of an attempt of A-1 that was ended at a limit, given in milliseconds. */
async function expectEnded(
	world: World,
	finished: Finished,
	{ reason, limit }: { readonly reason: string; readonly limit: number },
): Promise<void> {
	const { repository } = world;
	expect(finished).toMatchObject({ exitCode: 1 });
	const record = await world.log<{ durationMs: number }>("M1/A-1/dev-run.json");
	expect(record).toMatchObject({
		outcome: reason === "stalled" ? "failed" : "stopped",
		reason,
		saved: { commits: 1, commit: await repository.git(["rev-parse", "issue/A-1"]) },
	});
	expect(record.durationMs).toBeGreaterThanOrEqual(limit);
	expect(record.durationMs).toBeLessThan(limit + PATIENCE);
	expect(await repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
	await expectNoneLeft(world);
	expect(existsSync(join(`${repository.path}.worktrees`, "A-1"))).toBe(false);
	expect(existsSync(join(repository.path, "logs/orch/M1/A-1/dev-result.json"))).toBe(false);
	const events = await world.lines<{ type: string }>("M1/A-1/dev.jsonl");
	expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(["turn.started", "item.started"]));
	expect(events.filter(({ type }) => /^turn\.(completed|failed)$/.test(type))).toEqual([]);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-2"]);
}

/** The second column of the closing table, by issue. */
function wordsOf({ stdout }: Finished): Record<string, string> {
	const [, ...rows] = stdout.trimEnd().split("\n");
	return Object.fromEntries(rows.map((row) => row.split(/ {2,}/).slice(0, 2)));
}

/** The arguments of the command that the last lines suggest. */
function commandToGoOn({ stderr }: Finished): string[] {
	return (/To go on: npx tsx \S+ (.+)$/m.exec(stderr)?.[1] ?? "").split(" ");
}

async function branches({ repository }: World): Promise<string[]> {
	const names = await repository.git(["for-each-ref", "--format=%(refname:short)", "refs/heads/issue"]);
	return names.split("\n").filter(Boolean);
}

async function commands(world: World): Promise<string[]> {
	return (await world.processes()).map(({ command }) => command);
}
