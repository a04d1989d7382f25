import { FIELDS, type Field } from "../contract/layout.ts";

/**
 * Where a field is read from that is not in the front matter: `{id}-*.md` is the file's name, `specs/{milestone}/**` its path,
 * `# {title}` a heading, `Status: {state}` a line, and `## Blocked by` the list below a heading.
 */
export type FieldPattern =
	| { readonly kind: "path" | "file" | "line"; readonly matches: RegExp }
	| { readonly kind: "heading"; readonly level: number; readonly matches: RegExp }
	| { readonly kind: "section"; readonly level: number; readonly name: string };

/** Fields that are no text, or lists of what is no text. */
const NO_TEXT: readonly Field[] = ["estimate", "checks", "removes_tests"];
/** Fields that a list in a section may give. */
const LISTS: readonly Field[] = ["assignees", "labels", "parent", "children", "blocked_by", "blocked", "related_to"];
/** Fields that name something: where such a name ends beside a `*`, a digit has to tell. */
const NAMES: readonly Field[] = ["id", "project", "milestone", "parent"];

/** True for what is no name of a field in front matter. */
export function isPattern(text: string): boolean {
	return /[{}#]/.test(text);
}

/** What is expected instead of a pattern that can't be used. */
export function whyUnusable(field: Field, pattern: string): string | undefined {
	if (NO_TEXT.includes(field)) return "the name of a field in the front matter, or null";
	if (isSection(pattern)) {
		if (LISTS.includes(field)) return undefined;
		return `{${field}} in the heading, as in \`# {${field}}\`: a list below one is for ${LISTS.join(", ")}`;
	}
	if (pattern === "{file}") return undefined;
	if (pattern.split(`{${field}}`).length !== 2) return `{${field}}, once`;
	const others = [...pattern.matchAll(/\{(\w*)\}/g)].map(([, name = ""]) => name);
	const strange = others.find((name) => !(FIELDS as readonly string[]).includes(name));
	if (strange !== undefined || /[{}]/.test(pattern.replace(/\{\w+\}/g, "")))
		return "fields of ours as the only placeholders";
	if (/[*}][*{?]|\?[*{]/.test(pattern.replaceAll("**", ""))) return "something between two placeholders";
	if (!isPath(pattern)) {
		if (/^#/.test(pattern)) return /^#{1,6} \S/.test(pattern) ? undefined : "a blank after the `#` of a heading";
		return /^[^{*?]*\p{L}[^{*?]*:\s/u.test(pattern)
			? undefined
			: `the name of a line first, as in \`Status: {${field}}\``;
	}
	if (pattern.startsWith("/") || pattern.split("/").some((part) => part === "" || part === "." || part === ".."))
		return "a path relative to the repository's top, or a file's name";
	if (/\*\*(?!\/|$)|[^/]\*\*/.test(pattern)) return "whole folders as `**`";
	return undefined;
}

const known = new Map<string, FieldPattern>();

/** A pattern as what it looks for. */
export function asFieldPattern(field: Field, pattern: string): FieldPattern {
	const key = `${field} ${pattern}`;
	const made = known.get(key) ?? make(field, pattern === "{file}" ? `{${field}}.md` : pattern);
	known.set(key, made);
	return made;
}

function make(field: Field, pattern: string): FieldPattern {
	const [, marks = "", text = pattern] = /^(#+) +(.*)$/.exec(pattern) ?? [];
	if (isSection(pattern)) return { kind: "section", level: marks.length, name: plainHeading(text) };
	if (marks !== "") return { kind: "heading", level: marks.length, matches: inText(field, text.trim()) };
	if (!isPath(pattern)) return { kind: "line", matches: inLine(field, pattern.replace(/\*\*|__|`/g, "").trim()) };
	return { kind: pattern.includes("/") ? "path" : "file", matches: inPath(field, pattern) };
}

/** A heading's words, in which case, marks and blanks make no difference. */
export function plainHeading(text: string): string {
	return text
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, " ")
		.trim();
}

function isSection(pattern: string): boolean {
	return pattern.startsWith("#") && !pattern.includes("{");
}

function isPath(pattern: string): boolean {
	return !pattern.startsWith("#") && (/\.md$|\/\*\*$/.test(pattern) || pattern === "{file}");
}

/** What finds a field in a path. */
export function inPath(field: Field, pattern: string): RegExp {
	const part = pattern.split("/").find((each) => each.includes(`{${field}}`)) ?? "";
	const text = pattern.replace(/\*\*\/|\/\*\*$|\*|\?|\{\w+\}|[^*?{/]+|./g, (token) => {
		if (token === "**/") return "(?:[^/]+/)*";
		if (token === "/**") return "/.+";
		if (token === "*") return "[^/]*";
		if (token === "?") return "[^/]";
		if (token === `{${field}}`) return captured(field, part, "[^/]");
		return /^\{\w+\}$/.test(token) ? "[^/]+?" : escaped(token);
	});
	return new RegExp(`^${text}$`, "u");
}

/** What finds a field in a text. */
export function inText(field: Field, pattern: string): RegExp {
	const text = pattern.replace(/\s+-\s+|\s+|\*+|\{\w+\}|[^\s*{]+|./gu, (token) => {
		if (/^\s+-\s+$/.test(token)) return "\\s+[-–—]\\s+";
		if (/^\s+$/.test(token)) return "\\s+";
		if (/^\*+$/.test(token)) return ".*";
		if (token === `{${field}}`)
			return captured(field, pattern, NAMES.includes(field) && field !== "milestone" ? "\\S" : ".");
		return /^\{\w+\}$/.test(token) ? ".+?" : escaped(token);
	});
	return new RegExp(`^${text}$`, "iu");
}

/** What finds a field in a line that begins with a name: blanks around the colon make no difference, and there is another kind of it. */
function inLine(field: Field, pattern: string): RegExp {
	const source = inText(field, pattern).source;
	return new RegExp(source.replace(/:\\s\+/, "\\s*[:\uFF1A]\\s*"), "iu");
}

/** The shortest that fits; of a name beside something open, the shortest with a digit: `FEAT-12-slug` is not `FEAT`. */
function captured(field: Field, around: string, any: string): string {
	const isOpen = /[*?{]/.test(around.replace(`{${field}}`, ""));
	if (!isOpen || !NAMES.includes(field)) return `(${any}+?)`;
	return `(\\d${any}*?|(?!\\d)${any}+?\\d${any}*?)`;
}

function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
