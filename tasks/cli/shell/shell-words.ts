/** Parts of one word of a POSIX shell: in single quotes, in double quotes, escaped, or plain. */
const PART = /'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])|([^\s'"\\]+)/y;

/** What a text means to a shell that takes it for one word; `undefined` where it is none, or more than one. */
export function unquoted(text: string): string | undefined {
	let word = "";
	for (PART.lastIndex = 0; PART.lastIndex < text.length; ) {
		const part = PART.exec(text);
		if (!part) return undefined;
		const [, single, double, escaped, plain] = part;
		// In double quotes a backslash is one, unless it stands before what would mean something there.
		word += single ?? double?.replace(/\\([$`"\\\n])/g, (_, it: string) => (it === "\n" ? "" : it)) ?? escaped ?? plain;
	}
	return text === "" ? undefined : word;
}
