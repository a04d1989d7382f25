import { isUtf8 } from "node:buffer";
import matter from "gray-matter";
import { type FrontMatter, type FrontMatterProblem, readYaml, Yaml } from "./read-yaml.ts";

/** What looking for the front matter of a document came to. */
export type FrontMatterReading =
	| { readonly kind: "found"; readonly frontMatter: FrontMatter }
	| { readonly kind: "none" }
	| { readonly kind: "broken"; readonly problem: FrontMatterProblem };

/** Size of a document above which it is refused, in bytes. */
export const LARGEST_DOCUMENT = 256 * 1024;
/** Size of front matter above which it is refused, in characters: its parsers take time that grows with the square. */
export const LARGEST_FRONT_MATTER = 16 * 1024;

const UTF_8 = "a text file in UTF-8";

/**
 * Reads the YAML front matter of a document. Never throws, runs nothing: gray-matter evaluates `---js` unless it is
 * given an engine for every language it knows, and remembers what it parsed unless it is given options.
 */
export function readFrontMatter(bytes: Uint8Array): FrontMatterReading {
	if (bytes.length > LARGEST_DOCUMENT) {
		return broken(1, `${bytes.length} bytes`, `at most ${LARGEST_DOCUMENT} bytes`);
	}
	// A text of UTF-16 can pass for one of UTF-8, or for one without front matter.
	if (bytes.includes(0)) return broken(1, "NUL bytes, as in UTF-16", UTF_8);
	if (!isUtf8(bytes)) return broken(1, "bytes that are not UTF-8", UTF_8);
	// Documents have more text than front matter, and nobody here reads that.
	const head = bytes.subarray(0, 4 * LARGEST_FRONT_MATTER);
	return findIn(decode(head)) ?? findIn(decode(bytes)) ?? broken(1, "front matter that is not closed", CLOSED);
}

const decoder = new TextDecoder();

/** The text of a file, without its byte order mark; a letter that is cut at the end does not matter. */
function decode(bytes: Uint8Array): string {
	return decoder.decode(bytes);
}

const CLOSED = "a second line `---`";
const CLOSING = /\n---[ \t]*(?=\r?\n|$)/;

/** Nothing when the front matter is not closed in this text. */
function findIn(text: string): FrontMatterReading | undefined {
	if (/^---[ \t]*\r(?!\n)/.test(text)) return broken(1, "a line that ends in CR alone", "lines that end in LF or CRLF");
	const [first = ""] = text.split("\n", 1);
	if (!first.startsWith("---")) return { kind: "none" };
	// Not by a pattern: blanks at both ends of a long line take one time that grows with the square.
	const language = first.slice(3).trim();
	if (language.startsWith("-")) return { kind: "none" };
	if (language !== "")
		return broken(1, `front matter in the language "${language.slice(0, 40)}"`, "YAML, after a plain `---`");
	const closing = CLOSING.exec(text);
	if (!closing) return undefined;
	const block = text.slice(0, closing.index + closing[0].length).replaceAll("\r\n", "\n");
	const inside = block.indexOf("\n---");
	// gray-matter takes every such line for the end.
	if (inside < block.lastIndexOf("\n---"))
		return broken(
			block.slice(0, inside).split("\n").length + 1,
			`a line that starts with \`---\` inside the front matter`,
			"one closing line `---`",
		);
	if (block.length > LARGEST_FRONT_MATTER) {
		return broken(1, `front matter of ${block.length} characters`, `at most ${LARGEST_FRONT_MATTER}`);
	}
	return parse(block);
}

function parse(block: string): FrontMatterReading {
	try {
		const { source } = matter(block, AS_IT_STANDS).data;
		// It hands over nothing where nothing stands, be it beside comments.
		const read = typeof source === "string" ? readYaml(source) : new Yaml({}, "", []);
		return read instanceof Yaml ? { kind: "found", frontMatter: read } : { kind: "broken", problem: read };
	} catch (error) {
		return broken(2, (error as Error).message.split("\n")[0] ?? "YAML that can't be read", "plain YAML");
	}
}

const refuse = (): never => {
	throw new Error("only YAML front matter is read");
};
const REFUSED = {
	js: refuse,
	javascript: refuse,
	coffee: refuse,
	coffeescript: refuse,
	cson: refuse,
	json: refuse,
	toml: refuse,
};
/** gray-matter finds the front matter, and what is in it is read here. Made once: it is given for each document. */
const AS_IT_STANDS = { language: "yaml", engines: { ...REFUSED, yaml: (source: string) => ({ source }) } };

function broken(line: number, what: string, expected: string): FrontMatterReading {
	return { kind: "broken", problem: { line, what, expected } };
}
