import type { Spread } from "./measure.ts";

/** `×` is a ratio to the floor, `^` an exponent of growth; `MB` are 1,000,000 bytes. */
export type Unit = "ms" | "MB" | "ms/MB" | "×" | "^" | "processes";

/** The units whose numbers say the same on every machine. */
export const PORTABLE: ReadonlySet<Unit> = new Set<Unit>(["×", "^", "MB", "processes"]);

/** One thing that was measured. */
export interface Row {
	readonly what: string;
	readonly unit: Unit;
	readonly measured: Spread;
	/** What the median should be at most; absent where the number only helps to read the others. */
	readonly target?: number;
	/** What the measurement was made of; milliseconds unless its name says otherwise. */
	readonly raw: Readonly<Record<string, Spread>>;
}

/** A row as it is kept. */
export interface MeasuredRow extends Row {
	/** Name of the figure that it belongs to. */
	readonly figure: string;
	/** True when the number says the same on every machine. */
	readonly portable: boolean;
	readonly met: boolean | undefined;
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
	return target === undefined ? undefined : measured.median <= target;
}
