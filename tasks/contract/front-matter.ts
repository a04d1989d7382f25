import matter from "gray-matter";
import { LineCounter, parseDocument, visit } from "yaml";

/** Front matter as data, with the line of the file that a value stands on. */
export interface FrontMatter {
	readonly data: Readonly<Record<string, unknown>>;
	lineOf(path: readonly PropertyKey[]): number;
}

/** What keeps a document's front matter from being read. */
export interface FrontMatterProblem {
	readonly line: number;
	readonly what: string;
	readonly expected: string;
}

export type FrontMatterReading =
	| { readonly kind: "found"; readonly frontMatter: FrontMatter }
	| { readonly kind: "none" }
	| { readonly kind: "broken"; readonly problem: FrontMatterProblem };

/** A document's size above which it is refused, in bytes. */
export const LARGEST_DOCUMENT = 256 * 1024;
/** The same for its front matter, in characters: the parsers behind it take time that grows with the square. */
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
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return broken(1, "bytes that are not UTF-8", UTF_8);
	}
	if (/^---[ \t]*\r(?!\n)/.test(text)) return broken(1, "a line that ends in CR alone", "lines that end in LF or CRLF");
	const lines = text.split(/\r?\n/);
	const fence = /^---[ \t]*(.*?)[ \t]*$/.exec(lines[0] ?? "");
	if (!fence || fence[1]?.startsWith("-")) return { kind: "none" };
	if (fence[1])
		return broken(1, `front matter in the language "${fence[1].slice(0, 40)}"`, "YAML, after a plain `---`");
	const closing = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line));
	if (closing === -1) return broken(1, "front matter that is not closed", "a second line `---`");
	const inside = lines.findIndex((line, index) => index > 0 && index < closing && line.startsWith("---"));
	// gray-matter takes every such line for the end.
	if (inside !== -1)
		return broken(inside + 1, `a line that starts with \`---\` inside the front matter`, "one closing line `---`");
	const block = lines.slice(0, closing + 1).join("\n");
	if (block.length > LARGEST_FRONT_MATTER) {
		return broken(1, `front matter of ${block.length} characters`, `at most ${LARGEST_FRONT_MATTER}`);
	}
	return parse(block);
}

function parse(block: string): FrontMatterReading {
	const counter = new LineCounter();
	let lineOf: FrontMatter["lineOf"] = () => 1;
	let problem: FrontMatterProblem | undefined;
	const yaml = (source: string): object => {
		const document = parseDocument(source, { schema: "core", uniqueKeys: true, lineCounter: counter });
		// gray-matter hands over what follows `---`, so line 1 of its text is the rest of the fence.
		lineOf = (path) => {
			for (let length = path.length; length > 0; length--) {
				const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
				if (node?.range) return counter.linePos(node.range[0]).line;
			}
			return 1;
		};
		const [fault] = [...document.errors, ...document.warnings];
		if (fault) {
			const what = fault.message.split(/ at line \d|\n/)[0] ?? fault.code;
			problem = { line: fault.linePos?.[0].line ?? 1, what, expected: "YAML without errors" };
			return {};
		}
		visit(document, {
			Alias(_, alias) {
				const line = alias.range ? counter.linePos(alias.range[0]).line : 1;
				problem ??= { line, what: "a YAML alias", expected: "plain YAML without anchors and aliases" };
				return visit.BREAK;
			},
		});
		if (problem) return {};
		const data: unknown = document.toJS({ maxAliasCount: 0 });
		if (typeof data !== "object" || data === null || Array.isArray(data)) {
			problem = {
				line: 2,
				what: "front matter that is no map",
				expected: "`key: value` lines, at least id, title and project",
			};
			return {};
		}
		return data;
	};
	try {
		const { data } = matter(block, { language: "yaml", engines: { ...REFUSED, yaml } });
		return problem ? { kind: "broken", problem } : { kind: "found", frontMatter: { data, lineOf } };
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

function broken(line: number, what: string, expected: string): FrontMatterReading {
	return { kind: "broken", problem: { line, what, expected } };
}
