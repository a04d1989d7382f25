import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Rollout } from "../../tasks/runner/codex/rollout.ts";

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

function tokenCount(input: number, output: number): string {
	const total_token_usage = {
		input_tokens: input,
		cached_input_tokens: 5,
		output_tokens: output,
		reasoning_output_tokens: 2,
	};
	const payload = { type: "token_count", info: { total_token_usage } };
	return `${JSON.stringify({ type: "event_msg", payload })}\n`;
}
