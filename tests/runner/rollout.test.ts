import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Rollout } from "../../tasks/runner/codex/rollout.ts";
import { TurnStop } from "../../tasks/runner/codex/turn-stop.ts";
import { RolloutWatch } from "../../tasks/runner/codex/watch-rollout.ts";

const THREAD = "01a205b2-3096-7e31-8e8d-247a14218e45";

let home: string;

beforeEach(async () => {
	home = await mkdtemp(join(tmpdir(), "orchfile-rollout-"));
	vi.stubEnv("CODEX_HOME", home);
});

afterEach(async () => {
	vi.unstubAllEnvs();
	await rm(home, { recursive: true });
});

test("tokens are told as they are added, also when a line arrives in two parts", async () => {
	const folder = join(home, "sessions/2026/11/23");
	await mkdir(folder, { recursive: true });
	const file = join(folder, `rollout-2026-11-23T00-00-00-${THREAD}.jsonl`);
	await writeFile(file, `{"type":"session_meta"}\n${tokenCount(100, 20)}`);
	const rollout = new Rollout();
	const told: number[] = [];
	const look = () => rollout.look(THREAD, ({ inputTokens }) => told.push(inputTokens));
	await look();
	const line = tokenCount(250, 40);
	await appendFile(file, line.slice(0, 30));
	await look();
	await appendFile(file, line.slice(30));
	await look();
	await look();
	expect(told).toEqual([100, 250]);
	expect(rollout.usage).toEqual({ inputTokens: 250, cachedInputTokens: 5, outputTokens: 40, reasoningOutputTokens: 2 });
});

test("the last look has read everything, also when another was under way", async () => {
	const folder = join(home, "sessions/2026/11/23");
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, `rollout-2026-11-23T00-00-00-${THREAD}.jsonl`), tokenCount(100, 20));
	const rollout = new Rollout();
	const underWay = rollout.look(THREAD);
	await rollout.look(THREAD);
	expect(rollout.usage).toMatchObject({ inputTokens: 100, outputTokens: 20 });
	await underWay;
});

test("a rollout that never comes is told once", async () => {
	const rollout = new Rollout();
	let times = 0;
	let heard: () => void = () => {};
	const missing = new Promise<void>((resolve) => {
		heard = resolve;
	});
	rollout.follow(
		THREAD,
		() => {},
		() => {
			times++;
			heard();
		},
		1,
	);
	await missing;
	rollout.stop();
	expect(times).toBe(1);
	expect(rollout.usage).toBeUndefined();
});

test("all that is left is read at the end, past what can't be read, and limits hold until others are told", async () => {
	const file = await rolloutIn("sessions/2026/11/23");
	const AT = 1_800_000_000;
	const limits = (used: number) => ({ primary: { used_percent: used, resets_at: AT }, secondary: null });
	const long = `${JSON.stringify({ type: "event_msg", payload: { text: "x".repeat(400_000) } })}\n`;
	await writeFile(file, `${tokenCount(100, 20, limits(100))}{"type":"event_msg","payload":{"type":"token_count","in\n`);
	await appendFile(file, long.repeat(6) + tokenCount(250, 40));
	const rollout = new Rollout();
	await rollout.look(THREAD);
	expect(rollout.usage).toMatchObject({ inputTokens: 250 });
	expect(rollout.usedUpUntil).toBe(AT * 1000);
	await appendFile(file, tokenCount(260, 40, { primary: null, secondary: null }));
	await rollout.look(THREAD);
	expect(rollout.usedUpUntil).toBe(AT * 1000);
	await appendFile(file, tokenCount(270, 40, limits(3)));
	await rollout.look(THREAD);
	expect(rollout.usedUpUntil).toBeUndefined();
});

test("a rollout of today is found where a clock was once ahead, and beside what is no folder of a day", async () => {
	for (const ahead of ["2199/01/01", "2199/01/02", "2199/01/03"])
		await mkdir(join(home, "sessions", ahead), { recursive: true });
	await writeFile(join(home, "sessions/index"), "");
	const now = new Date();
	const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0"));
	await writeFile(await rolloutIn(`sessions/${parts.join("/")}`), tokenCount(100, 20));
	const rollout = new Rollout();
	await rollout.look(THREAD);
	expect(rollout.usage).toMatchObject({ inputTokens: 100 });
});

test("a limit that is used up is told while the turn goes on", async () => {
	const limits = { primary: { used_percent: 100, resets_at: 1_800_000_000 } };
	await writeFile(await rolloutIn("sessions/2026/11/23"), tokenCount(100, 20, limits));
	const until = await new Promise((onUsedUp) => {
		const watch = new RolloutWatch({ tokens: 1_000, spent: 0, profile: "" }, new TurnStop(() => {}), {
			onActivity: () => {},
			onUsedUp: (until) => {
				watch.stop();
				onUsedUp(until);
			},
		});
		watch.follow(THREAD);
	});
	expect(until).toBe(1_800_000_000_000);
});

/** The file of the thread in a folder that is made for it. */
async function rolloutIn(folder: string): Promise<string> {
	await mkdir(join(home, folder), { recursive: true });
	return join(home, folder, `rollout-2026-11-23T00-00-00-${THREAD}.jsonl`);
}

function tokenCount(input: number, output: number, rate_limits?: object): string {
	const total_token_usage = {
		input_tokens: input,
		cached_input_tokens: 5,
		output_tokens: output,
		reasoning_output_tokens: 2,
	};
	const payload = { type: "token_count", info: { total_token_usage }, ...(rate_limits ? { rate_limits } : {}) };
	return `${JSON.stringify({ type: "event_msg", payload })}\n`;
}
