import { charactersOf, widthOf } from "./columns.ts";

/**
 * Breaks a line at its blanks into lines of at most `width` columns, all but the first indented. A word that is longer stays whole,
 * for the terminal to break: a name or a command can then still be copied. Text that is written without blanks is broken anywhere.
 */
export function breakLine(line: string, width: number, indent = 0): string[] {
	const lines: string[] = [];
	let current = "";
	for (const [, blanks = "", word = ""] of line.matchAll(/( *)([^ ]+)/g)) {
		for (const [at, part] of partsOf(word, width - indent).entries()) {
			const joined = current + (at === 0 ? blanks : "") + part;
			if (current === "" || widthOf(joined) <= width) current = joined;
			else {
				lines.push(current);
				current = " ".repeat(indent) + part;
			}
		}
	}
	return [...lines, current];
}

/** A text in lines of at most `width` columns, broken at blanks; as it is without. */
export function wrap(text: string, width: number | undefined): string {
	if (width === undefined) return text;
	return text
		.split("\n")
		.flatMap((line) => breakLine(line, width))
		.join("\n");
}

/** A word as it is, or its characters where it is too wide and in a script that has no blanks. */
function partsOf(word: string, width: number): readonly string[] {
	return /^[ -~]*$/.test(word) || widthOf(word) <= width ? [word] : charactersOf(word);
}
