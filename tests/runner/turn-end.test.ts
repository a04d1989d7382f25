import { expect, test } from "vitest";
import { ErrorOutput } from "../../tasks/runner/codex/error-output.ts";
import { endOf } from "../../tasks/runner/codex/turn-end.ts";
import { TurnStop } from "../../tasks/runner/codex/turn-stop.ts";

const SILENT = { failure: undefined, completed: false, lastMessage: undefined, lastMessageCutFrom: undefined };
const THREW = { kind: "threw", message: "broke", garbled: false } as const;

test("the reason of a failed turn stands before what its process threw, and that before a completed turn", () => {
	expect(endOf({ ...SILENT, failure: "no" }, THREW, "")).toEqual({ kind: "failed", message: "no" });
	expect(endOf({ ...SILENT, completed: true }, THREW, "")).toEqual({ kind: "failed", message: "broke" });
	expect(endOf(SILENT, { ...THREW, garbled: true }, "")).toEqual({ kind: "protocol-error", message: "broke" });
	const completed = { ...SILENT, completed: true, lastMessage: "done" };
	expect(endOf(completed, { kind: "ended" }, "")).toEqual({ kind: "completed", lastMessage: "done" });
});

test("a process that ends without a word failed by its error output", () => {
	expect(endOf(SILENT, undefined, "killed\n")).toEqual({ kind: "failed", message: "killed" });
	expect(endOf(SILENT, undefined, "")).toMatchObject({
		kind: "failed",
		message: expect.stringContaining("ended before"),
	});
});

test("the first reason to stop stands, but for one that outweighs all", () => {
	let ends = 0;
	const stop = new TurnStop(() => ends++);
	expect(stop.reason).toBeUndefined();
	stop.because({ kind: "timed-out", limit: 1 });
	stop.because({ kind: "interrupted" });
	expect(stop.reason).toEqual({ kind: "timed-out", limit: 1 });
	stop.aboveAll({ kind: "failed", message: "unconfined" });
	expect(stop.reason).toEqual({ kind: "failed", message: "unconfined" });
	expect(ends).toBe(3);
});

test("of a long error output the beginning is kept and the end is remembered", async () => {
	let kept = 0;
	const errors = new ErrorOutput(async (bytes) => {
		kept += bytes.length;
	});
	for (let at = 0; at < 20; at++) await errors.take(Buffer.alloc(100_000, "x"));
	await errors.take(Buffer.from("the last words"));
	expect(kept).toBe(1024 * 1024);
	expect(errors.tail).toHaveLength(4_000);
	expect(errors.tail).toMatch(/the last words$/);
});
