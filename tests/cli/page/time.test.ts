import { expect, test } from "vitest";
import { axisOf } from "../../../tasks/cli/page/time/axis.ts";
import { timeLine, timeWords } from "../../../tasks/cli/page/time/time-line.ts";
import type { Span } from "../../../tasks/contract/report.ts";

const MINUTE = 60_000;
const NIGHT = Date.parse("2026-01-02T22:00:00.000Z");
const from = (start: number, minutes: number) => ({
	from: NIGHT + start * MINUTE,
	to: NIGHT + (start + minutes) * MINUTE,
});
const span = (what: Span["what"], start: number, minutes: number): Span => ({
	what,
	from: new Date(NIGHT + start * MINUTE).toISOString(),
	to: new Date(NIGHT + (start + minutes) * MINUTE).toISOString(),
});

test("hours in which nothing was done take no room", () => {
	const axis = axisOf([from(0, 60), from(10, 20), from(600, 60)]);
	expect(axis?.at(NIGHT)).toBe(0);
	expect(axis?.at(NIGHT + 660 * MINUTE)).toBe(100);
	expect(axis?.breaks).toHaveLength(1);
	// An hour of work takes nearly half, the nine hours between next to nothing.
	expect(axis?.at(NIGHT + 60 * MINUTE)).toBeGreaterThan(48);
	expect(axis?.at(NIGHT + 599 * MINUTE)).toBeLessThan(50);
});

test.each([
	["nothing", [], undefined],
	["a moment", [from(0, 0)], 0],
	["what ends before it begins, by a clock that was set", [from(10, -5), from(0, 30)], 0],
	["minutes", [from(0, 7)], 0],
	["days", [from(0, 4_000)], 0],
])("there are ticks that there is room for: %s", (_, done, breaks) => {
	const axis = axisOf(done);
	expect(axis?.breaks.length).toBe(breaks);
	expect(axis?.ticks.length ?? 0).toBeLessThanOrEqual(11);
	for (const { at } of axis?.ticks ?? []) expect(at >= 0 && at <= 100).toBe(true);
});

test("a row says in words what it shows, and its bars lie where the hours were", () => {
	const spans = [span("set-up", 0, 5), span("dev", 5, 45), span("verify", 50, 10)];
	const axis = axisOf([from(0, 60)]);
	expect(timeWords(spans)).toBe("set-up 5m00s, dev 45m00s, verify 10m00s");
	const row = axis ? timeLine(spans, axis).source : "";
	expect(row).toContain('aria-label="set-up 5m00s, dev 45m00s, verify 10m00s"');
	expect(row).toContain('<rect class="dev" x="8.33%" y="1" width="75%"');
});
