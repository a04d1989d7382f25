import type { DiffLine, Hunk } from "../../contract/report.ts";

/** How many lines and characters of a patch are read at most, and characters of a line. */
export interface HunkLimits {
	readonly lines: number;
	readonly characters: number;
	readonly width: number;
}

const SIDES: Readonly<Record<string, DiffLine["side"]>> = { " ": "both", "-": "old", "+": "new" };

/** What reading a patch came to. */
export interface ReadHunks {
	readonly hunks: readonly Hunk[];
	readonly lines: number;
	readonly characters: number;
	/** Lines that were left out. */
	readonly left: number;
}

type OpenHunk = Omit<Hunk, "lines"> & { readonly lines: DiffLine[] };

/** Reads the hunks of one file's patch, as far as these limits go. */
export function readHunks(patch: string, limits: HunkLimits): ReadHunks {
	const hunks: OpenHunk[] = [];
	let hunk: OpenHunk | undefined;
	let [lines, characters, left] = [0, 0, 0];
	for (const text of linesIn(patch)) {
		const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?([\s\S]*)$/.exec(text);
		// One kind of file that has become another has a patch for each.
		if (text.startsWith("diff --git ")) hunk = undefined;
		if (head) {
			const [, oldStart, newStart, section = ""] = head;
			const [cut] = cutTo(section, limits.width);
			hunk = { oldStart: Number(oldStart), newStart: Number(newStart), section: cut, lines: [] };
			hunks.push(hunk);
			continue;
		}
		if (!hunk) continue;
		const last = hunk.lines.at(-1);
		const side = SIDES[text.charAt(0)];
		if (text.startsWith("\\") && last && left === 0)
			hunk.lines.push({ ...(hunk.lines.pop() ?? last), isUnterminated: true });
		if (side === undefined) continue;
		const [shown, isCut] = cutTo(text.slice(1), limits.width);
		// Once one is left out, so are all behind it.
		if (left > 0 || lines >= limits.lines || characters + shown.length > limits.characters) left++;
		else {
			hunk.lines.push({ side, text: shown, ...(isCut ? { isCut } : {}) });
			lines++;
			characters += shown.length;
		}
	}
	return { hunks: hunks.filter((each) => each.lines.length > 0), lines, characters, left };
}

function* linesIn(text: string): Generator<string> {
	let from = 0;
	for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", from)) {
		yield text.slice(from, at);
		from = at + 1;
	}
	if (from < text.length) yield text.slice(from);
}

/** Cuts a text, never within a pair of units that are one character. */
function cutTo(text: string, width: number): readonly [string, true | undefined] {
	if (text.length <= width) return [text, undefined];
	const end = /[\ud800-\udbff]/.test(text.charAt(width - 1)) ? width - 1 : width;
	return [text.slice(0, end), true];
}
