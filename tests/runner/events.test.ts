import type { ThreadEvent, ThreadItem } from "@openai/codex-sdk";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Activity } from "../../tasks/contract/activity.ts";
import { classifyTurn } from "../../tasks/runner/codex/classify.ts";
import { TurnReader } from "../../tasks/runner/codex/turn-reader.ts";
import type { TurnEnd, TurnLimits } from "../../tasks/runner/runner.ts";
import { LineSplitter } from "../../tasks/system/lines.ts";
import { Watchdog } from "../../tasks/system/watchdog.ts";
import { LETTER } from "../support/documents.ts";

describe("a stream that is split into lines", () => {
	test("gives the same lines, wherever its chunks end", () => {
		const line = fc.string({ unit: LETTER, maxLength: 12 }).map((text) => text.replaceAll("\n", ""));
		const cut = fc.array(fc.nat(200), { maxLength: 20 });
		fc.assert(
			fc.property(fc.array(line, { maxLength: 12 }), line, cut, (lines, rest, places) => {
				const bytes = Buffer.from([...lines, rest].join("\n"));
				expect(split(1_000, chunksOf(bytes, places))).toEqual(lines);
			}),
			{ numRuns: 150 },
		);
	});

	test("takes lines of the longest length, and gives up on longer ones only, wherever its chunks end", () => {
		const length = fc.integer({ min: 0, max: 20 });
		const cut = fc.array(fc.nat(200), { maxLength: 20 });
		fc.assert(
			fc.property(fc.array(length, { maxLength: 12 }), cut, (lengths, places) => {
				const lines = lengths.map((each, at) => String.fromCharCode(97 + at).repeat(each));
				const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(""));
				const wanted = lines.map((each) => (each.length > 10 ? undefined : each));
				expect(split(10, chunksOf(bytes, places))).toEqual(wanted);
			}),
			{ numRuns: 400 },
		);
	});

	test("keeps nothing of a line that is too long, however long it becomes", () => {
		const lines = new LineSplitter(1_000);
		const chunk = Buffer.alloc(1_000_000, "x");
		const before = process.memoryUsage().arrayBuffers;
		for (let at = 0; at < 200; at++) expect([...lines.push(Buffer.from(chunk))]).toEqual([]);
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150_000_000);
		expect([...lines.push(Buffer.from("\nnext\n"))]).toEqual([undefined, "next"]);
	});

	test("counts bytes, not letters", () => {
		expect(split(4, [Buffer.from("éé\nééé\n")])).toEqual(["éé", undefined]);
	});

	test("hands on blank lines, and no line that is not ended", () => {
		expect(split(10, [Buffer.from("\n\na\r\nb")])).toEqual(["", "", "a\r"]);
	});

	function split(longest: number, chunks: readonly Uint8Array[]): (string | undefined)[] {
		const lines = new LineSplitter(longest);
		return chunks.flatMap((chunk) => [...lines.push(chunk)]);
	}

	function chunksOf(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
		const ends = [...places.map((place) => Math.min(place, bytes.length)), bytes.length].sort((a, b) => a - b);
		return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
	}
});

describe("the events of a turn", () => {
	test("from its start to its end", () => {
		const { reader, activities } = reading(
			{ type: "thread.started", thread_id: "thread-1" },
			{ type: "turn.started" },
			{ type: "item.started", item: command("c1", "in_progress") },
			{ type: "item.completed", item: command("c1", "completed") },
			{ type: "item.completed", item: { id: "m1", type: "agent_message", text: "first" } },
			{
				type: "item.completed",
				item: { id: "f1", type: "file_change", changes: [change("a.ts")], status: "completed" },
			},
			{ type: "item.completed", item: { id: "m2", type: "agent_message", text: "last" } },
			{ type: "turn.completed", usage: usage(200, 80, 40, 10) },
		);
		const total = { inputTokens: 200, cachedInputTokens: 80, outputTokens: 40, reasoningOutputTokens: 10 };
		expect(reader).toMatchObject({ threadId: "thread-1", lastMessage: "last", completed: true, usage: total });
		expect([reader.failure, reader.broken, reader.lastWarning]).toEqual([undefined, undefined, undefined]);
		expect(activities).toEqual([
			{ kind: "command", command: "npm test" },
			{ kind: "command", command: "npm test" },
			{ kind: "message", text: "first" },
			{ kind: "files", paths: ["a.ts"] },
			{ kind: "message", text: "last" },
		]);
	});

	test("a message that is still being written is not the answer", () => {
		const { reader } = reading(
			{ type: "item.completed", item: { id: "m1", type: "agent_message", text: "whole" } },
			{ type: "item.updated", item: { id: "m2", type: "agent_message", text: "ha" } },
		);
		expect(reader.lastMessage).toBe("whole");
	});

	test("an error is a warning: no progress, and not the end", () => {
		const { reader, progress, activities } = reading(
			{ type: "error", message: "Reconnecting... 1/5" },
			{ type: "item.completed", item: { id: "e1", type: "error", message: "unknown model" } },
			{ type: "turn.completed", usage: usage(1, 0, 1, 0) },
		);
		expect(progress).toEqual([false, false, true]);
		expect(activities.slice(0, 2)).toEqual([
			{ kind: "warning", text: "Reconnecting... 1/5" },
			{ kind: "warning", text: "unknown model" },
		]);
		expect(reader.failure).toBeUndefined();
		expect(reader.completed).toBe(true);
	});

	test("the last lost connection is remembered, for a turn that then stalls", () => {
		const { reader } = reading({ type: "error", message: "first" }, { type: "error", message: "waiting for network" });
		expect(reader.lastWarning).toBe("waiting for network");
	});

	test("a connection that came back is no reason for a stall an hour later", () => {
		const { reader } = reading(
			{ type: "error", message: "Reconnecting... waiting for network (connection refused)" },
			{ type: "item.completed", item: { id: "m1", type: "agent_message", text: "On it." } },
			{ type: "item.started", item: command("c1", "in_progress") },
			{ type: "item.completed", item: command("c1", "completed") },
		);
		const end = { kind: "stalled", limit: 900_000, lastWarning: reader.lastWarning } as const;
		expect(classifyTurn(end)).toEqual({});
	});

	test("the reason of a failed turn is kept, whatever comes after", () => {
		const { reader } = reading(
			{ type: "turn.failed", error: { message: "unexpected status 401 Unauthorized" } },
			{ type: "error", message: "exited with code 1" },
		);
		expect(reader.failure).toBe("unexpected status 401 Unauthorized");
		expect(reader.completed).toBe(false);
	});

	test("a command is running from its start to its end, and so is a tool", () => {
		const { reader } = reading({ type: "turn.started" });
		const seen = (event: ThreadEvent) => {
			reader.read(JSON.stringify(event));
			return reader.isCommandRunning;
		};
		expect(reader.isCommandRunning).toBe(false);
		expect(seen({ type: "item.started", item: command("c1", "in_progress") })).toBe(true);
		expect(seen({ type: "item.started", item: tool("t1", "in_progress") })).toBe(true);
		expect(seen({ type: "item.updated", item: command("c1", "in_progress") })).toBe(true);
		expect(seen({ type: "item.completed", item: command("c1", "failed") })).toBe(true);
		expect(seen({ type: "item.completed", item: tool("t1", "completed") })).toBe(false);
		expect(seen({ type: "item.started", item: { id: "r1", type: "reasoning", text: "Hm." } })).toBe(false);
	});

	test("a turn without usage has used nothing that we know of", () => {
		const { reader } = reading({ type: "turn.completed" } as ThreadEvent);
		expect(reader.completed).toBe(true);
		expect(reader.usage).toEqual({ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0 });
	});

	test("an event or item of a later Codex is progress, and nothing else", () => {
		const { reader, progress, activities } = reading(
			{ type: "turn.paused" } as unknown as ThreadEvent,
			{ type: "item.completed", item: { id: "x", type: "hologram" } } as unknown as ThreadEvent,
		);
		expect(progress).toEqual([true, true]);
		expect(activities).toEqual([]);
		expect(reader.broken).toBeUndefined();
	});

	test.each([
		["prose", "Segmentation fault"],
		["a blank line", ""],
		["a cut line", '{"type":"turn.comp'],
		["a byte order mark", '\uFEFF{"type":"turn.started"}'],
		["a line that was too long to hold", undefined],
	])("%s breaks the stream: no progress, and the first reason stands", (_, line) => {
		const { reader } = reading();
		expect(reader.read(line)).toBe(false);
		const why = reader.broken;
		expect(why).toMatch(/event stream/);
		expect(reader.read("another one")).toBe(false);
		expect(reader.broken).toBe(why);
	});

	test("a long line that is no event is cut in the reason", () => {
		const { reader } = reading();
		reader.read("x".repeat(1_000_000));
		expect(reader.broken?.length).toBeLessThan(500);
	});

	test("JSON that is no event breaks the stream as well", () => {
		const { reader } = reading();
		expect(reader.read("null")).toBe(false);
		expect(reader.broken).toMatch(/event stream/);
	});

	/** Lines as Codex writes them, lines that only look so, and lines that are anything. */
	const anyLine = (() => {
		const type = fc.constantFrom(
			"thread.started",
			"item.started",
			"item.completed",
			"turn.completed",
			"turn.failed",
			"error",
		);
		const anything = fc.jsonValue({ maxDepth: 1 });
		const item = fc.oneof(
			anything,
			fc.record({
				type: fc.constantFrom("command_execution", "agent_message", "file_change", "mcp_tool_call", "error"),
				text: anything,
			}),
		);
		const usage = fc.record({ input_tokens: anything, output_tokens: anything });
		const error = fc.oneof(anything, fc.record({ message: anything }));
		const event = fc.record(
			{ type, item, error, usage, message: anything, thread_id: anything },
			{ requiredKeys: ["type"] },
		);
		return fc.oneof(
			fc.string(),
			fc.json(),
			event.map((each) => JSON.stringify(each)),
		);
	})();

	test("whatever a line holds, reading it does not throw, and nothing gets into a record that is no text or number", () => {
		fc.assert(
			fc.property(fc.array(anyLine, { maxLength: 5 }), (lines) => {
				const { reader } = reading();
				for (const line of lines) reader.read(line);
				const { threadId, lastMessage, failure, lastWarning, usage } = reader;
				for (const text of [threadId ?? "", lastMessage ?? "", failure ?? "", lastWarning ?? ""]) {
					expect(text).toBeTypeOf("string");
				}
				for (const count of Object.values(usage ?? {})) expect(count).toBeTypeOf("number");
			}),
			{ numRuns: 500 },
		);
	});

	test("a stream of any bytes, cut anywhere, is read as it would be in one piece", () => {
		const piece = fc.oneof(
			anyLine.map((line) => Buffer.from(`${line}\n`)),
			fc.uint8Array({ maxLength: 20 }),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 8 }), (pieces, places) => {
				const bytes = Buffer.concat(pieces);
				const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
				const read = (chunks: readonly Uint8Array[]) => {
					const { reader, activities } = reading();
					const lines = new LineSplitter(200);
					const progress = chunks.flatMap((chunk) => [...lines.push(chunk)]).map((line) => reader.read(line));
					return { reader, activities, progress };
				};
				expect(read(ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end)))).toEqual(read([bytes]));
			}),
			{ numRuns: 300 },
		);
	});

	function reading(...events: readonly ThreadEvent[]) {
		const activities: Activity[] = [];
		const reader = new TurnReader((activity) => activities.push(activity));
		const progress = events.map((event) => reader.read(JSON.stringify(event)));
		return { reader, activities, progress };
	}

	function command(id: string, status: "in_progress" | "completed" | "failed"): ThreadItem {
		return { id, type: "command_execution", command: "npm test", aggregated_output: "", status };
	}

	function tool(id: string, status: "in_progress" | "completed"): ThreadItem {
		return { id, type: "mcp_tool_call", server: "s", tool: "t", arguments: {}, status };
	}

	function change(path: string) {
		return { path, kind: "update" } as const;
	}

	function usage(input_tokens: number, cached_input_tokens: number, output_tokens: number, reasoning: number) {
		const counts = { input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens: reasoning };
		return { ...counts, cache_write_input_tokens: 0 };
	}
});

describe("what every further turn would meet alike", () => {
	test.each([
		["credentials", "unexpected status 401 Unauthorized: Missing bearer or basic authentication in header"],
		[
			"credentials",
			"Your authentication session could not be refreshed automatically. Please log out and sign in again.",
		],
		["refused", "unexpected status 403 Forbidden: no access"],
		["refused", "unexpected status 404 Not Found"],
		["refused", "unexpected status 404 Not Found: nothing, url: http://models.example/model/v1/responses"],
		["model", "unexpected status 404 Not Found: The model `gpt-9` does not exist, url: http://x/v1/responses"],
		["model", "The requested model 'gpt-9' does not exist."],
		["model", "The 'gpt-9' model is not supported when using Codex with a ChatGPT account."],
		["quota", "unexpected status 402 Payment Required: Insufficient Balance, url: http://x"],
		["quota", "Your workspace is out of credits. Add credits to continue."],
		["quota", "You hit your spend cap set in your workspace. Increase your spend cap to continue."],
		["credentials", "Missing environment variable: `OPENAI_API_KEY`."],
		["credentials", "Your access token could not be refreshed because your refresh token was already used."],
		["quota", "Quota exceeded. Check your plan and billing details."],
		["quota", "You've hit your usage limit. Try again later."],
		["quota", "You’ve hit your usage limit. Try again later."],
		["quota", "To use Codex with your ChatGPT plan, upgrade to Plus: https://example.com"],
		["unreachable", "Connection failed: error sending request for url (http://127.0.0.1:9/v1/responses)"],
	])("%s: %s", (sign, message) => {
		expect(classifyTurn({ kind: "failed", message })).toEqual({ everyTurn: sign });
	});

	test.each([
		["rate-limit", "exceeded retry limit, last status: 429 Too Many Requests"],
		["rate-limit", "exceeded retry limit, last status: 429 Too Many Requests, request id: 7"],
		["rate-limit", "rate limit exceeded: Slow down"],
		["provider-trouble", "unexpected status 500 Internal Server Error"],
		["provider-trouble", "unexpected status 529 <unknown status code>: Overloaded, url: http://x"],
		["provider-trouble", "exceeded retry limit, last status: 503 Service Unavailable"],
		["provider-trouble", "Selected model is at capacity. Please try a different model."],
		["provider-trouble", "stream disconnected before completion: stream closed before response.completed"],
		[
			"too-long",
			"Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
		],
		["content", "stream disconnected before completion: Incomplete response returned, reason: content_filter"],
		["content", "Your request was rejected as a result of our safety system."],
	])("of one turn alone, %s: %s", (sign, message) => {
		expect(classifyTurn({ kind: "failed", message })).toEqual({ thisTurn: sign });
	});

	test.each([
		"unexpected status 400 Bad Request: the model is out of office",
		"unexpected status 4010",
		"Incomplete response returned, reason: max_output_tokens",
		"The test says: Quota exceeded, as it should",
		"the agent's process ended before its turn did",
		"",
	])("nothing of the kind: %s", (message) => {
		expect(classifyTurn({ kind: "failed", message })).toEqual({});
	});

	test("a turn that stalled while it waited for the network", () => {
		const lastWarning = "Reconnecting... waiting for network (error sending request)";
		expect(classifyTurn({ kind: "stalled", limit: 5, lastWarning })).toEqual({ everyTurn: "unreachable" });
		expect(classifyTurn({ kind: "stalled", limit: 5, lastWarning: undefined })).toEqual({});
	});

	test.each<TurnEnd>([
		{ kind: "completed", lastMessage: "Quota exceeded. Connection failed: not logged in" },
		{ kind: "protocol-error", message: "not logged in" },
		{ kind: "timed-out", limit: 5 },
		{ kind: "interrupted" },
	])("a turn that ended otherwise: $kind", (end) => {
		expect(classifyTurn(end)).toEqual({});
	});
});

describe("the limits of a turn", () => {
	const MINUTE = 60_000;
	let jumped: number;
	let reached: string[];
	let watchdog: Watchdog;

	beforeEach(() => {
		vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
		jumped = 0;
		reached = [];
		const ticking = performance.now.bind(performance);
		vi.spyOn(performance, "now").mockImplementation(() => ticking() + jumped);
	});

	afterEach(() => {
		watchdog.stop();
		vi.restoreAllMocks();
		vi.useRealTimers();
	});

	test("silence for as long as allowed is a stall, said once", () => {
		watch({ timeout: 60 * MINUTE, stall: 5 * MINUTE });
		pass(5 * MINUTE - 1_500);
		expect(reached).toEqual([]);
		pass(3_000);
		expect(reached).toEqual(["stall"]);
		pass(90 * MINUTE);
		expect(reached).toEqual(["stall"]);
	});

	test("progress starts the silence anew", () => {
		watch({ timeout: 60 * MINUTE, stall: 5 * MINUTE });
		for (let at = 0; at < 4; at++) {
			pass(4 * MINUTE);
			watchdog.progress();
		}
		expect(reached).toEqual([]);
		pass(5 * MINUTE + 2_000);
		expect(reached).toEqual(["stall"]);
	});

	test("a running command is no silence, and after it the silence starts anew", () => {
		let busy = true;
		watch({ timeout: 600 * MINUTE, stall: 5 * MINUTE }, () => busy);
		pass(60 * MINUTE);
		expect(reached).toEqual([]);
		busy = false;
		pass(4 * MINUTE);
		expect(reached).toEqual([]);
		pass(MINUTE + 2_000);
		expect(reached).toEqual(["stall"]);
	});

	test("a turn that makes progress, or is busy, has its time all the same", () => {
		watch({ timeout: 10 * MINUTE, stall: MINUTE }, () => true);
		for (let at = 0; at < 19; at++) {
			pass(MINUTE / 2);
			watchdog.progress();
		}
		expect(reached).toEqual([]);
		pass(MINUTE / 2 + 2_000);
		expect(reached).toEqual(["timeout"]);
	});

	test("both at once is the end of its time", () => {
		watch({ timeout: MINUTE, stall: MINUTE });
		pass(MINUTE + 2_000);
		expect(reached).toEqual(["timeout"]);
	});

	test("an hour of a sleeping machine costs two seconds at most", () => {
		watch({ timeout: 5 * MINUTE, stall: MINUTE });
		for (let at = 0; at < 5; at++) {
			pass(10_000);
			jumped += 60 * MINUTE;
		}
		pass(1_000);
		// 51 s have passed awake, and five sleeps of two seconds at most.
		watchdog.progress();
		pass(MINUTE - 3_000);
		expect(reached).toEqual([]);
		pass(5_000);
		expect(reached).toEqual(["stall"]);
	});

	test("where limits are seconds, a sleep of seconds is no stall either", () => {
		watch({ timeout: 10_000, stall: 2_000 });
		pass(1_000);
		jumped += 5_000;
		pass(200);
		expect(reached).toEqual([]);
		pass(1_000);
		expect(reached).toEqual(["stall"]);
	});

	test("many sleeps add up to little", () => {
		watch({ timeout: 5 * MINUTE, stall: 5 * MINUTE }, () => true);
		for (let at = 0; at < 100; at++) {
			pass(1_000);
			jumped += 60 * MINUTE;
		}
		expect(reached).toEqual([]);
		pass(3 * MINUTE + 20_000);
		expect(reached).toEqual(["timeout"]);
	});

	test.each([5, 50, 500])("limits of %d ms are kept too", (limit) => {
		watch({ timeout: MINUTE, stall: limit });
		pass(limit - 1);
		expect(reached).toEqual([]);
		pass(limit / 5 + 20);
		expect(reached).toEqual(["stall"]);
	});

	test("after the turn has ended nothing is counted", () => {
		watch({ timeout: MINUTE, stall: MINUTE });
		watchdog.stop();
		pass(60 * MINUTE);
		expect(reached).toEqual([]);
		expect(vi.getTimerCount()).toBe(0);
	});

	function watch(limits: Pick<TurnLimits, "timeout" | "stall">, isBusy = () => false): void {
		watchdog = new Watchdog(limits, isBusy);
		watchdog.start((limit) => reached.push(limit));
	}

	function pass(ms: number): void {
		vi.advanceTimersByTime(ms);
	}
});
