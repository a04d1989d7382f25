import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";
import { expectNoneLeft } from "../support/observe.ts";
import type { Script } from "../support/scripted-model.ts";
import { editAndPass, gate, gated } from "../support/scripts.ts";
import { createWorld, type Finished, type World } from "../support/world.ts";

/** A program in place of Codex, since the real one does not write what is to be survived here. */
const FAKE = fileURLToPath(new URL("../support/fake-codex.mjs", import.meta.url));

const MEGABYTE = 1024 * 1024;
/** `ORCHFILE_SOAK=1` makes it as much as the worst that was ever seen; that takes a minute. */
const SIZES = process.env.ORCHFILE_SOAK
	? { line: 300 * MEGABYTE, lines: 1_000_000, stderr: 200 * MEGABYTE, answer: 50 * MEGABYTE }
	: { line: 24 * MEGABYTE, lines: 10_000, stderr: 16 * MEGABYTE, answer: 8 * MEGABYTE };

interface Expected {
	readonly outcome: "pass" | "failed";
	readonly reason: string | null;
	/** What the record says of it. */
	readonly detail?: RegExp;
}

const GARBLED = { outcome: "failed", reason: "protocol-error" } as const;
const EXPECTED: Readonly<Record<string, Expected>> = {
	"NOT-JSON": { ...GARBLED, detail: /warning: this is no event/ },
	"NOT-AN-EVENT": GARBLED,
	"NO-ITEM": GARBLED,
	BLANK: GARBLED,
	CUT: { ...GARBLED, detail: /"id":"item_/ },
	"NO-USAGE": GARBLED,
	"LONG-LINE": { ...GARBLED, detail: /characters left out/ },
	"ENDLESS-LINE": { ...GARBLED, detail: /characters left out/ },
	"LONG-EVENT": { ...GARBLED, detail: /an event of \d+ characters is too long/ },
	"MANY-LINES": { outcome: "pass", reason: null },
	"LOUD-AND-WELL": { outcome: "pass", reason: null },
	"LOUD-AND-DEAD": { outcome: "failed", reason: "runner-error", detail: /exited with code 3[\s\S]*the last words$/ },
	"LONG-ANSWER": {
		outcome: "failed",
		reason: "invalid-result",
		detail: new RegExp(`^the answer has ${SIZES.answer} characters`),
	},
	UNCONFINED: { outcome: "failed", reason: "runner-error", detail: /no permission profile/ },
	GOOD: { outcome: "pass", reason: null },
};

describe("a stream of events that is none, too long, or too much", { tags: ["together"] }, () => {
	let world: World;
	let finished: Finished;
	let memory = 0;

	beforeAll(async () => {
		world = await createWorld(Object.keys(EXPECTED).map((id) => ({ id })));
		await writeFile(join(world.codexHome, "sizes.json"), JSON.stringify(SIZES));
		const running = world.start(["dev", "M1", "-j", "2"], { env: { ORCH_CODEX: FAKE } });
		let done = false;
		const watch = async () => {
			while (!done) {
				const status = await readFile(`/proc/${running.child.pid}/status`, "utf8").catch(() => "");
				memory = Math.max(memory, Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024);
				await delay(20);
			}
		};
		[finished] = await Promise.all([running.finished.finally(() => (done = true)), watch()]);
	}, 300_000);
	afterAll(() => world?.[Symbol.asyncDispose]());

	test("takes the orchestrator neither down nor much memory, and every issue its turn", async () => {
		expect(finished).toMatchObject({ exitCode: 1, signal: null });
		expect(memory).toBeGreaterThan(20 * MEGABYTE);
		expect(memory).toBeLessThan(300 * MEGABYTE);
		expect(finished.stdout.length + finished.stderr.length).toBeLessThan(64 * 1024);
		await expectNoneLeft(world);
	});

	for (const [id, { outcome, reason, detail }] of Object.entries(EXPECTED)) {
		test(`${id}: ${reason ?? outcome}`, async () => {
			const record = await world.log<{ details: string[]; saved: unknown }>(`M1/${id}/dev-run.json`);
			expect(record).toMatchObject({ outcome, reason, saved: { commits: 1 } });
			if (detail) expect(record.details[0]).toMatch(detail);
			expect(await world.repository.git(["show", `issue/${id}:work.txt`])).toBe(id);
			const file = (name: string) => join(world.repository.path, "logs/orch/M1", id, name);
			expect(existsSync(file("dev-result.json"))).toBe(outcome === "pass");
			// Everything is kept within bounds, and of the events every line up to the first bad one.
			for (const name of ["dev-run.json", "dev.stderr.log"]) {
				expect((await stat(file(name))).size, name).toBeLessThan(16 * 1024);
			}
			if (reason === "invalid-result") expect((await stat(file("dev-answer.txt"))).size).toBe(MEGABYTE);
			const events = (await readFile(file("dev.jsonl"), "utf8")).split("\n");
			expect(events.slice(0, 3).map((line) => JSON.parse(line))).toMatchObject([
				{ type: "thread.started", thread_id: `thread-of-${id}` },
				{ type: "turn.started" },
				{ type: "item.completed", item: { text: "Working on it." } },
			]);
			if (id === "MANY-LINES") expect(events).toHaveLength(3 + SIZES.lines + 2 + 1);
			else expect(events.join("\n").length).toBeLessThan(2 * MEGABYTE);
		});
	}
});

test.concurrent("long outputs of commands: every event is kept whole and in order, and every command is told", async () => {
	await using world = await createWorld([{ id: "FLOOD-1" }]);
	await writeFile(join(world.codexHome, "sizes.json"), JSON.stringify({ flood: 2 * MEGABYTE }));
	const { exitCode, stderr } = await world.run(["dev", "FLOOD-1", "--codex", FAKE]);
	expect(exitCode, stderr).toBe(0);
	const events = await world.lines<{ type: string; item?: Record<string, string> }>("M1/FLOOD-1/dev.jsonl");
	const commands = events.flatMap(({ type, item }) => (item?.type === "command_execution" ? [{ type, item }] : []));
	expect(commands.length).toBeGreaterThan(600);
	for (const [at, { type, item }] of commands.entries()) {
		expect(item.id).toBe(`item_${Math.floor(at / 2) % 64}`);
		expect(type).toBe(at % 2 === 0 ? "item.started" : "item.completed");
		expect(item.aggregated_output?.split("\n").length).toBe(at % 2 === 0 ? 1 : 41);
	}
	const told = stderr.match(/^FLOOD-1 {2}[\d:]{8} {2}phase:dev {2}\$ npx vitest run tests\/part-\d+\.test\.ts$/gm);
	expect(told?.length).toBe(commands.length / 2);
});

test.concurrent("a program of the user's own is asked, and one that can't be run is refused before anything is made", async () => {
	await using world = await createWorld([{ id: "GOOD" }]);
	await writeFile(join(world.codexHome, "sizes.json"), JSON.stringify(SIZES));
	await writeFile(join(world.repository.folder, "codex"), "#!/bin/sh\n");
	for (const [path, why] of [
		["nowhere", "does not exist"],
		["codex", "can't be executed"],
		["home", "is no file"],
	] as const) {
		const refused = await world.run(["dev", "GOOD", "--codex", `../${path}`]);
		expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
		expect(refused.stderr).toContain(`${join(world.repository.folder, path)} ${why}`);
		expect(refused.stderr).toMatch(/--codex PATH/);
	}
	expect(existsSync(join(world.repository.path, "logs"))).toBe(false);
	expect(await world.run(["dev", "GOOD", "--codex", FAKE])).toMatchObject({ exitCode: 0 });
	expect(world.model.requests).toEqual([]);
});

test.concurrent("Codex dies before it has read a long prompt: its own words are the reason, and other issues go on", async () => {
	const going = gate();
	let breakIt = async () => {};
	const spoil: Script = async function* (prompted) {
		await breakIt();
		yield* editAndPass(prompted);
	};
	await using world = await createWorld([
		{ id: "A-1", script: gated(editAndPass, going) },
		{ id: "A-2", script: spoil },
		{ id: "A-3", script: editAndPass },
	]);
	const { repository, codexHome } = world;
	const prompt = await readFile(join(ROOT, "prompts/dev-auto-parallel.md"), "utf8");
	await repository.write("prompts/dev-auto-parallel.md", `${prompt}\n${"Mind this. ".repeat(90_000)}\n`);
	await repository.commit();
	const configuration = join(codexHome, "config.toml");
	breakIt = async () => {
		await going.reached;
		await writeFile(configuration, "this is = no [ configuration\n");
	};
	const { finished, until } = world.start(["dev", "M1", "-j", "2"]);
	await until(/^A-3 {2}[\d:]{8} {2}phase:dev {2}failed/m);
	await writeFile(configuration, world.model.configToml);
	going.release();

	expect(await finished).toMatchObject({ exitCode: 1 });
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "pass" });
	expect(await world.log("M1/A-2/dev-run.json")).toMatchObject({ outcome: "pass" });
	const { details, ...record } = await world.log<{ details: string[] }>("M1/A-3/dev-run.json");
	expect(record).toMatchObject({ outcome: "failed", reason: "runner-error" });
	expect(details).toEqual([expect.stringMatching(/^Codex Exec exited with code 1: [\s\S]*config\.toml:1:/)]);
	expect(await readFile(join(repository.path, "logs/orch/M1/A-3/dev.stderr.log"), "utf8")).toContain("config.toml:1:");
	await expectNoneLeft(world);
});
