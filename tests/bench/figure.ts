import type { Spread } from "./measure.ts";

/** `×` is a ratio to the floor, `^` an exponent of growth; `MB` are 1,000,000 bytes. */
export type Unit = "ms" | "MB" | "MB/s" | "×" | "^" | "processes";

/** The units whose numbers say the same on every machine. */
export const PORTABLE: ReadonlySet<Unit> = new Set<Unit>(["×", "^", "MB", "processes"]);

/** Where a measurement should be. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** One thing that was measured. */
export interface Row {
	readonly what: string;
	readonly unit: Unit;
	readonly measured: Spread;
	/** Absent where the number only helps to read the others. */
	readonly target?: Target;
	/** What the measurement was made of; milliseconds unless its name says otherwise. */
	readonly raw: Readonly<Record<string, Spread>>;
}

/** What a figure measures with. */
export interface Bench {
	/** A folder of the figure's own, removed afterwards. */
	readonly folder: string;
	/** A size or count in proportion to `BENCH_SCALE`; never below `least`. */
	size(full: number, least?: number): number;
	/** Tells a person who waits what goes on. */
	say(text: string): void;
}

/** Something of which is measured how close it is to the limit. */
export interface Figure {
	readonly name: string;
	/** One line for `--help`. */
	readonly summary: string;
	run(bench: Bench): Promise<readonly Row[]>;
}

export function isMet({ measured, target }: Pick<Row, "measured" | "target">): boolean | undefined {
	if (!target) return undefined;
	return "atMost" in target ? measured.median <= target.atMost : measured.median >= target.atLeast;
}
