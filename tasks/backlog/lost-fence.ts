import { FIELDS, type Layout } from "../contract/layout.ts";
import type { FrontMatterProblem } from "./read-yaml.ts";

/** Lines of a document in which front matter may stand that was meant to be at its beginning. */
const LOOKED_AT = 60;
/** Fields that make lines front matter: one alone may be a line of prose. */
const ENOUGH = 2;

const FENCE = "a first line `---`, and nothing before it";
/** What people draw instead of a fence, or what other tools take for one. */
const LIKE_A_FENCE = /^\s*(?:-{2,}|[–—―]+|-(?:\s*-)+|={3,}|\*{3,}|_{3,}|\+{3}|;{3}|~{3}\s*\w*|`{3}\s*\w*)\s*$/;

/**
 * What makes a document without front matter look like one that was meant to have it: lines of fields at its beginning without a
 * fence, behind another one, or below a fence that is not on the first line.
 */
export function findLostFence(
	bytes: Uint8Array,
	{ fields, patterns }: Pick<Layout, "fields" | "patterns">,
): FrontMatterProblem | undefined {
	// What the layout finds in lines of the text stands there without a fence.
	const names = new Set(FIELDS.flatMap((field) => fields[field] ?? (patterns?.[field] ? [] : field)));
	const lines = new TextDecoder()
		.decode(bytes.subarray(0, 16 * 1024))
		.split(/\r\n|\r|\n/, LOOKED_AT)
		.map((line) => line.replaceAll("\uFEFF", ""));
	const first = lines.findIndex((line) => line.trim() !== "");
	if (first === -1) return undefined;
	// A heading may have come before them.
	const start = lines.findIndex((line, at) => at >= first && !/^\s*(?:#.*)?$/.test(line));
	if (start !== -1 && areFields(lines, start, names))
		return { line: start + 1, what: "lines of front matter without a fence before them", expected: FENCE };
	const fence = lines.findIndex((line, at) => isFence(line, at === first) && areFields(lines, at + 1, names));
	if (fence === -1) return undefined;
	const drawn = (lines[fence] ?? "").trim();
	const what =
		drawn === "---"
			? `front matter that ${fence === 0 ? "has blanks before its fence" : `begins on line ${fence + 1}`}`
			: `front matter after \`${drawn.slice(0, 20)}\``;
	return { line: fence + 1, what, expected: FENCE };
}

/** Further down, a rule or a block of code is no beginning of anything. */
function isFence(line: string, isFirst: boolean): boolean {
	return isFirst ? LIKE_A_FENCE.test(line) : line.trim() === "---";
}

/** Whether enough fields stand in the lines from here on, up to a blank one or the next fence. */
function areFields(lines: readonly string[], from: number, names: ReadonlySet<string>): boolean {
	const found = new Set<string>();
	for (const line of lines.slice(from)) {
		const text = line.trim();
		if (text === "" ? found.size > 0 : LIKE_A_FENCE.test(line)) break;
		const [, name = ""] = /^["']?([\w.-]+)["']?\s*[:=](?:\s|$)/.exec(text) ?? [];
		if (found.size === 0 && name === "" && !/^(?:#.*)?$/.test(text)) return false;
		if (names.has(name)) found.add(name);
	}
	return found.size >= ENOUGH;
}
