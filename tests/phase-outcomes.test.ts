import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ThreadEvent } from "@openai/codex-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectNoneLeft } from "./support/observe.ts";
import type { Say, Script } from "./support/scripted-model.ts";
import {
	answerDeferred,
	answerExtraKey,
	answerFailed,
	answerFenced,
	answerOtherIssue,
	answerProse,
	editAndPass,
	failTurn,
	passWithoutChange,
	runFailingCommand,
	sayNothing,
} from "./support/scripts.ts";
import { createWorld, type Finished, type World } from "./support/world.ts";

interface Expected {
	readonly id: string;
	readonly script: Script;
	/** In the closing table. */
	readonly word: string;
	readonly outcome: string;
	readonly reason: string | null;
	/** Left out where it is free what the record says in more words. */
	readonly details?: readonly unknown[];
	/** Whether there is a result file; where there is none although the turn ended, the raw answer is kept. */
	readonly result: boolean;
	readonly answer?: unknown;
	/** Whether the agent's edit is there to be committed. */
	readonly edits?: false;
}

const INVALID = { word: "failed: invalid-result", outcome: "failed", reason: "invalid-result", result: false } as const;
const PASS = { word: "pass", outcome: "pass", reason: null, details: [], result: true } as const;

const EXPECTED: readonly Expected[] = [
	{ id: "PASS", script: editAndPass, ...PASS },
	{ id: "NO-CHANGE", script: passWithoutChange, ...PASS, word: "pass, no change", edits: false },
	{ id: "FAILING-COMMAND", script: runFailingCommand, ...PASS },
	{ id: "FAILED", script: answerFailed, word: "failed", outcome: "failed", reason: null, result: true },
	{
		id: "DEFERRED",
		script: answerDeferred,
		...PASS,
		word: "deferred",
		outcome: "deferred",
		details: ["Which of the two formats is meant?"],
	},
	{
		id: "PROSE",
		script: answerProse,
		...INVALID,
		details: [expect.stringContaining("not JSON")],
		answer: "All done. The tests pass.",
	},
	{
		id: "FENCED",
		script: answerFenced,
		...INVALID,
		details: [expect.stringContaining("not JSON")],
		answer: expect.stringMatching(/^```json\n\{[\s\S]*\}\n```$/),
	},
	{
		id: "EXTRA-KEY",
		script: answerExtraKey,
		...INVALID,
		details: [expect.stringContaining('"note"')],
		answer: expect.stringContaining('"note":"not in the schema"'),
	},
	{
		id: "OTHER-ISSUE",
		script: answerOtherIssue,
		...INVALID,
		details: ['issueId: expected "OTHER-ISSUE", received "OTHER-1"'],
		answer: expect.stringContaining('"issueId":"OTHER-1"'),
	},
	{
		id: "SILENT",
		script: sayNothing,
		...INVALID,
		details: ["the agent ended its turn without a message"],
		answer: "",
	},
	{
		id: "TURN-FAILED",
		script: failTurn("the model is out of office"),
		word: "failed: runner-error",
		outcome: "failed",
		reason: "runner-error",
		details: [expect.stringContaining("the model is out of office")],
		result: false,
	},
];
const GOOD = EXPECTED.filter(({ outcome }) => outcome === "pass").map(({ id }) => id);

describe("a milestone in which every issue ends in another way", { tags: ["together"] }, () => {
	let world: World;
	let finished: Finished;
	const said = new Map<string, Say[]>();

	beforeAll(async () => {
		world = await createWorld(EXPECTED.map(({ id, script }) => ({ id, script: recorded(script, said) })));
		finished = await world.run(["dev", "M1", "-j", "2"]);
	});
	afterAll(() => world?.[Symbol.asyncDispose]());

	test("ends with 1", () => {
		expect(finished).toMatchObject({ exitCode: 1, signal: null });
		expect([...world.model.issuesSeen].sort()).toEqual(EXPECTED.map(({ id }) => id).sort());
	});

	for (const { id, ...expected } of EXPECTED) {
		test(`${id}: record, result and raw answer`, async () => {
			const { outcome, reason, details, result } = expected;
			const record = await world.log(`M1/${id}/dev-run.json`);
			expect(record).toMatchObject({ issueId: id, outcome, reason });
			if (details) expect(record.details).toEqual(details);
			expect(record.endedAt).toEqual(expect.any(String));
			const folder = join(world.repository.path, "logs/orch/M1", id);
			expect(existsSync(join(folder, "dev-result.json"))).toBe(result);
			if (result) {
				// Nothing is added to what the agent answered, and nothing left out.
				const answer = said.get(id)?.at(-1);
				const text = answer?.kind === "answer" ? answer.text : "";
				expect(await world.log(`M1/${id}/dev-result.json`)).toEqual(JSON.parse(text));
			}
			const kept = join(folder, "dev-answer.txt");
			expect(existsSync(kept)).toBe(expected.answer !== undefined);
			if (expected.answer !== undefined) expect(await readFile(kept, "utf8")).toEqual(expected.answer);
		});

		test(`${id}: what the agent did is on the branch, and says how the phase ended`, async () => {
			const { git } = world.repository;
			const changed = await git(["diff", "--name-only", `main...issue/${id}`]);
			expect(changed).toBe(expected.edits === false ? "" : `${id}.txt`);
			if (expected.edits === false) {
				expect(await git(["rev-parse", `issue/${id}`])).toBe(await git(["rev-parse", "main"]));
				return;
			}
			expect(await git(["rev-list", "--count", `main..issue/${id}`])).toBe("1");
			const body = await git(["log", "-1", "--format=%B", `issue/${id}`]);
			expect(body).toContain(`\nOrch-Status: ${expected.outcome}\n`);
			if (expected.reason) expect(body).toContain(`${expected.outcome}: ${expected.reason}`);
			expect(await world.log(`M1/${id}/dev-run.json`)).toMatchObject({
				saved: { commit: await git(["rev-parse", `issue/${id}`]), commits: 1, filesChanged: 1 },
			});
		});

		test(`${id}: every event is on disk, in the order in which it happened`, async () => {
			const events = await world.lines<ThreadEvent>(`M1/${id}/dev.jsonl`);
			const { threadId } = await world.log(`M1/${id}/dev-run.json`);
			const failed = expected.reason === "runner-error";
			expect(events[0]).toEqual({ type: "thread.started", thread_id: threadId });
			expect(events.filter(({ type }) => type.startsWith("turn.")).map(({ type }) => type)).toEqual([
				"turn.started",
				failed ? "turn.failed" : "turn.completed",
			]);
			expect(events.at(-1)?.type).toBe(failed ? "turn.failed" : "turn.completed");
			expect(events.flatMap(asSaid)).toEqual((said.get(id) ?? []).map(asEvent));
		});

		test(`${id}: the closing table names it`, () => {
			const row = finished.stdout.split("\n").find((line) => line.startsWith(`${id} `)) ?? "";
			const [, word, commits, files] = row.split(/ {2,}/);
			const changed = expected.edits === false ? "0" : "1";
			expect({ word, commits, files }).toEqual({ word: expected.word, commits: changed, files: changed });
		});
	}

	test("says of each issue that is not done what is wrong with it, and what to type", () => {
		for (const { id, outcome, details = [] } of EXPECTED) {
			const paragraph = paragraphOf(finished, id);
			if (outcome === "pass") {
				expect(paragraph).toBeUndefined();
				continue;
			}
			for (const detail of details) expect(paragraph).toEqual(contains(detail));
			expect(paragraph).toMatch(new RegExp(`npx tsx \\S+ dev ${id}$`, "m"));
		}
		expect(paragraphOf(finished, "DEFERRED")).toContain("Which of the two formats is meant?");
		expect(finished.stderr).toMatch(/^To go on with what is not done: npx tsx \S+ dev M1 -j 2$/m);
	});

	test("shows an agent's own reason for a failure", () => {
		expect(paragraphOf(finished, "FAILED")).toContain("The tests do not pass.");
	});

	test("leaves no worktree and no process behind", async () => {
		const worktrees = await world.repository.git(["worktree", "list", "--porcelain"]);
		expect(worktrees.match(/^worktree /gm)).toHaveLength(1);
		await expectNoneLeft(world);
	});

	test("a second run asks again for what is not done, and for nothing else", async () => {
		const seen = world.model.issuesSeen.length;
		const again = await world.run(["dev", "M1", "-j", "2"]);
		expect(again).toMatchObject({ exitCode: 1 });
		const ids = EXPECTED.map(({ id }) => id).filter((id) => !GOOD.includes(id));
		expect(world.model.issuesSeen.slice(seen).sort()).toEqual(ids.sort());
		// The edit is the same, so that there is nothing new to commit.
		expect(await world.repository.git(["rev-list", "--count", "main..issue/PROSE"])).toBe("1");
	});
});

/** Runs the same script, and notes what it says. */
function recorded(script: Script, said: Map<string, Say[]>): Script {
	return async function* (prompted) {
		const own: Say[] = [];
		said.set(prompted.issueId, own);
		const turn = script(prompted);
		for (let next = await turn.next(""); !next.done; ) {
			own.push(next.value);
			next = await turn.next(yield next.value);
		}
	};
}

/** What a model's response should be as events, without what Codex adds of its own. */
function asEvent(say: Say): unknown {
	switch (say.kind) {
		case "run":
			return { command: expect.stringContaining(say.command) };
		case "answer":
			return { message: say.text };
		case "nothing":
			return { message: undefined };
		case "http":
			return { failure: contains(JSON.stringify(say.body)) };
		default:
			throw new Error(`no issue here says "${say.kind}"`);
	}
}

function asSaid(event: ThreadEvent, at: number, all: readonly ThreadEvent[]): unknown[] {
	if (event.type === "turn.failed") return [{ failure: event.error.message }];
	if (event.type === "turn.completed") {
		const spoke = all.some((each) => each.type === "item.completed" && each.item.type === "agent_message");
		return spoke ? [] : [{ message: undefined }];
	}
	if (event.type !== "item.completed") return [];
	const { item } = event;
	if (item.type === "agent_message") return [{ message: item.text }];
	if (item.type !== "command_execution") return [];
	// A command that is finished was seen to start before.
	const started = all.findIndex((each) => each.type === "item.started" && each.item.id === item.id);
	return started !== -1 && started < at ? [{ command: item.command }] : [];
}

/** The paragraph on an issue below the progress, up to the next empty line. */
function paragraphOf({ stderr }: Finished, id: string): string | undefined {
	return stderr
		.split("\n\n")
		.find((paragraph) => new RegExp(`^${id} \\S+(:|$)`, "m").test(paragraph.split("\n")[0] ?? ""));
}

function contains(text: unknown): unknown {
	return typeof text === "string" ? expect.stringContaining(text) : text;
}
