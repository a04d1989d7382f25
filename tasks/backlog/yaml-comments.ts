/** What stands behind a value and YAML takes for a comment, although it may have been meant to be read. */
export interface Comment {
	/** The key of the map's first level that it stands under. */
	readonly key: string;
	/** From 1, in the source. */
	readonly line: number;
	readonly text: string;
	/** What stands before it on its line, and the line as it would be all value. */
	readonly before: string;
	readonly quoted: string;
}

/** A comment begins after a blank; one with a blank after its mark is for people. */
const MEANT = /(?:^|\s)#[\p{L}\p{N}]/u;

/** The comments of a YAML source that look like values: `blocked_by: #7`. */
export function commentsIn(source: string): Comment[] {
	if (!MEANT.test(source)) return [];
	const found: Comment[] = [];
	let key = "";
	for (const [at, line] of source.split("\n").entries()) {
		const [, own, ofKey = ""] = /^([\w.-]+):(?=\s|$)(.*)$/.exec(line) ?? [];
		key = own ?? (/^[^\s#-]/.test(line) ? "" : key);
		const value = own === undefined ? (/^\s*- (.*)$/.exec(line)?.[1] ?? "") : ofKey;
		const start = startOfComment(value);
		if (key === "" || start === -1 || !MEANT.test(value.slice(start))) continue;
		found.push({
			...{ key, line: at + 1, text: value.slice(start).trim(), before: value.slice(0, start).trim() },
			quoted: `${own === undefined ? "- " : `${own}: `}${JSON.stringify(value.trim())}`,
		});
	}
	return found;
}

/** Where the comment of a value begins that stands on one line; -1 where there is none. */
function startOfComment(value: string): number {
	let quote = "";
	for (const [at, letter] of [...value].entries()) {
		const before = value[at - 1] ?? " ";
		if (quote !== "") {
			if (letter === quote && !(quote === '"' && before === "\\")) quote = "";
		} else if (/["']/.test(letter) && /[\s[{,]/.test(before)) quote = letter;
		else if (letter === "#" && /\s/.test(before)) return at;
	}
	return -1;
}
