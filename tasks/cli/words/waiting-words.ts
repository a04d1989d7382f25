import { duration } from "./format.ts";

const DAY = 86_400_000;

/** A time where this runs, as `02:00`, with the day where that is more than a day off: `30 Nov 02:00`; milliseconds since 1970. */
export function timeOfDay(time: number, now: number): string {
	const date = new Date(time);
	const clock = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
	if (Math.abs(time - now) < DAY) return clock;
	return `${date.getDate()} ${date.toLocaleString("en", { month: "short" })} ${clock}`;
}

/** That a turn waits for the provider's usage limit, and for how long still. */
export function waitingWords(until: number, now: number): string {
	const left = until > now ? ` (${duration(until - now)})` : "";
	return `waiting for the usage limit, until ${timeOfDay(until, now)}${left}; Ctrl-C to stop, nothing is lost`;
}
