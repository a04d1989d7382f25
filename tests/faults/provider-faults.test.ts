import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectNoneLeft, PATIENCE } from "../support/observe.ts";
import { ownOrchfile } from "../support/own-orchfile.ts";
import type { Say, Script } from "../support/scripted-model.ts";
import { devResult, editAndPass } from "../support/scripts.ts";
import { createWorld, type Finished } from "../support/world.ts";

// Before there is a world: what compiles it goes on running, with the variables that it was started with.
const soon = await ownOrchfile(["codexRunner()", "codexRunner({ pause: 100 })"]);

test.concurrent("a provider that keeps a turn waiting or busy for ever is given up at the limit, and the work is kept", async () => {
	const loop: Script = async function* (prompted) {
		yield* edit(prompted);
		for (;;) yield { kind: "run", command: "sleep 0.3" };
	};
	await using world = await createWorld([
		{ id: "COMMENTS", script: editThen({ kind: "drip", of: "comments" }) },
		{ id: "EVENTS", script: editThen({ kind: "drip", of: "events" }) },
		{ id: "LOOP", script: loop },
		{ id: "NO-HEADERS", script: editThen({ kind: "no-headers" }) },
		{ id: "Z-GOOD", script: editAndPass },
	]);
	const finished = await world.run(["dev", "M1", "-j", "4", "--stall", "5s", "--timeout", "20s"]);

	expect(finished).toMatchObject({ exitCode: 1 });
	expect(wordsOf(finished)).toEqual({
		COMMENTS: "failed: stalled",
		EVENTS: "failed: stalled",
		LOOP: "stopped: timed-out",
		"NO-HEADERS": "failed: stalled",
		"Z-GOOD": "pass",
	});
	for (const [id, limit] of Object.entries({ COMMENTS: 5_000, EVENTS: 5_000, LOOP: 20_000, "NO-HEADERS": 5_000 })) {
		const record = await world.log<{ durationMs: number }>(`M1/${id}/dev-run.json`);
		expect(record.durationMs, id).toBeGreaterThanOrEqual(limit);
		expect(record.durationMs, id).toBeLessThan(limit + PATIENCE);
		expect(await world.repository.git(["show", `issue/${id}:${id}.txt`])).toBe(`written for ${id}`);
		expect(existsSync(join(`${world.repository.path}.worktrees`, id))).toBe(false);
	}
	expect(world.model.requests.filter(({ issueId }) => issueId === "LOOP").length).toBeGreaterThan(5);
	await expectNoneLeft(world);
});

test.concurrent("a turn that failed says why in the provider's words; one whose connection came back has not failed", async () => {
	const refused = (status: number, message: string): Say => ({
		kind: "http",
		status,
		body: { error: { message, type: "some_error", code: null, param: null } },
	});
	const reconnect: Script = async function* (prompted) {
		yield* edit(prompted);
		yield { kind: "drop" };
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
	await using world = await createWorld(
		[
			{ id: "BAD", script: editThen(refused(400, "The parameter is {not} known.")) },
			{ id: "BROKEN", script: editThen(refused(500, "Our disks are on fire.")) },
			{
				id: "LONG",
				script: editThen({ kind: "failed", code: "context_length_exceeded", message: "The input is too long." }),
			},
			{ id: "RECONNECT", script: reconnect },
			{ id: "SLOW", script: editThen({ kind: "failed", code: "rate_limit_exceeded", message: "Slow down." }) },
			{
				id: "USED",
				milestone: "M2",
				script: editThen({ kind: "failed", code: "insufficient_quota", message: "All is used." }),
			},
			{ id: "WRONG", milestone: "M3", script: editThen(refused(403, "This key is for something else.")) },
		],
		{ retries: 1 },
	);
	const finished = await world.run(["dev", "M1", "-j", "2"], soon);
	const others = await Promise.all(["USED", "WRONG"].map((id) => world.run(["dev", id])));

	expect(wordsOf(finished)).toMatchObject({ RECONNECT: "pass", BAD: "failed: runner-error" });
	const said = finished.stderr + others.map(({ stderr }) => stderr).join("");
	const reasons: Readonly<Record<string, RegExp>> = {
		"M1/BAD": /^The parameter is {not} known\.$/,
		"M1/BROKEN": /high demand/,
		"M1/LONG": /context window/,
		"M1/SLOW": /^rate limit exceeded: Slow down\.$/,
		"M2/USED": /^Quota exceeded/,
		"M3/WRONG": /^unexpected status 403 Forbidden: This key is for something else\., url: /,
	};
	for (const [folder, reason] of Object.entries(reasons)) {
		const record = await world.log<{ details: string[] }>(`${folder}/dev-run.json`);
		expect(record).toMatchObject({ outcome: "failed", reason: "runner-error", saved: { commits: 1 } });
		// The response before the one that failed was paid for.
		expect(record).toMatchObject({ usage: { inputTokens: 100, outputTokens: 20 } });
		expect(record.details).toEqual([expect.stringMatching(reason)]);
		expect(said).toContain(`runner-error\n  ${record.details[0]}`);
	}
	expect(await world.log("M1/RECONNECT/dev-run.json")).toMatchObject({ outcome: "pass", reason: null, details: [] });
	expect(said).not.toContain('{"');
});

function editThen(say: Say): Script {
	return async function* (prompted) {
		yield* edit(prompted);
		yield say;
	};
}

async function* edit({ issueId }: { readonly issueId: string }): AsyncGenerator<Say, void, string> {
	yield { kind: "run", command: `echo 'written for ${issueId}' > ${issueId}.txt` };
}

function wordsOf({ stdout }: Finished): Record<string, string> {
	const [, ...rows] = stdout.trimEnd().split("\n");
	return Object.fromEntries(rows.map((row) => row.split(/ {2,}/).slice(0, 2)));
}
