import { offsetOf } from "./zones.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const UNITS: Readonly<Record<string, number>> = {
	w: 7 * 24 * HOUR,
	d: 24 * HOUR,
	h: HOUR,
	m: MINUTE,
	s: 1000,
	ms: 1,
};
/** A time of which no day is told, and that is longer ago, is none that has just come, but tomorrow's. */
const LONG_AGO = 12 * HOUR;

const YEAR = String.raw`(?:,? (?<year>\d{4})(?!:))?`;
const DATE = String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?(?:(?<month>[A-Z][a-z]{2})[a-z]*\.? (?<day>\d{1,2})(?:st|nd|rd|th)?${YEAR}|(?<day2>\d{1,2})(?:st|nd|rd|th)?\.? (?<month2>[A-Z][a-z]{2})[a-z]*\.?${YEAR.replace("year", "year2")}|(?<iso>\d{4}[-/]\d{2}[-/]\d{2}))|(?<other>today|tomorrow)`;
const HALF = String.raw`\s?(?<half>[AP])(?:M\b|\.M\.)`;
const TIME = String.raw`(?:(?<hour>\d{1,2}):(?<minute>\d{2})(?::\d{2}(?:\.\d+)?)?(?:${HALF})?|(?<hour2>\d{1,2})${HALF.replace("half", "half2")})`;
const AT = new RegExp(`try again (?:(?:at|after|on) )?(?:(?:${DATE})(?:,? at|,|T)?\\s?)?${TIME}`, "i");

const NUMBER = String.raw`(?:\d+(?:\.\d+)?|\ban?\b)`;
const UNIT = `(?:w(?:eeks?)?|d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?|ms)(?![a-z])`;
const IN = new RegExp(
	`try again in (?:about |approximately |~ ?)?((?:${NUMBER}\\s?${UNIT}\\.?(?:,? and |,? )?)+)`,
	"i",
);
const PART = new RegExp(`(${NUMBER})\\s?(ms|[wdhms])`, "gi");

/**
 * When a usage limit is over, as Codex's words have it; nothing where they do not tell. Codex 0.163 says `try again at 2:31 PM.` or
 * `try again at Nov 30th, 2026 1:51 PM.`, in the time zone of its process, whatever the language (measured); a zone that is named counts,
 * and one that nobody knows leaves nothing told.
 * @param now milliseconds since 1970.
 * @returns the end of that minute, in milliseconds since 1970.
 */
export function limitEnd(message: string, now: number): number | undefined {
	const [, length] = IN.exec(message) ?? [];
	if (length !== undefined) return timeOr(now + lengthOf(length));
	const found = AT.exec(message);
	if (!found?.groups) return undefined;
	const clock = clockOf(found.groups);
	const offset = offsetOf(message.slice(found.index + found[0].length));
	if (!clock || offset === null) return undefined;
	const time = dayOf(found.groups, clock, offset, now);
	return time === undefined ? undefined : timeOr(time + MINUTE);
}

/** A time, where it is one that a calendar has. */
export function timeOr(time: number): number | undefined {
	return Number.isNaN(new Date(time).getTime()) ? undefined : time;
}

type Found = Readonly<Record<string, string | undefined>>;
type Clock = readonly [hour: number, minute: number];
/** The time at which clocks show this, somewhere; in milliseconds since 1970. */
type Place = (year: number, month: number, day: number, clock: Clock) => number;

function clockOf({ hour, hour2, minute = "0", half, half2 }: Found): Clock | undefined {
	const part = half ?? half2;
	const shown = Number(hour ?? hour2);
	const hours = part === undefined ? shown : (shown % 12) + (/p/i.test(part) ? 12 : 0);
	// Midnight at a day's end is written so.
	const isClock = Number(minute) < 60 && (hours < 24 || (hours === 24 && Number(minute) === 0));
	return isClock ? [hours, Number(minute)] : undefined;
}

/** The time on the day that is told, or on the next one on which it makes sense. */
function dayOf(found: Found, clock: Clock, offset: ((time: number) => number) | undefined, now: number) {
	const place = offset ? placeAt(offset) : here;
	const today = offset ? new Date(now + offset(now)) : undefined;
	const date = new Date(now);
	const [year, month, day] = today
		? [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()]
		: [date.getFullYear(), date.getMonth(), date.getDate()];
	const next = (on: (more: number) => number): number => (on(0) < now - LONG_AGO ? on(1) : on(0));
	if (found.iso !== undefined) {
		const [y = 0, m = 0, d = 0] = found.iso.split(/[-/]/).map(Number);
		return isDay(y, m - 1, d) ? place(y, m - 1, d, clock) : undefined;
	}
	const name = found.month ?? found.month2;
	if (name !== undefined) {
		const told = found.year ?? found.year2;
		const [m, d] = [MONTHS.indexOf(name.toLowerCase()), Number(found.day ?? found.day2)];
		if (told !== undefined) return isDay(Number(told), m, d) ? place(Number(told), m, d, clock) : undefined;
		return isDay(LEAP_YEAR, m, d) ? next((more) => place(year + more, m, d, clock)) : undefined;
	}
	if (found.other !== undefined) return place(year, month, day + (/^tom/i.test(found.other) ? 1 : 0), clock);
	return next((more) => place(year, month, day + more, clock));
}

const LEAP_YEAR = 2028;

function isDay(year: number, month: number, day: number): boolean {
	return new Date(Date.UTC(year, month, day)).getUTCMonth() === month;
}

const here: Place = (year, month, day, clock) => new Date(year, month, day, ...clock).getTime();

function placeAt(offset: (time: number) => number): Place {
	return (year, month, day, clock) => {
		const time = Date.UTC(year, month, day, ...clock);
		// Clocks may be put on or back between.
		return time - offset(time - offset(time));
	};
}

function lengthOf(text: string): number {
	return [...text.matchAll(PART)].reduce(
		(sum, [, number = "", unit = ""]) =>
			sum + (/^a/i.test(number) ? 1 : Number(number)) * (UNITS[unit.toLowerCase()] ?? 0),
		0,
	);
}
