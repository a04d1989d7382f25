import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fixes, passes, turnOf, wantsChanges } from "./support/by-turn.ts";
import { deliverOrchfile } from "./support/edited-orchfile.ts";
import { expectNoneLeft } from "./support/observe.ts";
import { ownOrchfile } from "./support/own-orchfile.ts";
import { type Say, type Script, usagePerResponse } from "./support/scripted-model.ts";
import { devResult, editAndPass, gate, heldAfterEdit } from "./support/scripts.ts";
import { TestClock } from "./support/test-clock.ts";
import { createWorld, type Finished, type World } from "./support/world.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The runner looks at the clock that a test has put there: a run at a time is in the test's process. */
const CLOCK = [
	"codexRunner()",
	"codexRunner({ pause: 100, clock: { now: () => globalThis.clockOfTest.now(), waitUntil: (...rest) => globalThis.clockOfTest.waitUntil(...rest) } })",
] as const;
const withClock = await ownOrchfile(CLOCK);

function use(clock: TestClock): TestClock {
	(globalThis as { clockOfTest?: TestClock }).clockOfTest = clock;
	return clock;
}

const WAITING = /waiting for the usage limit, until \d\d:\d\d \(\d.*\); Ctrl-C to stop, nothing is lost/;

/** What the provider tells of the windows of its limit with every answer. */
function percent(used: number, resets: number): Record<string, string> {
	return {
		"x-codex-primary-used-percent": String(used),
		"x-codex-primary-window-minutes": "300",
		"x-codex-primary-reset-at": String(Math.round((Date.now() + resets) / 1000)),
		"x-codex-secondary-used-percent": "40",
		"x-codex-secondary-window-minutes": "10080",
		"x-codex-secondary-reset-at": String(Math.round((Date.now() + 100 * HOUR) / 1000)),
	};
}

/** As the provider refuses for its usage limit. @param resets milliseconds until it is over; not told when absent. */
function usedUp(resets?: number, headers: Readonly<Record<string, string>> = {}): Say {
	const time = resets === undefined ? {} : { resets_at: Math.round((Date.now() + resets) / 1000) };
	const error = { type: "usage_limit_reached", message: "The usage limit has been reached", plan_type: "pro", ...time };
	return { kind: "http", status: 429, body: { error }, headers };
}

/** Works, meets these in turn, and passes; a response of `undefined` is work. */
function meeting(...says: readonly (() => Say | undefined)[]): Script {
	return async function* (prompted) {
		yield { kind: "run", command: `echo half > ${prompted.issueId}.txt` };
		for (const say of says) yield say() ?? { kind: "run", command: "true" };
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
}

function wordsOf({ stdout }: Finished): Record<string, string> {
	const [, ...rows] = stdout
		.trimEnd()
		.split("\n")
		.filter((line) => /^(?:ISSUE|[A-Z]-\d)/.test(line));
	return Object.fromEntries(rows.map((row) => row.split(/ {2,}/).slice(0, 2)));
}

/** The same of a run with `--json`. */
function statusesOf({ stdout }: Finished): Record<string, string> {
	const { issues } = JSON.parse(stdout) as {
		readonly issues: readonly { readonly issueId: string; readonly status: string }[];
	};
	return Object.fromEntries(issues.map(({ issueId, status }) => [issueId, status]));
}

interface Kept {
	readonly threadId: string;
	readonly outcome: string;
	readonly usage: { readonly inputTokens: number };
	readonly waits?: readonly { readonly from: string; readonly until: string; readonly to: string | null }[];
}

/** A limit, how long after now what met it is gone on with, in minutes, and which of these waits begin a stretch. */
const LIMITS: readonly (readonly [
	id: string,
	says: readonly (() => Say | undefined)[],
	waits: readonly number[],
	stretches?: readonly number[],
])[] = [
	// The words tell no seconds, so that a minute is added.
	["A-1", [() => usedUp(40 * MINUTE)], [41]],
	// Nobody tells when, or a time that has gone by.
	["A-2", [() => usedUp(), () => usedUp(-10 * MINUTE), () => usedUp()], [5, 20, 50]],
	// It is renewed while it is waited for, and there is another right after it.
	[
		"A-3",
		[() => usedUp(30 * MINUTE), () => usedUp(90 * MINUTE), () => undefined, () => usedUp(2 * HOUR)],
		[31, 91, 121],
		[0, 2],
	],
	["A-4", [() => usedUp(50 * MINUTE, percent(100, 20 * MINUTE))], [20]],
];

test("a usage limit is waited for, and the turn goes on in its thread", async () => {
	await using world = await createWorld(
		LIMITS.map(([id, says]) => ({ id, script: meeting(...says) })),
		{ retries: 0 },
	);
	const told = join(world.repository.home, "told");
	const notify = { ORCH_NOTIFY: `echo "$ORCH_EVENT $ORCH_LIMIT_UNTIL $ORCH_MESSAGE" >> ${told}` };
	for (const [id, says, minutes, stretches = [0]] of LIMITS) {
		const from = Date.now();
		const clock = use(new TestClock());
		const finished = await world.run(["dev", id], { ...withClock, env: notify });
		expect(wordsOf(finished), finished.stderr).toEqual({ [id]: "pass" });
		expect(finished.stderr).toMatch(WAITING);
		const waited = clock.waited.map((time) => (time - from) / MINUTE);
		expect(waited.map(Math.round), id).toEqual(minutes.map((each) => expect.closeTo(each, -0.4)));
		const record = await world.log<Kept>(`M1/${id}/dev-run.json`);
		expect(record.waits?.map(({ until }) => Date.parse(until))).toEqual(clock.waited);
		for (const { to } of record.waits ?? []) expect(to).not.toBeNull();
		// Told once a stretch, and at the end.
		const words = (await readFile(told, "utf8")).trimEnd().split("\n");
		await rm(told);
		expect(words).toEqual([
			...stretches.map((at) => expect.stringContaining(`waiting ${record.waits?.[at]?.until} dev ${id} waits for the`)),
			`end  dev ${id} has ended: 1 of 1 done.`,
		]);
		// Nothing is asked twice, and nothing is done twice: what was refused was not paid for.
		const answered = says.filter((say) => say() === undefined).length + 2;
		expect(record.usage.inputTokens).toBe(answered * usagePerResponse.input_tokens);
		expect(requestsOf(world, id)).toBe(2 + says.length);
		expect(await threadsOf(world, id)).toEqual([record.threadId]);
		expect(await world.repository.git(["show", `issue/${id}:${id}.txt`])).toBe("half");
	}
});

test("those that meet it together wait together, with what would follow one that ends well meanwhile; one goes first when it is over", async () => {
	const held = gate();
	const ids = ["A-1", "A-2", "A-3"];
	const isOver = { now: false };
	const script: Script = async function* (prompted) {
		yield { kind: "run", command: `echo half > ${prompted.issueId}.txt` };
		await held.reached;
		while (!isOver.now) yield usedUp(2 * HOUR);
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
	await using world = await createWorld(
		[
			...ids.map((id) => ({ id, script })),
			{ id: "B-1", script: heldAfterEdit(held) },
			{ id: "C-1", script: editAndPass, blocked_by: ["B-1"] },
		],
		{ retries: 0 },
	);
	const clock = use(new TestClock(false));
	const running = world.run(["dev", "M1", "-j", "4"], withClock);
	await held.reached;
	await clock.areWaiting(3);
	// What is at work ends as it would; what follows it waits with the others.
	held.release();
	await clock.areWaiting(4);
	expect(await world.log("M1/B-1/dev-run.json")).toMatchObject({ outcome: "pass" });
	const status = await world.run(["status", "M1"], { ownProcess: true });
	expect(status.stdout).toMatch(/^B-1 +up to date /m);
	for (const id of [...ids, "C-1"])
		expect(status.stdout).toMatch(new RegExp(`^${id} +waits for the usage limit until \\d\\d:\\d\\d \\(process`, "m"));
	const why = await world.run(["why", "A-1"], { ownProcess: true });
	expect(why.stdout).toMatch(
		/^A-1 is being worked on: process .*\. It waits for the usage limit, until \d\d:\d\d \(.*\)\.$/m,
	);
	const waiting = [...ids, "C-1"];
	const before = waiting.map((id) => requestsOf(world, id));
	// Renewed once more: only the one that goes first finds out.
	clock.jumpTo(Math.max(...clock.waited));
	await clock.areWaiting(4);
	const after = waiting.map((id) => requestsOf(world, id));
	expect(sum(after) - sum(before)).toBe(1);
	isOver.now = true;
	clock.jumpTo(Math.max(...clock.waited));
	const finished = await running;
	expect(wordsOf(finished), finished.stderr).toEqual(Object.fromEntries([...waiting, "B-1"].map((id) => [id, "pass"])));
	for (const id of ids) expect(await threadsOf(world, id)).toHaveLength(1);
});

test("a limit that an answer says is used up is not run into, and one that lasts longer than is waited for ends the run", async () => {
	const script: Script = async function* (prompted) {
		yield { kind: "run", command: `echo half > ${prompted.issueId}.txt` };
		yield {
			kind: "answer",
			text: JSON.stringify(devResult(prompted)),
			headers: percent(100, (prompted.issueId === "A-1" ? 3 : 6) * HOUR),
		};
	};
	await using world = await createWorld([
		{ id: "A-1", script },
		{ id: "A-2", script },
		{ id: "A-3", script: meeting(() => usedUp(240 * HOUR)) },
		{ id: "A-4", script: editAndPass },
	]);
	const clock = use(new TestClock());
	const finished = await world.run(["dev", "M1"], withClock);
	expect(wordsOf(finished)).toEqual({
		"A-1": "pass",
		"A-2": "pass",
		"A-3": "stopped: usage-limit",
		"A-4": "not started",
	});
	expect(clock.waited).toHaveLength(2);
	expect(finished.stderr).toMatch(
		/The usage limit is over at \d+ \w{3} \d\d:\d\d, which is longer than the run was to wait/,
	);
	expect(finished.stderr).toMatch(/To wait for it: npx tsx \S+ dev A-3 --wait 24[01]h$/m);

	// What is known to be used up is not asked for, where it is not to be waited for.
	use(new TestClock());
	const asked = world.model.requests.length;
	const again = await world.run(["dev", "M1", "-B", "--wait", "0", "--json"], withClock);
	expect(statusesOf(again)).toEqual({
		"A-1": "pass",
		"A-2": "stopped: usage-limit",
		"A-3": "not started",
		"A-4": "not started",
	});
	expect(world.model.requests.length - asked).toBe(2);
});

test("a thread that the provider does not take back after the wait is given up for a new one, which is said", async () => {
	let turns = 0;
	const script: Script = async function* (prompted) {
		if (++turns > 1) return yield* editAndPass(prompted);
		yield { kind: "run", command: "true" };
		yield usedUp(HOUR);
		yield {
			kind: "http",
			status: 404,
			body: { error: { message: "No such response.", type: "invalid_request_error" } },
		};
	};
	await using world = await createWorld([{ id: "A-1", script }], { retries: 0 });
	use(new TestClock());
	const finished = await world.run(["dev", "M1"], withClock);
	expect(finished.stderr).toMatch(/can't be gone on with, a new one is begun: .*No such response/);
	expect(wordsOf(finished)).toEqual({ "A-1": "pass" });
	const { usage } = await world.log<Kept>("M1/A-1/dev-run.json");
	expect(usage.inputTokens).toBe(3 * usagePerResponse.input_tokens);
	expect(await threadsOf(world, "A-1")).toHaveLength(2);

	// What the first thread has used is of the same turn, and of its budget.
	turns = 0;
	use(new TestClock());
	const bounded = await world.run(["dev", "M1", "-B", "--max-tokens", "300", "--json"], withClock);
	expect(statusesOf(bounded), bounded.stderr).toEqual({ "A-1": "stopped: over-budget" });
	expect(bounded.stderr).toMatch(/360 tokens used, 300 allowed/);
});

test("a limit that a review and a fix meet is waited for as one of the work: no turn is taken again, and the fix stays in the work's thread", async () => {
	const met = new Set<string>();
	const turns: Record<string, Script> = { dev: editAndPass, "review-1": wantsChanges, "review-2": passes };
	const script: Script = async function* (prompted) {
		const name = turnOf(prompted);
		if (name !== "dev" && !met.has(name)) {
			met.add(name);
			yield usedUp(2 * HOUR);
		}
		yield* (turns[name] ?? fixes("Done.", "echo more > more.txt"))(prompted);
	};
	await using world = await createWorld([{ id: "A-1", script }], { retries: 0 });
	const clock = use(new TestClock());
	const finished = await world.run(["deliver", "A-1"], await deliverOrchfile("[]", undefined, CLOCK));
	expect(wordsOf(finished), finished.stderr).toEqual({ "A-1": "accepted, reviewed only" });
	expect(clock.waited).toHaveLength(3);
	expect(requestsOf(world, "A-1")).toBe(2 + 2 + 3 + 2);
	const record = (turn: string) => world.log<Kept>(`M1/A-1/${turn}-run.json`);
	for (const turn of ["review-1", "fix-1", "review-2"]) expect((await record(turn)).waits, turn).toHaveLength(1);
	expect((await record("fix-1")).threadId).toBe((await record("dev")).threadId);
});

test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
	"%s while it waits: nothing is left running, the work is kept, and the same command goes on",
	async (signal) => {
		const isOver = { now: false };
		const script: Script = async function* (prompted) {
			yield { kind: "run", command: `echo half > ${prompted.issueId}.txt` };
			if (!isOver.now) yield usedUp(2 * HOUR);
			yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
		};
		await using world = await createWorld([{ id: "A-1", script }], { retries: 0 });
		const { child, finished, until } = world.start(["dev", "M1"]);
		await until(WAITING);
		// Processes of the turn are gone, and so are those that were started ahead.
		expect((await world.processes()).map(({ command }) => command).filter((each) => /codex/.test(each))).toEqual([]);
		child.kill(signal);
		const ended = await finished;
		if (signal !== "SIGKILL") {
			expect(ended.exitCode).toBe(signal === "SIGINT" ? 130 : 143);
			expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "cancelled", reason: "interrupted" });
			expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("half");
		}
		await expectNoneLeft(world);
		isOver.now = true;
		expect(wordsOf(await world.run(["dev", "M1"]))).toEqual({ "A-1": "pass" });
		expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("half");
	},
);

function requestsOf({ model }: World, id: string): number {
	return model.requests.filter(({ issueId }) => issueId === id).length;
}

/** The threads that an issue's turn was in. */
async function threadsOf(world: World, id: string): Promise<string[]> {
	const events = await world.lines<{ thread_id?: string }>(`M1/${id}/dev.jsonl`);
	return [...new Set(events.flatMap(({ thread_id }) => thread_id ?? []))];
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((all, each) => all + each, 0);
}
