import { FIELDS, type Field, type Layout } from "../contract/layout.ts";
import { plainWord } from "../contract/names.ts";
import { findByPattern } from "./by-pattern.ts";
import { type BodyLine, readBody } from "./markdown-body.ts";
import type { FrontMatter } from "./read-yaml.ts";
import { isLink, referencesIn } from "./references.ts";

/** Fields that hold one text, and those that hold a list of them. */
const ONE: ReadonlySet<Field> = new Set(["id", "title", "project", "state", "milestone", "parent"]);
const TEXTS: ReadonlySet<Field> = new Set(["assignees", "labels"]);
const IDS: ReadonlySet<Field> = new Set(["children", "blocked_by", "blocked", "related_to"]);
/** Fields that an empty text leaves out. A state is none of them: without one an issue is run. */
const EMPTIED: ReadonlySet<Field> = new Set(["project", "milestone", "parent", "priority", "estimate"]);

/** What a document says, under our names of its fields. */
export interface OurTerms {
	readonly data: Readonly<Record<string, unknown>>;
	/** The line of the file that a value stands on. */
	lineOf(path: readonly PropertyKey[]): number;
	/** The layout's pattern that found a field. */
	patternOf(field: Field): string | undefined;
}

/**
 * Front matter, and what the layout's patterns find beside it, under our names of its fields, in the forms that we read: a number where a text is meant is the text that is written, one
 * text where a list is meant is a list of one, a word for a priority is its rank. What is in no such form is left as it is, to be told.
 */
export function inOurTerms(frontMatter: FrontMatter, layout: Layout, file: string, bytes: Uint8Array): OurTerms {
	const { data } = frontMatter;
	const named: Record<string, unknown> = {};
	for (const field of FIELDS) {
		const theirs = layout.fields[field];
		const value = theirs === null || !Object.hasOwn(data, theirs) ? undefined : data[theirs];
		named[field] =
			value === undefined || value === null || theirs === null
				? value
				: inOurForm(field, value, layout, theirs, frontMatter);
	}
	const found = layout.patterns ? addByPattern(named, layout, file, bytes) : undefined;
	if (layout.project !== undefined) named.project ??= layout.project;
	return new Terms(named, frontMatter, layout, found);
}

type Found = ReadonlyMap<Field, { readonly pattern: string; readonly lines: readonly number[] }>;

class Terms implements OurTerms {
	readonly data: Readonly<Record<string, unknown>>;
	readonly #frontMatter: FrontMatter;
	readonly #layout: Layout;
	readonly #found: Found | undefined;

	constructor(data: Terms["data"], frontMatter: FrontMatter, layout: Layout, found: Found | undefined) {
		this.data = data;
		this.#frontMatter = frontMatter;
		this.#layout = layout;
		this.#found = found;
	}

	lineOf([first, ...rest]: readonly PropertyKey[]): number {
		const said = this.#found?.get(first as Field)?.lines;
		const [at] = rest;
		if (said) return (typeof at === "number" ? said[at + 1] : undefined) ?? said[0] ?? 1;
		return this.#frontMatter.lineOf([this.#layout.fields[first as Field] ?? first ?? "", ...rest]);
	}

	patternOf(field: Field): string | undefined {
		return this.#found?.get(field)?.pattern;
	}
}

/**
 * Adds what the front matter does not give.
 * @returns for each field that was added, what found it, and its line and those of its values.
 */
function addByPattern(
	named: Record<string, unknown>,
	layout: Layout,
	file: string,
	bytes: Uint8Array,
): Map<Field, { readonly pattern: string; readonly lines: readonly number[] }> {
	let read: readonly BodyLine[] | undefined;
	const body = () => {
		read ??= readBody(bytes);
		return read;
	};
	const found = new Map<Field, { readonly pattern: string; readonly lines: readonly number[] }>();
	for (const field of FIELDS) {
		if (!layout.patterns?.[field] || (named[field] ?? "") !== "") continue;
		const said = findByPattern(field, layout, file, body);
		if (!said) continue;
		named[field] = inOurForm(field, said.value, layout, field);
		found.set(field, { pattern: said.pattern, lines: [said.line, ...(said.lines ?? [])] });
	}
	return found;
}

/** @param written where the value stands under a key of theirs, if it does. */
function inOurForm(field: Field, value: unknown, layout: Layout, key: string, written?: FrontMatter): unknown {
	if (value === "" && EMPTIED.has(field)) return undefined;
	if (field === "parent") value = asReference(value);
	if (ONE.has(field)) return typeof value === "number" ? asWritten(value, written?.textOf([key])) : value;
	if (field === "priority") return rankOf(value, layout.priorities, key, written);
	if (!TEXTS.has(field) && !IDS.has(field)) return value;
	if (Array.isArray(value)) {
		const texts = value.some((each) => typeof each === "number")
			? value.map((each, at) => (typeof each === "number" ? asWritten(each, written?.textOf([key, at])) : each))
			: value;
		if (IDS.has(field) && texts.length === 1 && isNone(texts[0])) return [];
		return IDS.has(field) && texts.some(isOtherwise) ? texts.map(asReference) : texts;
	}
	if (value === "" || (IDS.has(field) && isNone(value))) return [];
	const one = typeof value === "number" ? asWritten(value, written?.textOf([key])) : value;
	if (typeof one !== "string") return one;
	if (IDS.has(field) && isOtherwise(one)) return [asReference(one)];
	// Several ids in one text are for a person to part.
	return IDS.has(field) && /[\s,;]/.test(one) ? one : [one];
}

/** What people write where there is nothing to name. */
function isNone(value: unknown): boolean {
	return typeof value === "string" && /^(?:none|n\/a|[-–—])$/i.test(value.trim());
}

/** Names of other issues that are no ids: links, paths of documents, numbers after a `#`. */
function isOtherwise(value: unknown): value is string {
	return typeof value === "string" && (isLink(value) || /^\[[^\]]*\]\(|^\[\[|^#[0-9]/.test(value));
}

function asReference(value: unknown): unknown {
	if (!isOtherwise(value)) return value;
	const [one, ...others] = isLink(value) ? [value] : referencesIn(value);
	return others.length > 0 ? value : one;
}

/** Digits alone: whoever writes 1.10, 1e5 or 0x10 may mean the number or the text. */
function asWritten(value: number, text: string | undefined): unknown {
	return text !== undefined && /^[0-9]+$/.test(text) ? text : value;
}

function rankOf(value: unknown, priorities: Layout["priorities"], key: string, written?: FrontMatter): unknown {
	if (typeof value !== "string" && typeof value !== "number") return value;
	const word = plainWord(typeof value === "string" ? value : (written?.textOf([key]) ?? String(value)));
	if (Object.hasOwn(priorities, word)) return priorities[word];
	return typeof value === "string" && /^[0-9]{1,9}$/.test(value.trim()) ? Number(value) : value;
}
