import type { AnswerEntry } from "../contract/answer.ts";
import type { Issue } from "../contract/issue.ts";
import { renderEntry } from "./answer-entries.ts";
import { openAtEnd } from "./markdown-body.ts";

type Part = Pick<Issue, "docLine" | "docNextLine">;

/**
 * A document with what a person has said at the end of it, or of the part of it that is the issue. All that was there stays byte for byte,
 * also whether its last line ends; lines that are added end as its others do.
 * @param part where it is, where other issues have the rest of the document.
 */
export function addEntry(bytes: Uint8Array, entry: AnswerEntry, part: Part = {}): Buffer {
	// A letter a byte, so that nothing is another byte afterwards, whatever it was.
	const all = Buffer.from(bytes).toString("latin1");
	const isPart = part.docLine !== undefined;
	const at = isPart ? endOfPart(all, part) : all.length;
	const [before, after] = [all.slice(0, at), all.slice(at)];
	const end = endOfLines(all);
	const indent = isPart ? indentOf(linesOf(all)[(part.docLine ?? 1) - 1] ?? "") : "";
	const own = renderEntry(entry, isPart).map((line) => (line === "" ? "" : indent + line));
	const open = after.trim() === "" ? openAtEnd(bytes) : undefined;
	const added = [
		...(open === undefined ? [] : [open]),
		...(open === undefined && /(?:^|[\r\n])[ \t]*(?:\r\n|\r|\n)$/.test(before) ? [] : [""]),
		...own,
		...(after !== "" && !/^[ \t]*[\r\n]/.test(after) ? [""] : []),
	].join(end);
	const isEnded = /[\r\n]$/.test(before);
	const text = isEnded ? added + end : end + added;
	return Buffer.concat([Buffer.from(before, "latin1"), Buffer.from(text, "utf8"), Buffer.from(after, "latin1")]);
}

/** Behind the last line of a part that is not blank. */
function endOfPart(all: string, { docLine = 1, docNextLine }: Part): number {
	const part = linesOf(all).slice(0, docNextLine === undefined ? undefined : docNextLine - 1);
	while (part.length > docLine && part.at(-1)?.trim() === "") part.pop();
	return part.join("").length;
}

/** How far in what belongs to the item of a list stands; a section has it at the beginning of its lines. */
function indentOf(line: string): string {
	const [, mark = "", blanks = ""] = /^(?:\u00EF\u00BB\u00BF)?([-*+]|\d{1,9}[.)])([ \t]+)\[/.exec(line) ?? [];
	if (mark === "") return "";
	return " ".repeat(mark.length + (/^ {1,4}$/.test(blanks) ? blanks.length : 1));
}

/** The lines of a text, each with its end. */
function linesOf(text: string): string[] {
	return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}

/** How most lines end. */
function endOfLines(text: string): string {
	const windows = text.split("\r\n").length - 1;
	const others = text.split("\n").length - 1 - windows;
	return windows > others ? "\r\n" : "\n";
}
