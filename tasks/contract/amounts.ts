const UNITS = [
	["h", 3_600_000],
	["m", 60_000],
	["s", 1000],
	["ms", 1],
] as const;
/** At most one number of each unit, the greatest first. */
const DURATION = new RegExp(`^${UNITS.map(([unit]) => `(?:(\\d+(?:\\.\\d+)?)${unit})?`).join("")}$`);

/** An amount of tokens as it is written, such as `200k` or `5M`; nothing where it is none, or less than one. */
export function parseTokens(text: string): number | undefined {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(k|M)?$/.exec(text) ?? [];
	const tokens = Number(number) * (unit === "M" ? 1_000_000 : unit === "k" ? 1000 : 1);
	return tokens >= 1 ? tokens : undefined;
}

/** A duration as it is written, such as `90s`, `45m` or `1h30m`, in milliseconds; nothing where it is none. */
export function parseDuration(text: string): number | undefined {
	const [, ...numbers] = DURATION.exec(text) ?? [];
	const duration = UNITS.reduce((sum, [, length], at) => sum + Number(numbers[at] ?? 0) * length, 0);
	return duration > 0 ? duration : undefined;
}
