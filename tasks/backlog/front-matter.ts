import { isUtf8 } from "node:buffer";
import matter from "gray-matter";
import {
	CORE_SCHEMA,
	constructFromEvents,
	EVENT_ID,
	type Event,
	getScalarValue,
	parseEvents,
	YAMLException,
} from "js-yaml";

import { hintFor } from "./quote-hint.ts";
import { type Comment, commentsIn } from "./yaml-comments.ts";

/** Front matter as data, with the line of the file that a value stands on. */
export interface FrontMatter {
	readonly data: Readonly<Record<string, unknown>>;
	lineOf(path: readonly PropertyKey[]): number;
	/** The value at a path as it is written; nothing for what is no single value. */
	textOf(path: readonly PropertyKey[]): string | undefined;
	/** Comments that look like values. */
	readonly comments: readonly Comment[];
}

/** What keeps a document's front matter from being read. */
export interface FrontMatterProblem {
	readonly line: number;
	readonly what: string;
	readonly expected: string;
}

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

/** The text of a file, without its byte order mark; a letter that is cut at the end does not matter. */
function decode(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
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
	let lineOf: FrontMatter["lineOf"] = () => 1;
	let textOf: FrontMatter["textOf"] = () => undefined;
	let comments: readonly Comment[] = [];
	let problem: FrontMatterProblem | undefined;
	const yaml = (source: string): object => {
		// gray-matter hands over what follows `---`, so line 1 of its text is the rest of the fence.
		const lineAt = (offset: number): number => source.slice(0, Math.max(offset, 0)).split("\n").length;
		let data: unknown;
		try {
			const events = parseEvents(source, {});
			const alias = events.find(({ type }) => type === EVENT_ID.ALIAS) as { anchorStart: number } | undefined;
			if (alias) {
				const expected = "plain YAML without anchors and aliases; quote what begins with `*`";
				problem = { line: lineAt(alias.anchorStart), what: "a YAML alias", expected };
				return {};
			}
			const second = events.findIndex(({ type }, at) => at > 0 && type === EVENT_ID.DOCUMENT);
			if (second !== -1) {
				const line = lineAt(startOf(events[second + 1] as Event));
				problem = { line, what: "multiple documents", expected: "one YAML document" };
				return {};
			}
			[data] = constructFromEvents(events, { source, schema: CORE_SCHEMA });
			lineOf = (path) => lineAt(nodeAt(source, events, path).offset);
			textOf = (path) => textAt(source, events, path);
			comments = commentsIn(source);
		} catch (error) {
			if (!(error instanceof YAMLException)) throw error;
			const line = error.mark?.line ?? 0;
			const expected = hintFor(source, line, faultIn) ?? "YAML without errors";
			problem = { line: line + 1, what: error.reason, expected };
			return {};
		}
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
		return problem ? { kind: "broken", problem } : { kind: "found", frontMatter: { data, lineOf, textOf, comments } };
	} catch (error) {
		return broken(2, (error as Error).message.split("\n")[0] ?? "YAML that can't be read", "plain YAML");
	}
}

/** What keeps a source from being read. */
function faultIn(source: string): { readonly line: number } | undefined {
	try {
		constructFromEvents(parseEvents(source, {}), { source, schema: CORE_SCHEMA });
		return undefined;
	} catch (error) {
		return { line: error instanceof YAMLException ? (error.mark?.line ?? 0) : 0 };
	}
}

/** A single value as it is written. */
function textAt(source: string, events: readonly Event[], path: readonly PropertyKey[]): string | undefined {
	const { at, depth } = nodeAt(source, events, path);
	const event = events[at];
	return depth === path.length && event?.type === EVENT_ID.SCALAR ? getScalarValue(source, event) : undefined;
}

/** The value at a path, or the nearest around it that is there: its event, where it begins, and how far down the path it is. */
function nodeAt(source: string, events: readonly Event[], path: readonly PropertyKey[]) {
	// The first event opens the document.
	let at = 1;
	let offset = 0;
	let depth = 0;
	for (const step of path) {
		const found = childOf(source, events, at, step);
		if (found === undefined) break;
		at = found.at;
		// What is empty is written down nowhere; in a list, it stands behind what was before it.
		if (found.offset >= 0) offset = found.offset;
		depth++;
	}
	return { at, offset, depth };
}

function childOf(
	source: string,
	events: readonly Event[],
	parent: number,
	step: PropertyKey,
): { readonly at: number; readonly offset: number } | undefined {
	const { type } = events[parent] ?? {};
	if (type !== EVENT_ID.MAPPING && type !== EVENT_ID.SEQUENCE) return undefined;
	let at = parent + 1;
	for (let index = 0; events[at] && events[at]?.type !== EVENT_ID.POP; index++) {
		const key = events[at] as Event;
		if (type === EVENT_ID.MAPPING) at = endOf(events, at);
		const value = events[at] as Event;
		const isWanted = type === EVENT_ID.SEQUENCE ? index === step : isScalar(key, source, String(step));
		if (isWanted) return { at, offset: Math.max(startOf(value), startOf(key)) };
		at = endOf(events, at);
	}
	return undefined;
}

function isScalar(event: Event, source: string, text: string): boolean {
	return event.type === EVENT_ID.SCALAR && getScalarValue(source, event) === text;
}

/** The index of what follows a node. */
function endOf(events: readonly Event[], node: number): number {
	let depth = 0;
	for (let at = node; at < events.length; at++) {
		const type = events[at]?.type;
		if (type === EVENT_ID.POP) depth--;
		else if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
		if (depth === 0) return at + 1;
	}
	return events.length;
}

/** Offset of a node in its source; -1 for one that is not written down. */
function startOf(event: Event): number {
	if ("valueStart" in event) return event.valueStart;
	return "start" in event ? event.start : -1;
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
