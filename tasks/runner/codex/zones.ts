const MINUTE = 60_000;

/** Hours from UTC of zones that have no other name in a machine's list, and mean one thing only (RFC 2822, and two more). */
const NAMED: Readonly<Record<string, number>> = {
	EST: -5,
	EDT: -4,
	CST: -6,
	CDT: -5,
	MST: -7,
	MDT: -6,
	PST: -8,
	PDT: -7,
	CEST: 2,
	JST: 9,
};

/** Short names in that list of which each means one thing. Machines know more, as `IST`, which three countries have. */
const OWN = new Set(["CET", "EET", "MET", "WET", "HST"]);

/** A zone behind a time: a number, a name as `CET`, or one as `Europe/Berlin`. */
const ZONE =
	/^\s?\(?(?:(?<utc>Z\b|UTC|GMT)?(?<number>[+-]\d{1,2}(?::?\d{2})?\b)?)(?<name>[A-Z]{2,5}\b|[A-Z][A-Za-z]+(?:\/[A-Za-z_+-]+)+)?/;

/**
 * The zone of a time, by what is written behind it.
 * @returns milliseconds from UTC at a time, by a function; nothing where no zone is named, `null` for one that is not known.
 */
export function offsetOf(behind: string): ((time: number) => number) | undefined | null {
	const { utc, number, name } = ZONE.exec(behind)?.groups ?? {};
	if (name !== undefined) return utc === undefined && number === undefined ? byName(name) : null;
	if (utc === undefined && number === undefined) return undefined;
	const offset = minutesOf(number ?? "") * MINUTE;
	return () => offset;
}

function byName(name: string): ((time: number) => number) | null {
	const hours = NAMED[name];
	if (hours !== undefined) return () => hours * 60 * MINUTE;
	if (!name.includes("/") && !OWN.has(name)) return null;
	try {
		const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
		// As `GMT-08:00`.
		return (time) =>
			minutesOf(
				format
					.formatToParts(time)
					.find(({ type }) => type === "timeZoneName")
					?.value.slice(3) ?? "",
			) * MINUTE;
	} catch {
		return null;
	}
}

/** Of `+05:30`, `-0800`, `+2` or nothing. */
function minutesOf(text: string): number {
	const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(text) ?? [];
	return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
