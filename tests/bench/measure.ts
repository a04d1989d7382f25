import { performance } from "node:perf_hooks";

/** What several measurements of one thing came to: the median, and the quartiles around it. */
export interface Spread {
	readonly median: number;
	readonly low: number;
	readonly high: number;
	readonly count: number;
}

/** Summarises measurements; there has to be one at least. */
export function spread(values: readonly number[]): Spread {
	const [median, low, high] = [0.5, 0.25, 0.75].map((part) => quantile(values, part)) as [number, number, number];
	return { median, low, high, count: values.length };
}

export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
	if (values.length === 0) throw new RangeError("nothing was measured");
	const sorted = [...values].sort((a, b) => a - b);
	const place = (sorted.length - 1) * part;
	const below = sorted[Math.floor(place)] as number;
	const above = sorted[Math.ceil(place)] as number;
	return below + (above - below) * (place - Math.floor(place));
}

/** Milliseconds that an action takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
	const from = performance.now();
	await action();
	return performance.now() - from;
}

/**
 * Measures several subjects in turn, and in the other order every second round: what changes about the machine meanwhile
 * meets them all alike, so the measurements of one round can be compared.
 * @param subjects are told the number of the round, from 0 on; the first `warmUps` rounds do not count.
 */
export async function alternate<K extends string, T>(
	subjects: Readonly<Record<K, (round: number) => Promise<T>>>,
	{ rounds, warmUps = 1 }: { readonly rounds: number; readonly warmUps?: number },
): Promise<Record<K, T[]>> {
	const names = Object.keys(subjects) as K[];
	const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, T[]>;
	for (let round = 0; round < warmUps + rounds; round++) {
		for (const name of round % 2 === 0 ? names : [...names].reverse()) {
			const value = await subjects[name](round);
			if (round >= warmUps) measured[name].push(value);
		}
	}
	return measured;
}

/** Combines what two subjects measured in the same rounds. */
export function paired(
	ours: readonly number[],
	floor: readonly number[],
	combine: (ours: number, floor: number) => number,
): Spread {
	return spread(ours.map((value, round) => combine(value, floor[round] as number)));
}

export function difference(ours: number, floor: number): number {
	return ours - floor;
}

export function ratio(ours: number, floor: number): number {
	return ours / floor;
}

/** The steepest growth between neighbouring sizes: 1 is in proportion to the size, 2 is with its square. */
export function growthExponent(points: readonly { readonly size: number; readonly time: number }[]): number {
	const exponents = points.slice(1).map(({ size, time }, at) => {
		const before = points[at] as { readonly size: number; readonly time: number };
		return Math.log(time / before.time) / Math.log(size / before.size);
	});
	return Math.max(...exponents);
}
