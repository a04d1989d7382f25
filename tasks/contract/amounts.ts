const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** An amount of tokens as it is written, such as `200k` or `5M`; nothing where it is none, or less than one. */
export function parseTokens(text: string): number | undefined {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(k|M)?$/.exec(text) ?? [];
	const tokens = Number(number) * (unit === "M" ? 1_000_000 : unit === "k" ? 1000 : 1);
	return tokens >= 1 ? tokens : undefined;
}

/** A duration as it is written, such as `90s`, `45m` or `2h`, in milliseconds; nothing where it is none. */
export function parseDuration(text: string): number | undefined {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
	const duration = Number(number) * (UNITS[unit ?? ""] ?? Number.NaN);
	return duration > 0 ? duration : undefined;
}
