import { widthOf } from "../../tasks/cli/words/columns.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal obeys.
const TOKENS = /\u001b\[([\d;?]*)([A-Za-z])|\r|\n|[^\r\n\u001b]/gu;

/** A terminal: what is on its screen, and how many lines have scrolled out of it. */
export interface Emulator {
	/** The lines of the screen, without the blanks at their ends. */
	readonly screen: readonly string[];
	readonly scrolled: number;
	write(text: string): void;
	/** As tmux and most others do it: lines that have become too long are broken. */
	resize(columns: number, rows: number): void;
}

/** What stands in each column of a line; behind something wide stands nothing. */
type Cells = string[];

/** Obeys what a list is drawn with: line ends, the cursor up, and clearing to the end of a line or of the screen. */
export function emulate(columns: number, rows: number): Emulator {
	let size = { columns, rows };
	let lines: Cells[] = [[]];
	let row = 0;
	let column = 0;
	let scrolled = 0;
	const scroll = (): void => {
		const over = Math.max(0, lines.length - size.rows);
		lines = lines.slice(over);
		row = Math.max(0, row - over);
		scrolled += over;
	};
	const feed = (): void => {
		row++;
		if (row === lines.length) lines.push([]);
		scroll();
	};
	const put = (character: string): void => {
		const width = widthOf(character);
		if (width === 0) {
			const line = lines[row] ?? [];
			line[column - 1] = `${line[column - 1] ?? ""}${character}`;
			return;
		}
		if (column + width > size.columns) {
			feed();
			column = 0;
		}
		const line = lines[row] ?? [];
		while (line.length < column) line.push(" ");
		line.splice(column, width, character, ...Array<string>(width - 1).fill(""));
		column += width;
	};
	return {
		get screen() {
			return lines.map((line) => line.join("").trimEnd());
		},
		get scrolled() {
			return scrolled;
		},
		write(text) {
			for (const [token, parameter, command] of text.matchAll(TOKENS)) {
				if (token === "\r") column = 0;
				else if (token === "\n") feed();
				else if (command === undefined) put(token);
				else if (command === "A") row = Math.max(0, row - Number(parameter || 1));
				else if (command === "K") lines[row]?.splice(column);
				else if (command === "J") {
					lines[row]?.splice(column);
					lines.splice(row + 1);
				}
			}
		},
		resize(columns, rows) {
			const broken = lines.map((line) => breakLine(line, columns));
			size = { columns, rows };
			row = broken.slice(0, row).flat().length;
			lines = broken.flat();
			scroll();
		},
	};
}

/** A line in as many as it takes; none of ours ends in blanks. */
function breakLine(line: Cells, columns: number): Cells[] {
	if (line.length <= columns) return [line];
	return [line.slice(0, columns), ...breakLine(line.slice(columns), columns)];
}
