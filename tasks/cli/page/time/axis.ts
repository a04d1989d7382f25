/** A stretch of time, in milliseconds since 1970. */
export interface Stretch {
	readonly from: number;
	readonly to: number;
}

/** A line of time on which hours in which nothing was done take no room. */
export interface Axis {
	readonly from: number;
	readonly to: number;
	/** Where a moment lies, in percent. */
	at(time: number): number;
	/** Where time was left out. */
	readonly breaks: readonly number[];
	/** Full hours, or as many minutes as there is room for. */
	readonly ticks: readonly { readonly at: number; readonly time: number }[];
}

const MINUTE = 60_000;

/** Minutes from one tick to the next. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080];

/** Ticks that there is room for. */
const MOST_TICKS = 9;

/** What a break takes, as a share of the time in which something was done. */
const BREAK = 0.02;

/** Makes a line of time of what was done in it; nothing where nothing was. */
export function axisOf(done: readonly Stretch[]): Axis | undefined {
	const busy = joined(done);
	const [first, last] = [busy[0], busy.at(-1)];
	if (!first || !last) return undefined;
	const total = busy.reduce((sum, { from, to }) => sum + to - from, 0) || 1;
	const room = total * BREAK;
	const starts: number[] = [];
	let length = 0;
	for (const { from, to } of busy) {
		starts.push(length);
		length += to - from + room;
	}
	const whole = Math.max(1, length - room);
	const at = (time: number) => {
		const index = Math.max(
			0,
			busy.findLastIndex(({ from }) => from <= time),
		);
		const { from = 0, to = 0 } = busy[index] ?? {};
		const inside = Math.min(Math.max(0, time - from), to - from);
		return Math.round((((starts[index] ?? 0) + inside) / whole) * 10_000) / 100;
	};
	const step = (STEPS.find((minutes) => total / (minutes * MINUTE) <= MOST_TICKS) ?? 10_080) * MINUTE;
	return {
		from: first.from,
		to: last.to,
		at,
		breaks: busy.slice(1).map(({ from }) => at(from) - ((room / whole) * 100) / 2),
		ticks: busy.flatMap((stretch) => ticksIn(stretch, step).map((time) => ({ time, at: at(time) }))),
	};
}

/** Stretches that meet, or nearly do, as one. */
function joined(done: readonly Stretch[]): Stretch[] {
	const sorted = [...done].filter(({ from, to }) => to >= from).sort((a, b) => a.from - b.from);
	const long = Math.max(10 * MINUTE, sorted.reduce((sum, { from, to }) => sum + to - from, 0) / 10);
	const all: { from: number; to: number }[] = [];
	for (const { from, to } of sorted) {
		const last = all.at(-1);
		if (last && from - last.to < long) last.to = Math.max(last.to, to);
		else all.push({ from, to });
	}
	return all;
}

/** Round moments of the local clock. */
function ticksIn({ from, to }: Stretch, step: number): number[] {
	const shift = new Date(from).getTimezoneOffset() * MINUTE;
	const first = Math.ceil((from - shift) / step) * step + shift;
	return first > to ? [] : Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, n) => first + n * step);
}
