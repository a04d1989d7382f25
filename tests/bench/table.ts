import type { MeasuredRow, Unit } from "./figure.ts";

/** Rows of figures as aligned text, each with whether it is where it should be. */
export function table(rows: readonly MeasuredRow[]): string {
	const cells = [
		["FIGURE", "MEASURED", "TARGET", "MEDIAN", "QUARTILES", ""],
		...rows.map((row) => [
			row.figure,
			row.what,
			row.target === undefined ? "" : `≤ ${withUnit(String(row.target), row.unit)}`,
			withUnit(digits(row.measured.median), row.unit),
			row.measured.count > 1 ? `${digits(row.measured.low)} – ${digits(row.measured.high)}` : "",
			row.met === undefined ? "" : row.met ? "met" : "missed",
		]),
	];
	const widths = cells[0]?.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0))) ?? [];
	const lines = cells.map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "));
	return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function withUnit(number: string, unit: Unit): string {
	return unit === "^" ? `n^${number}` : `${number} ${unit}`;
}

/** Three digits that count, as far as they stand behind the point. */
function digits(value: number): string {
	const size = Math.abs(value);
	return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
