import type { Diff, DiffLine, FileDiff } from "../../contract/report.ts";
import { visible } from "../page/visible.ts";
import type { Decoration } from "./doctor-words.ts";
import { inOneLine, plural } from "./format.ts";
import { table, type Width } from "./table-layout.ts";

/** Files of a diff that a list of them has; the diff has all. */
const MOST_FILES = 40;

/** The files that a diff changes, a line each, and their sums. */
export function diffStat(diff: Diff, width: Width): string {
	const { files, moreFiles } = diff;
	const shown = files.slice(0, MOST_FILES);
	const rows = shown.map((file) => [`  ${LETTERS[file.change]}`, countsOf(file), nameOf(file)]);
	const left = files.length - shown.length + moreFiles;
	const lines = rows.length > 0 ? table(rows, width, {}).split("\n") : [];
	return [...lines, ...(left > 0 ? [`  and ${plural(left, "more file")}`] : []), `  ${diffSum(diff)}`].join("\n");
}

/** How much a diff changes, in a few words. */
export function diffSum({ files, moreFiles, insertions, deletions }: Diff): string {
	if (files.length === 0) return "no change";
	return `${plural(files.length + moreFiles, "file")} +${insertions} −${deletions}`;
}

const LETTERS: Readonly<Record<FileDiff["change"], string>> = {
	added: "A",
	deleted: "D",
	modified: "M",
	renamed: "R",
	copied: "C",
	"type-changed": "T",
};

function countsOf({ kind, insertions, deletions }: FileDiff): string {
	return kind === "binary" ? "binary" : `+${insertions} −${deletions}`;
}

function nameOf({ path, oldPath, oldMode, newMode, kind }: FileDiff): string {
	const modes = oldMode === undefined ? "" : ` (mode ${oldMode} to ${newMode})`;
	const said = kind === "text" || kind === "binary" ? "" : `, ${kind === "lock" ? "lock file" : kind}`;
	return `${oldPath === undefined ? "" : `${inOneLine(oldPath)} → `}${inOneLine(path)}${modes}${said}`;
}

/** A diff in the form that git gives it, as far as it is known, with nothing in it that commands a terminal. @param whole the command that shows all of it. */
export function diffText({ files }: Diff, whole: string, decoration: Decoration): string {
	const paint = (code: string, text: string) => (decoration === "colours" ? `\u001b[${code}m${text}\u001b[m` : text);
	return files
		.flatMap((file) => {
			const [before, after] = [inOneLine(file.oldPath ?? file.path), inOneLine(file.path)];
			const head = [`diff --git a/${before} b/${after}`, ...factsOf(file)].map((line) => paint("1", line));
			const hunks = file.hunks.flatMap(({ oldStart, newStart, section, lines }) => [
				paint("36", `@@ -${oldStart} +${newStart} @@ ${inOneLine(section)}`.trimEnd()),
				...lines.flatMap((line) => linesOf(line).map((text) => paint(COLOURS[line.side], text))),
			]);
			const left = file.moreLines > 0 ? [`… ${plural(file.moreLines, "more line")}: ${whole}`] : [];
			return [...head, ...hunks, ...left];
		})
		.join("\n");
}

const COLOURS: Readonly<Record<DiffLine["side"], string>> = { both: "0", old: "31", new: "32" };
const MARKS: Readonly<Record<DiffLine["side"], string>> = { both: " ", old: "-", new: "+" };

function factsOf({ change, kind, oldMode, newMode }: FileDiff): string[] {
	return [
		...(change === "modified" ? [] : [change]),
		...(oldMode === undefined ? [] : [`old mode ${oldMode}`, `new mode ${newMode}`]),
		...(kind === "binary" ? ["binary, or too large"] : []),
	];
}

function linesOf({ side, text, isCut, isUnterminated }: DiffLine): string[] {
	return [
		`${MARKS[side]}${visible(text)}${isCut ? "…" : ""}`,
		...(isUnterminated ? ["\\ No newline at end of file"] : []),
	];
}
