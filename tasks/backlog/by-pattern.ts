import { basename } from "node:path";
import type { Field, Layout } from "../contract/layout.ts";
import { withoutEntries } from "./answer-entries.ts";
import { asFieldPattern, type FieldPattern, plainHeading } from "./field-patterns.ts";
import { asHeading, type BodyLine, sectionBelow } from "./markdown-body.ts";
import { referencesIn } from "./references.ts";

/** What a document says of a field elsewhere than in its front matter. */
export interface Said {
	readonly value: string | readonly string[];
	/** The line of the file it stands on; that of each value, where there are several. */
	readonly line: number;
	readonly lines?: readonly number[];
}

/** Longest heading or line that a pattern is held to. */
const LONGEST = 500;
const CUT = "…";

const RELATIONS: readonly Field[] = ["children", "blocked_by", "blocked", "related_to"];

/**
 * What the layout's patterns find of a field.
 * @param body the lines of the document, looked at only where it takes them.
 */
export function findByPattern(
	field: Field,
	{ patterns }: Pick<Layout, "patterns">,
	file: string,
	body: () => readonly BodyLine[],
): (Said & { readonly pattern: string }) | undefined {
	for (const pattern of patterns?.[field] ?? []) {
		const said = find(field, asFieldPattern(field, pattern), file, () => withoutEntries(body()));
		if (said) return { ...said, pattern };
	}
	return undefined;
}

function find(field: Field, pattern: FieldPattern, file: string, body: () => readonly BodyLine[]): Said | undefined {
	switch (pattern.kind) {
		case "path":
		case "file": {
			const value = pattern.matches.exec(pattern.kind === "path" ? file : basename(file))?.[1];
			return value === undefined ? undefined : { value, line: 1 };
		}
		case "heading": {
			const { level, matches } = pattern;
			return first(
				body(),
				(each) => {
					const heading = asHeading(each);
					return heading?.level === level ? matched(matches, heading.text) : undefined;
				},
				field,
			);
		}
		case "line":
			return first(body(), ({ text }) => matched(pattern.matches, plainLine(text)), field);
		case "section":
			return inSection(field, pattern, body());
	}
}

function first(
	body: readonly BodyLine[],
	valueIn: (line: BodyLine) => string | undefined,
	field: Field,
): Said | undefined {
	for (const each of body) {
		const value = valueIn(each);
		if (value !== undefined) return asSaid(field, [{ text: value, line: each.line }]);
	}
	return undefined;
}

function matched(pattern: RegExp, text: string): string | undefined {
	const value = pattern.exec(text.slice(0, LONGEST))?.[1]?.trim();
	// Cut off, it would be another value: that of no field is like this.
	return value !== undefined && text.length > LONGEST ? `${CUT} ${text.length} characters` : value;
}

/** Marks of emphasis around words: none that stands alone, or within a word. */
const SLANTED = /(?<![\p{L}\p{N}*_])[*_](?=\S)|(?<=\S)[*_](?![\p{L}\p{N}*_])/gu;

/** A line without the marks of lists, quotes and emphasis. */
export function plainLine(text: string): string {
	return text
		.slice(0, 2 * LONGEST)
		.replace(/^[\s>]*(?:[-*+]\s+(?:\[[ xX]\]\s+)?)?/, "")
		.replace(/\*\*|__|`/g, "")
		.replace(SLANTED, "")
		.trim();
}

function inSection(
	field: Field,
	{ level, name }: Extract<FieldPattern, { readonly kind: "section" }>,
	body: readonly BodyLine[],
): Said | undefined {
	const named = body
		.map(asHeading)
		.filter((each) => each && plainHeading(each.text.replace(/[:\uFF1A]$/, "")) === name);
	// Some write all of their headings a level further in.
	const heading = named.find((each) => each?.level === level) ?? named[0];
	if (!heading) return undefined;
	const lines = sectionBelow(body, heading).filter(({ text }) => text.trim() !== "");
	const items = lines.map(({ text, line }) => ({
		text: text.replace(/^\s*(?:[-*+]|\d{1,9}[.)])\s+/, "").trim(),
		line,
	}));
	return { ...asSaid(field, items), line: heading.line };
}

function asSaid(field: Field, items: readonly BodyLine[]): Said {
	const line = items[0]?.line ?? 1;
	const isRelation = RELATIONS.includes(field) || field === "parent";
	if (!isRelation && field !== "assignees" && field !== "labels") {
		const text = items[0]?.text ?? "";
		return { value: field === "title" && text.startsWith(CUT) ? "" : text, line };
	}
	const found = items.flatMap(({ text, line }) =>
		(isRelation ? referencesIn(text) : text.split(",").map((each) => each.trim())).map((each) => ({ each, line })),
	);
	const values = found.map(({ each }) => each);
	if (field === "parent") return { value: values.length > 1 ? values.join(", ") : (values[0] ?? ""), line };
	return { value: values.filter((each) => each !== ""), line, lines: found.map((each) => each.line) };
}
