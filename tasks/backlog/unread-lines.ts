import type { Field, Layout } from "../contract/layout.ts";
import { withoutEntries } from "./answer-entries.ts";
import { plainLine } from "./by-pattern.ts";
import { asFieldPattern } from "./field-patterns.ts";
import type { BodyLine } from "./markdown-body.ts";
import type { Misread } from "./misnamed.ts";
import { referencesIn } from "./references.ts";

/** Fields without which an issue is run that is over, or is run too soon. */
const LOOKED_AFTER = ["state", "blocked_by"] as const satisfies Field[];

/** True where a field is missing that has to be looked after in the text. */
export function isUnsaid({ patterns }: Pick<Layout, "patterns">, data: Readonly<Record<string, unknown>>): boolean {
	return LOOKED_AFTER.some((field) => patterns?.[field] !== undefined && data[field] === undefined);
}

/**
 * Lines that begin with the name of a field that the layout reads in the text, and are not read, since they are drawn otherwise:
 * `Status - done`, a row of a table, a heading in the place of a line.
 * @param data what is read of the document.
 */
export function findUnreadLines(
	body: readonly BodyLine[],
	{ patterns }: Pick<Layout, "patterns">,
	data: Readonly<Record<string, unknown>>,
): Misread[] {
	const lines = withoutEntries(body).filter(({ text }) => text.trim() !== "");
	return LOOKED_AFTER.flatMap((field): Misread[] => {
		const found = data[field] === undefined ? (patterns?.[field] ?? []) : [];
		for (const pattern of found) {
			const name = nameIn(field, pattern);
			const at = name === undefined ? -1 : lines.findIndex((_, index) => isNamed(name, field, lines, index));
			const line = lines[at];
			if (line)
				return [
					{
						field,
						line: line.line,
						what: `${shown(line.text)} is not read`,
						expected: listed(patterns?.[field] ?? []),
					},
				];
		}
		return [];
	});
}

/** The words that a line or a section begins with; nothing for what is no such pattern. */
function nameIn(field: Field, pattern: string): RegExp | undefined {
	const { kind } = asFieldPattern(field, pattern);
	if (kind !== "line" && kind !== "section") return undefined;
	const words = kind === "section" ? pattern.replace(/^#+\s*/, "") : (pattern.split(":")[0] ?? "");
	const escaped = words
		.replace(/\*\*|__|`/g, "")
		.trim()
		.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
	return new RegExp(`^${escaped.replace(/\s+/g, "\\s+")}(?:\\s*(?:$|[:\uFF1A|(])|\\s+[-–—])(.*)$`, "iu");
}

function isNamed(name: RegExp, field: Field, lines: readonly BodyLine[], at: number): boolean {
	const text = plainLine(lines[at]?.text ?? "")
		.replace(/<\/?[a-z]{1,10}>/gi, "")
		.replace(/^[^\p{L}\p{N}]+/u, "");
	const rest = name
		.exec(text)?.[1]
		?.replace(/[|)]+$/, "")
		.trim();
	if (rest === undefined) return false;
	if (rest !== "") return field === "state" || referencesIn(rest).length > 0;
	// With nothing behind it, it is a blank in a form, unless a list follows.
	const isBare = !/[:\uFF1A]\s*$/.test(text);
	return isBare || (field === "blocked_by" && /^\s*(?:[-*+]|\d{1,9}[.)])\s/.test(lines[at + 1]?.text ?? ""));
}

function shown(text: string): string {
	const trimmed = text.trim();
	return trimmed.length > 60 ? `${trimmed.slice(0, 60)}…` : trimmed;
}

function listed(patterns: readonly string[]): string {
	return `${patterns.map((each) => `\`${each}\``).join(" or ")}, as \`layout.fields\` has it`;
}
