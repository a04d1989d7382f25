import { cut, pad, widthOf } from "./columns.ts";
import { breakLine } from "./wrap.ts";

/** Columns that a line may take; nothing where no terminal is written to, and then nothing is broken, cut or left out. */
export type Width = number | undefined;

/** What becomes of a table that is too wide, by its headings. What is not named stays whole. */
export interface Form {
	/** Columns that are left out, the first of them first. */
	readonly leaves?: readonly string[];
	/** Columns whose cells go on in the line below. */
	readonly wraps?: readonly string[];
	/** The column, a table's last, that is cut once nothing more can be left out. */
	readonly cuts?: string;
}

/** Columns that a cell is left before another column is left out for it, and those that it is left in any case. */
const COMFORTABLE = { wrapped: 36, cut: 24 } as const;
const TIGHT = 12;

const GAP = "  ";

/** Columns of equal width, two blanks apart. The first row is the heading. */
export function table(rows: readonly (readonly string[])[], width?: Width, form: Form = {}): string {
	const [heading = []] = rows;
	const { leaves = [], wraps = [], cuts } = form;
	const columns = heading.map((name, at): Column => {
		const bends = name === cuts ? "cut" : wraps.includes(name) ? "wrapped" : undefined;
		return columnOf(rows, at, bends, leaves.indexOf(name));
	});
	return layOut(rows, columns, width);
}

/** The same without a heading; the last column goes on in the line below where it is too long. */
export function plainTable(rows: readonly (readonly string[])[], width?: Width): string {
	const last = (rows[0]?.length ?? 0) - 1;
	const columns = (rows[0] ?? []).map((_, at) => columnOf(rows, at, at === last ? "wrapped" : undefined, -1));
	return layOut(rows, columns, width);
}

interface Column {
	readonly at: number;
	readonly bends: "wrapped" | "cut" | undefined;
	/** Place among those that are left out; -1 for one that never is. */
	readonly leaves: number;
	/** As wide as its widest cell. */
	readonly whole: number;
	/** The least that another column is left out for. */
	readonly comfortable: number;
	/** The least that it can be read in. */
	readonly tight: number;
}

function columnOf(rows: readonly (readonly string[])[], at: number, bends: Column["bends"], leaves: number): Column {
	const cells = rows.map((row) => row[at] ?? "");
	const whole = Math.max(0, ...cells.map(widthOf));
	// Names, paths and commands are not broken: somebody copies them.
	const word = bends === "wrapped" ? Math.max(0, ...cells.flatMap((cell) => cell.split(" ")).map(unbreakable)) : 0;
	const least = (wanted: number) => Math.min(whole, Math.max(wanted, word));
	const [comfortable, tight] = bends === undefined ? [whole, whole] : [least(COMFORTABLE[bends]), least(TIGHT)];
	return { at, bends, leaves, whole, comfortable, tight };
}

function unbreakable(word: string): number {
	return /^[\x20-\x7e]*$/.test(word) ? word.length : 2;
}

function layOut(rows: readonly (readonly string[])[], columns: readonly Column[], width: Width): string {
	let shown = columns;
	if (width !== undefined) {
		const leaving = columns.filter(({ leaves }) => leaves !== -1).sort((a, b) => a.leaves - b.leaves);
		for (const each of leaving) {
			if (sum(shown, "comfortable") <= width) break;
			shown = shown.filter((column) => column !== each);
		}
		if (sum(shown, "tight") > width) return rows.map((row) => stacked(row, shown, width)).join("\n");
	}
	const widths = widthsOf(shown, width);
	return rows.map((row) => lineOf(row, shown, widths)).join("\n");
}

function sum(columns: readonly Column[], key: "whole" | "comfortable" | "tight"): number {
	return columns.reduce((all, column) => all + column[key], GAP.length * (columns.length - 1));
}

/** What there is room for beyond the least goes to each column in turn. */
function widthsOf(columns: readonly Column[], width: Width): readonly number[] {
	if (width === undefined) return columns.map(({ whole }) => whole);
	const least = sum(columns, "comfortable") <= width ? "comfortable" : "tight";
	let free = width - sum(columns, least);
	return columns.map((column) => {
		const more = Math.min(free, column.whole - column[least]);
		free -= more;
		return column[least] + more;
	});
}

/** A row in as many lines as its longest cell takes. */
function lineOf(row: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
	const cells = columns.map(({ at, bends }, place) => {
		const cell = row[at] ?? "";
		const width = widths[place] ?? 0;
		return bends === "wrapped" ? breakLine(cell, width) : [bends === "cut" ? cut(cell, width) : cell];
	});
	const height = Math.max(1, ...cells.map(({ length }) => length));
	const lines = Array.from({ length: height }, (_, line) =>
		cells
			.map((cell, place) => pad(cell[line] ?? "", widths[place] ?? 0))
			.join(GAP)
			.trimEnd(),
	);
	return lines.join("\n");
}

/** A row where columns have no room beside each other: its cells one after the other, below the first if need be, and what can be cut last. */
function stacked(row: readonly string[], [first, ...others]: readonly Column[], width: number): string {
	const name = row[first?.at ?? 0] ?? "";
	const indent = name.search(/\S|$/) + GAP.length;
	const cells = others.filter(({ bends }) => bends !== "cut").map(({ at }) => row[at] ?? "");
	const beside = [name, ...cells].filter(Boolean).join(GAP);
	const below = cells.filter(Boolean).join(GAP);
	const told =
		widthOf(beside) <= width || below === ""
			? [beside]
			: [name, ...breakLine(" ".repeat(indent) + below, width, indent)];
	const cuts = others.filter(({ at, bends }) => bends === "cut" && row[at] !== "").map(({ at }) => row[at] ?? "");
	return [...told, ...cuts.map((cell) => " ".repeat(indent) + cut(cell, width - indent))].join("\n");
}
