import { expect, test } from "vitest";
import { LimitGate } from "../../tasks/runner/limit-gate.ts";
import { TestClock } from "../support/test-clock.ts";

const HOUR = 3_600_000;
const never = new AbortController().signal;

/** Asks for leave. @returns until when was waited, and whether there was leave. */
async function pass(gate: LimitGate, bounds: { readonly wait: number; readonly until?: number }) {
	const waits: number[] = [];
	const answer = await gate.pass(bounds, never, (until) => waits.push(until));
	return { waits, answer };
}

test("a limit is waited for as long as it is over before the run is, however long it has been waited already", async () => {
	const clock = new TestClock();
	const start = clock.now();
	const gate = new LimitGate(clock);
	const bounds = { wait: 8 * HOUR, until: start + 7 * HOUR };
	expect(gate.close(start + 3 * HOUR, bounds)).toMatchObject({ isWaitedFor: true });
	clock.jumpTo(start + 3 * HOUR);
	// It is renewed, and asked about by one whose turn begins now.
	const renewed = start + 6 * HOUR;
	expect(gate.close(renewed, bounds)).toMatchObject({ isWaitedFor: true });
	const { waits, answer } = await pass(gate, bounds);
	expect(waits).toEqual([renewed]);
	expect(answer).toHaveProperty("answered");
	// What is over later than the run, or longer after the last answer than is waited, is not.
	expect(gate.close(start + 7.5 * HOUR, bounds)).toMatchObject({ isWaitedFor: false });
	expect(gate.close(start + 8.5 * HOUR, { wait: 8 * HOUR })).toMatchObject({ isWaitedFor: false });
	expect(await pass(gate, bounds)).toMatchObject({
		waits: [],
		answer: { kind: "too-long", until: start + 8.5 * HOUR },
	});
});

test("a limit that is over keeps nobody from asking, however long it was", async () => {
	const clock = new TestClock();
	const gate = new LimitGate(clock);
	const until = clock.now() + 9 * HOUR;
	gate.remember(until);
	expect(await pass(gate, { wait: 8 * HOUR })).toMatchObject({ answer: { kind: "too-long", until } });
	clock.jumpTo(until);
	const { waits, answer } = await pass(gate, { wait: 8 * HOUR });
	expect(waits).toEqual([]);
	expect(answer).toHaveProperty("answered");
});

test("one goes first, and the others follow when it is answered, or has ended", async () => {
	const clock = new TestClock(false);
	const gate = new LimitGate(clock);
	const bounds = { wait: HOUR };
	const { until } = gate.close(undefined, bounds);
	const asked = [1, 2, 3].map(() => pass(gate, bounds));
	await clock.areWaiting(3);
	clock.jumpTo(until);
	const first = await Promise.race(asked.map((each, at) => each.then(({ answer }) => ({ at, answer }))));
	if ("kind" in first.answer) throw new Error("no leave");
	first.answer.end();
	const others = asked.filter((_, at) => at !== first.at);
	const second = await Promise.race(others.map((each, at) => each.then(({ answer }) => ({ at, answer }))));
	if ("kind" in second.answer) throw new Error("no leave");
	second.answer.answered();
	await Promise.all(asked);
	// Nothing is left of it.
	expect(await pass(gate, { wait: 0 })).toMatchObject({ waits: [] });
	expect(gate.close(undefined, bounds).until - clock.now()).toBeCloseTo(5 * 60_000, -2);
});
