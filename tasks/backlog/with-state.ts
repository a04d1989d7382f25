/** A word that YAML takes for a text as it stands. */
const PLAIN = /^(?!(?:true|false|yes|no|on|off|null|y|n)$)[a-z][\w -]*$/i;

/**
 * A document with another state in its front matter: in the line that has it, or in a new last one. Whether that is what the document
 * then says is for whoever reads it again to tell.
 * @returns nothing where there is no front matter.
 */
export function withState(bytes: Buffer, key: string, word: string): Buffer | undefined {
	const text = asBytes(bytes);
	const [opening, end = ""] = /^(?:\xef\xbb\xbf)?---[ \t]*(\r?\n)/.exec(text) ?? [];
	if (opening === undefined) return undefined;
	const closing = /^---[ \t]*\r?$/gm;
	closing.lastIndex = opening.length;
	const closed = closing.exec(text)?.index;
	if (closed === undefined) return undefined;
	const matter = text.slice(opening.length, closed);
	const name = asBytes(Buffer.from(key));
	const value = asBytes(Buffer.from(PLAIN.test(word) ? word : JSON.stringify(word)));
	const line = new RegExp(`^(${name.replace(/\W/g, "\\$&")}[ \\t]*:)[^\\r\\n]*?([ \\t]+#[^\\r\\n]*)?(?=\\r?$)`, "m");
	const after = line.test(matter)
		? matter.replace(line, (_, before: string, comment = "") => `${before} ${value}${comment}`)
		: `${matter}${name}: ${value}${end}`;
	return Buffer.from(opening + after + text.slice(closed), "latin1");
}

/** A character a byte: whatever else a document holds stays as it is. */
function asBytes(bytes: Buffer): string {
	return bytes.toString("latin1");
}
