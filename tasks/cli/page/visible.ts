import { stripVTControlCharacters } from "node:util";

/**
 * What is not seen as a character of its own, and may change how others are: control characters, marks that turn the direction
 * of a text, blanks without a width, tags, halves of pairs. Joiners stay: emoji and whole scripts are written with them.
 */
const UNSEEN = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** A stranger's text with all that would not be seen made visible: `‹ESC›`, `‹U+202E›`. */
export function visible(text: string): string {
	return text.replace(UNSEEN, picture);
}

/** The same for what a program or an agent says: its colours, and how its lines end, say nothing. */
export function prose(text: string): string {
	return stripVTControlCharacters(text.slice(0, READ)).replaceAll("\r\n", "\n").trim();
}

/** Characters of it that are looked at: far more than are shown. */
const READ = 200_000;

/** Names that everybody knows; of the signs for them, few fonts have any. */
const NAMES: Readonly<Record<number, string>> = { 0: "NUL", 7: "BEL", 8: "BS", 13: "CR", 27: "ESC", 127: "DEL" };

function picture(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	return `‹${NAMES[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`}›`;
}
