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
	[`${HIT} Try again at 02:00 UTC.`, Date.UTC(2026, 10, new Date(NOW).getUTCDate(), 2, 0) + 60_000],
	[`${HIT} Try again at 2026-11-28T02:00:00Z.`, Date.UTC(2026, 10, 28, 2, 0) + 60_000],
	[`${HIT} Try again at 2026-11-28 02:00+05:30.`, Date.UTC(2026, 10, 27, 20, 30) + 60_000],
	[`${HIT} Try again at 2026-11-28 02:00 -0800.`, Date.UTC(2026, 10, 28, 10, 0) + 60_000],
	[`${HIT} Try again at 28 November 2026, 2:00 AM GMT.`, Date.UTC(2026, 10, 28, 2, 0) + 60_000],
	[`${HIT} Try again at November 28, 2026 at 2:00 AM GMT+01:00.`, Date.UTC(2026, 10, 28, 1, 0) + 60_000],
	[`${HIT} Try again in 2h 51m.`, NOW + 171 * 60_000],
	[`${HIT} Try again in 3 days 4 hours 12 minutes.`, NOW + (76 * 60 + 12) * 60_000],
	[`${HIT} Try again in 1 hour, and 30 seconds.`, NOW + 3_630_000],
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
