import { expect, test } from "vitest";
import { usedUpUntil } from "../../tasks/runner/codex/used-up.ts";

const AT = Date.UTC(2026, 10, 28, 2, 0);
const SECONDS = AT / 1000;
const LATER = SECONDS + 360_000;
const WRITTEN = "2026-11-28T01:59:00.000Z";

const full = (fields: object) => ({ used_percent: 100, window_minutes: 300, ...fields });

/** As 0.163 was seen to write it, then what others may; `null` where there is some left. */
const ROWS: readonly (readonly [what: string, limits: unknown, until: number | null | undefined])[] = [
	["one of two", { primary: full({ resets_at: SECONDS }), secondary: { used_percent: 40, resets_at: LATER } }, AT],
	[
		"the other",
		{ primary: { used_percent: 99.9, resets_at: SECONDS }, secondary: full({ resets_at: LATER }) },
		LATER * 1000,
	],
	["both", { primary: full({ resets_at: SECONDS }), secondary: full({ resets_at: LATER }) }, LATER * 1000],
	["more than all", { primary: { used_percent: 104.2, resets_at: SECONDS } }, AT],
	["none", { primary: { used_percent: 1, resets_at: SECONDS }, secondary: null }, null],
	["a time that has gone by", { primary: full({ resets_at: 1 }) }, 1000],
	["credits go on", { primary: full({ resets_at: SECONDS }), credits: { has_credits: true } }, null],
	["no credits either", { primary: full({ resets_at: SECONDS }), credits: { has_credits: false } }, AT],
	["milliseconds", { primary: full({ resets_at: AT }) }, AT],
	["a number as a text", { primary: { used_percent: "100", resets_at: String(SECONDS) } }, AT],
	["a date", { primary: full({ resets_at: "2026-11-28T02:00:00Z" }) }, AT],
	["seconds that are left", { primary: full({ resets_in_seconds: 60 }) }, AT],
	["no time", { primary: full({}) }, null],
	["one that no calendar has", { primary: full({ resets_at: 1e30 }) }, null],
	["a negative one", { primary: full({ resets_at: -5 }), secondary: full({ resets_in_seconds: -5 }) }, null],
	["one of no form", { primary: full({ resets_at: {} }), secondary: full({ resets_at: "soon" }) }, null],
	["no windows", { primary: null, secondary: null, credits: null }, undefined],
	["nothing", null, undefined],
	["nothing", undefined, undefined],
];

test.each(ROWS)("when what is used up is over: %s", (_, limits, until) => {
	expect(usedUpUntil(limits, WRITTEN)).toBe(until);
});
