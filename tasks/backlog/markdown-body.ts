/** A line of a document's text, with its number in the file. */
export interface BodyLine {
	readonly text: string;
	readonly line: number;
}

/** The lines of a document that are neither front matter, nor code, nor comment. */
export function readBody(bytes: Uint8Array): BodyLine[] {
	return scan(bytes).body;
}

/** The line that closes the code or the comment that a document ends within; nothing where it ends within neither. */
export function openAtEnd(bytes: Uint8Array): string | undefined {
	return scan(bytes).open;
}

function scan(bytes: Uint8Array): { readonly body: BodyLine[]; readonly open: string | undefined } {
	const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
	const closing =
		lines[0]?.trimEnd() === "---" ? lines.findIndex((text, at) => at > 0 && text.trimEnd() === "---") : -1;
	const body: BodyLine[] = [];
	let fence = "";
	let isComment = false;
	for (let at = closing + 1; at < lines.length; at++) {
		const text = lines[at] ?? "";
		// What has backticks behind its own is code within a line.
		const mark = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(text)?.[1] ?? "";
		if (fence !== "") {
			if (mark.startsWith(fence)) fence = "";
			continue;
		}
		if (!isComment && mark !== "") {
			fence = mark;
			continue;
		}
		if (isComment || text.trimStart().startsWith("<!--")) isComment = !text.includes("-->");
		else body.push({ text, line: at + 1 });
	}
	return { body, open: fence || (isComment ? "-->" : undefined) };
}

/** A heading of a document. */
export interface Heading extends BodyLine {
	/** How many `#` it has. */
	readonly level: number;
}

/** The heading that a line is. */
export function asHeading({ text, line }: BodyLine): Heading | undefined {
	const [, marks, rest = ""] = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/.exec(text) ?? [];
	if (marks === undefined) return undefined;
	return { level: marks.length, text: withoutClosing(rest.trim()), line };
}

/** Not by a pattern: blanks and marks at the end of a long line take a time that grows with the square. */
function withoutClosing(text: string): string {
	let end = text.length;
	while (text[end - 1] === "#") end--;
	return end < text.length && /\s/.test(text[end - 1] ?? "") ? text.slice(0, end).trimEnd() : text;
}

/** The lines below a heading, up to the next one that is not below it. */
export function sectionBelow(body: readonly BodyLine[], heading: Heading): BodyLine[] {
	const from = body.findIndex(({ line }) => line > heading.line);
	if (from === -1) return [];
	const rest = body.slice(from);
	const end = rest.findIndex((each) => (asHeading(each)?.level ?? 7) <= heading.level);
	return end === -1 ? rest : rest.slice(0, end);
}
