const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };
/** The words have no seconds. */
const MINUTE = 60_000;

const DATE = String.raw`(?<month>[A-Z][a-z]{2})[a-z]*\.? (?<day>\d{1,2})(?:st|nd|rd|th)?,? (?<year>\d{4})|(?<day2>\d{1,2})(?:st|nd|rd|th)?\.? (?<month2>[A-Z][a-z]{2})[a-z]*\.?,? (?<year2>\d{4})|(?<iso>\d{4}-\d{2}-\d{2})`;
const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::\d{2}(?:\.\d+)?)?(?:\s?(?<half>[AP]M))?`;
const ZONE = String.raw`\s?(?<zone>Z\b|(?:UTC|GMT)(?![+-])|(?:UTC|GMT)?[+-]\d{2}:?\d{2})`;
const AT = new RegExp(`try again at (?:(?:${DATE})(?:,? at|,|T)?\\s?)?${TIME}(?:${ZONE})?`, "i");
const IN =
	/try again in ((?:\d+\s?(?:d(?:ays?)?|h(?:ours?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)(?:,? and |,? )?)+)/i;

/**
 * When a usage limit is over, as Codex's words have it; nothing where they do not tell. Codex 0.163 says `try again at 2:31 PM.` or
 * `try again at Nov 30th, 2026 1:51 PM.`, in the time zone of its process, whatever the language (measured); a zone that is named counts.
 * @param now milliseconds since 1970.
 * @returns the end of that minute, in milliseconds since 1970.
 */
export function limitEnd(message: string, now: number): number | undefined {
	const [, length] = IN.exec(message) ?? [];
	if (length !== undefined) return now + lengthOf(length);
	const found = AT.exec(message)?.groups;
	if (!found) return undefined;
	const hour = (Number(found.hour) % (found.half ? 12 : 24)) + (/pm/i.test(found.half ?? "") ? 12 : 0);
	const minute = Number(found.minute);
	const day = dayOf(found, now);
	if (!day || minute > 59 || Number(found.hour) > 24) return undefined;
	const [year, month, date] = day;
	const offset = found.zone === undefined ? undefined : offsetOf(found.zone);
	const time =
		offset === undefined
			? new Date(year, month, date, hour, minute).getTime()
			: Date.UTC(year, month, date, hour, minute) - offset;
	return time + MINUTE;
}

/** The day that is named, or today where that is. */
function dayOf(found: Readonly<Record<string, string | undefined>>, now: number): [number, number, number] | undefined {
	const { iso, zone } = found;
	const name = found.month ?? found.month2;
	if (iso !== undefined) {
		const [year = 0, month = 0, date = 0] = iso.split("-").map(Number);
		return [year, month - 1, date];
	}
	if (name !== undefined) {
		const month = MONTHS.indexOf(name.toLowerCase());
		return month < 0 ? undefined : [Number(found.year ?? found.year2), month, Number(found.day ?? found.day2)];
	}
	if (zone === undefined) {
		const today = new Date(now);
		return [today.getFullYear(), today.getMonth(), today.getDate()];
	}
	const there = new Date(now + offsetOf(zone));
	return [there.getUTCFullYear(), there.getUTCMonth(), there.getUTCDate()];
}

/** Of a zone to UTC, in milliseconds. */
function offsetOf(zone: string): number {
	const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
	return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE;
}

function lengthOf(text: string): number {
	const parts = [...text.matchAll(/(\d+)\s?([dhms])/gi)];
	return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (UNITS[unit.toLowerCase()] ?? 0), 0);
}
