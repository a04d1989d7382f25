/** Bytes as `--min-free` takes them. */
export function size(bytes: number): string {
	const megabytes = bytes / 2 ** 20;
	return megabytes < 1024 ? `${Math.floor(megabytes)}M` : `${(megabytes / 1024).toFixed(1)}G`;
}

/** Milliseconds as `--timeout` takes them. */
export function time(ms: number): string {
	const [unit, length] = (
		[
			["h", 3_600_000],
			["m", 60_000],
			["s", 1000],
		] as const
	).find(([, each]) => ms % each === 0) ?? ["ms", 1];
	return `${ms / length}${unit}`;
}

/** Tokens as `--max-tokens` takes them. */
export function tokens(number: number): string {
	if (number % 1_000_000 === 0) return `${number / 1_000_000}M`;
	return number % 1000 === 0 ? `${number / 1000}k` : String(Math.round(number));
}
