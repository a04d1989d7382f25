import { stripVTControlCharacters } from "node:util";

/** What turns the order of letters around for all that follows. Marks that hold for their neighbours alone are part of some scripts. */
const TURNING = /[\u202A-\u202E\u2066-\u2069]/g;
/** Characters of a question that a document repeats: the agent's own answer has the rest. */
const LONGEST_QUESTION = 2_000;

/**
 * A text as a document can hold it: its lines end alike and have nothing behind them, and there is nothing in it that nobody sees,
 * such as colours of a terminal.
 */
export function plainText(text: string): string {
	const lines = stripVTControlCharacters(text.replace(/^\uFEFF/, ""))
		.replace(/\r\n?/g, "\n")
		.replace(/[^\P{Cc}\n\t]/gu, "")
		.replace(TURNING, "")
		.split("\n")
		.map((line) => line.trimEnd());
	// Not by a pattern: what is blank in the middle takes a time that grows with the square.
	const first = lines.findIndex((line) => line !== "");
	return first === -1 ? "" : lines.slice(first, lines.findLastIndex((line) => line !== "") + 1).join("\n");
}

/** Whether {@link plainText} takes something out of a text that its writer can't see. */
export function hasHidden(text: string): boolean {
	return /[^\P{Cc}\n\r\t]|[\u202A-\u202E\u2066-\u2069]/u.test(text);
}

/** A question of an agent's as a document repeats it. */
export function plainQuestion(question: string): string {
	const text = plainText(question);
	return text.length > LONGEST_QUESTION ? `${text.slice(0, LONGEST_QUESTION).trimEnd()}…` : text;
}
