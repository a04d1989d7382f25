import { expect, test } from "vitest";
import { limitEnd } from "../../tasks/runner/codex/limit-words.ts";

/** 2026-11-27, 13:51:37 in the zone of this process. */
const NOW = new Date(2026, 10, 27, 13, 51, 37).getTime();
const HIT = "You’ve hit your usage limit.";
const local = (...parts: readonly [number, number, number, number, number]) => new Date(...parts).getTime() + 60_000;

/** As Codex 0.163 was seen to say it, then other ways of saying a time. */
const ROWS: readonly (readonly [words: string, end: number | undefined])[] = [
	[
		`${HIT} Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or try again at 2:31 PM.`,
		local(2026, 10, 27, 14, 31),
	],
	[
		`${HIT} Visit https://chatgpt.com/settings/usage to purchase more credits or try again at Nov 30th, 2026 1:51 PM.`,
		local(2026, 10, 30, 13, 51),
	],
	[
		`${HIT} Upgrade to Plus to continue using Codex (https://x), or try again at Dec 1st, 2026 12:05 AM.`,
		local(2026, 11, 1, 0, 5),
	],
	[
		`${HIT} To get more access now, send a request to your admin or try again at 12:30 PM.`,
		local(2026, 10, 27, 12, 30),
	],
	[`${HIT} Try again at Dec 2nd, 2026 3:00 AM.`, local(2026, 11, 2, 3, 0)],
	[`${HIT} Try again at Jan 3rd, 2027 11:59 PM.`, local(2027, 0, 3, 23, 59)],
	[`${HIT} Try again later.`, undefined],
	[`${HIT} Try again at 14:31.`, local(2026, 10, 27, 14, 31)],
	[`${HIT} Try again at 2026/11/28 02:00 UTC.`, Date.UTC(2026, 10, 28, 2, 0) + 60_000],
	[`${HIT} Try again at 2026-11-28T02:00:00Z.`, Date.UTC(2026, 10, 28, 2, 0) + 60_000],
	[`${HIT} Try again at 2026-11-28 02:00+05:30.`, Date.UTC(2026, 10, 27, 20, 30) + 60_000],
	[`${HIT} Try again at 2026-11-28 02:00 -0800.`, Date.UTC(2026, 10, 28, 10, 0) + 60_000],
	[`${HIT} Try again at 28 November 2026, 2:00 AM GMT.`, Date.UTC(2026, 10, 28, 2, 0) + 60_000],
	[`${HIT} Try again at November 28, 2026 at 2:00 AM GMT+01:00.`, Date.UTC(2026, 10, 28, 1, 0) + 60_000],
	[`${HIT} Try again in 2h 51m.`, NOW + 171 * 60_000],
	[`${HIT} Try again in 3 days 4 hours 12 minutes.`, NOW + (76 * 60 + 12) * 60_000],
	[`${HIT} Try again in 1 hour, and 30 seconds.`, NOW + 3_630_000],
	// Other halves, days and lengths.
	[`${HIT} Try again at 2:31\u202fp.m.`, local(2026, 10, 27, 14, 31)],
	[`${HIT} Try again at 3 PM.`, local(2026, 10, 27, 15, 0)],
	[`${HIT} Try again at 24:00.`, local(2026, 10, 28, 0, 0)],
	[`${HIT} Try again at 1:30 AM.`, local(2026, 10, 28, 1, 30)],
	[`${HIT} Try again at 13:50.`, local(2026, 10, 27, 13, 50)],
	[`${HIT} Try again tomorrow.`, undefined],
	[`${HIT} Try again tomorrow at 9:00 AM.`, local(2026, 10, 28, 9, 0)],
	[`${HIT} Try again on Nov 30, at 1:51 PM.`, local(2026, 10, 30, 13, 51)],
	[`${HIT} Try again on Jan 2 13:51.`, local(2027, 0, 2, 13, 51)],
	[`${HIT} Try again after Sat, 28 Nov 2026 02:00:00 GMT.`, Date.UTC(2026, 10, 28, 2, 0) + 60_000],
	[`${HIT} Try again at Feb 30th, 2027 1:51 PM.`, undefined],
	[`${HIT} Try again in about 2 hrs and 30 mins.`, NOW + 150 * 60_000],
	[`${HIT} Try again in 1.5 hours.`, NOW + 90 * 60_000],
	[`${HIT} Try again in an hour.`, NOW + 60 * 60_000],
	[`${HIT} Try again in 1 week, 2 days.`, NOW + 9 * 24 * 60 * 60_000],
	[`${HIT} Try again in 500ms.`, NOW + 500],
	[`${HIT} Try again in 2 months.`, undefined],
	[`${HIT} Try again in 99999999999999999999 days.`, undefined],
	// Zones, in winter and in summer; one that nobody knows, or that means several, tells nothing.
	[`${HIT} Try again at 2026-11-28 02:00 UTC+2.`, Date.UTC(2026, 10, 28, 0, 0) + 60_000],
	[`${HIT} Try again at Nov 28th, 2026 2:00 AM PST.`, Date.UTC(2026, 10, 28, 10, 0) + 60_000],
	[`${HIT} Try again at Nov 28th, 2026 2:00 AM (America/Los_Angeles).`, Date.UTC(2026, 10, 28, 10, 0) + 60_000],
	[`${HIT} Try again at Jul 1st, 2027 2:00 AM America/Los_Angeles.`, Date.UTC(2027, 6, 1, 9, 0) + 60_000],
	[`${HIT} Try again at Mar 28th, 2027 01:59 CET.`, Date.UTC(2027, 2, 28, 0, 59) + 60_000],
	[`${HIT} Try again at Mar 28th, 2027 03:01 Europe/Berlin.`, Date.UTC(2027, 2, 28, 1, 1) + 60_000],
	[`${HIT} Try again at Nov 28th, 2026 2:00 AM IST.`, undefined],
	[`${HIT} Try again at Nov 28th, 2026 2:00 AM Mars/Olympus.`, undefined],
	// In no language that we read, or no time at all.
	[`${HIT} Versuchen Sie es am 30.11.2026 um 13:51 erneut.`, undefined],
	[`${HIT} Try again at Nov 31th or so.`, undefined],
	[`${HIT} Try again at Foo 30th, 2026 1:51 PM.`, undefined],
	[`${HIT} Try again at 25:99.`, undefined],
	["", undefined],
];

test.each(ROWS)("when a limit is over is read from the words: %s", (words, end) => {
	expect(limitEnd(words, NOW)).toBe(end);
});
