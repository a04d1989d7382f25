import { isMet, type Row, type Target, type Unit } from "./figure.ts";

/** Rows of figures as aligned text, each with whether it is where it should be. */
export function table(rows: readonly (Row & { readonly figure: string })[]): string {
	const cells = [
		["FIGURE", "MEASURED", "TARGET", "MEDIAN", "QUARTILES", ""],
		...rows.map((row) => [
			row.figure,
			row.what,
			row.target ? targetWords(row.target, row.unit) : "",
			withUnit(digits(row.measured.median), row.unit),
			row.measured.count > 1 ? `${digits(row.measured.low)} – ${digits(row.measured.high)}` : "",
			verdict(row),
		]),
	];
	const widths = cells[0]?.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0))) ?? [];
	const lines = cells.map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "));
	return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function verdict(row: Row): string {
	const met = isMet(row);
	return met === undefined ? "" : met ? "met" : "missed";
}

function targetWords(target: Target, unit: Unit): string {
	const [sign, value] = "atMost" in target ? ["≤", target.atMost] : ["≥", target.atLeast];
	return `${sign} ${withUnit(String(value), unit)}`;
}

function withUnit(number: string, unit: Unit): string {
	return unit === "^" ? `n^${number}` : `${number} ${unit}`;
}

/** Three digits that count, as far as they stand behind the point. */
function digits(value: number): string {
	const size = Math.abs(value);
	return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
