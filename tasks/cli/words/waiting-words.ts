import type { IssueSurvey } from "../../contract/standing.ts";
import { duration } from "./format.ts";

const DAY = 86_400_000;

/** A time where this runs, as `02:00`, with the day where that is more than a day off: `30 Nov 02:00`; milliseconds since 1970. */
export function timeOfDay(time: number, now: number): string {
	const date = new Date(time);
	const clock = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
	if (Math.abs(time - now) < DAY) return clock;
	return `${date.getDate()} ${date.toLocaleString("en", { month: "short" })} ${clock}`;
}

/** Until when an issue that is being worked on waits for the usage limit, in milliseconds since 1970. */
export function waitsUntil({ record, holder }: Pick<IssueSurvey, "record" | "holder">): number | undefined {
	const wait = record?.waits?.at(-1);
	// What a killed run has left says nothing of the one that has the issue now.
	if (!holder || wait?.to !== null || (record?.startedAt ?? "") < holder.since) return undefined;
	return Date.parse(wait.until);
}

/** Until when something waits, and for how long still: `until 02:00 (2h51m)`. */
export function untilWords(until: number, now: number): string {
	const left = until > now ? ` (${duration(until - now)})` : "";
	return `until ${timeOfDay(until, now)}${left}`;
}

/** That a turn waits for the provider's usage limit, and for how long still. */
export function waitingWords(until: number, now: number): string {
	return `waiting for the usage limit, ${untilWords(until, now)}; Ctrl-C to stop, nothing is lost`;
}
