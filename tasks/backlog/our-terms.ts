import { FIELDS, type Field, type Layout } from "../contract/layout.ts";
import { plainWord } from "../contract/names.ts";
import type { FrontMatter } from "./front-matter.ts";

/** Fields that hold one text, and those that hold a list of them. */
const ONE: ReadonlySet<Field> = new Set(["id", "title", "project", "state", "milestone", "parent"]);
const TEXTS: ReadonlySet<Field> = new Set(["assignees", "labels"]);
const IDS: ReadonlySet<Field> = new Set(["children", "blocked_by", "blocked", "related_to"]);
/** Fields that an empty text leaves out. A state is none of them: without one an issue is run. */
const EMPTIED: ReadonlySet<Field> = new Set(["project", "milestone", "parent", "priority", "estimate"]);

/**
 * Front matter under our names of its fields, in the forms that we read: a number where a text is meant is the text that is written, one
 * text where a list is meant is a list of one, a word for a priority is its rank. What is in no such form is left as it is, to be told.
 */
export function inOurTerms({ data, textOf }: FrontMatter, layout: Layout): Record<string, unknown> {
	const named: Record<string, unknown> = {};
	for (const field of FIELDS) {
		const theirs = layout.fields[field];
		const value = theirs === null || !Object.hasOwn(data, theirs) ? undefined : data[theirs];
		named[field] =
			value === null || theirs === null
				? value
				: inOurForm(field, value, (...path) => textOf([theirs, ...path]), layout);
	}
	return layout.project === undefined ? named : { ...named, project: named.project ?? layout.project };
}

type TextOf = (...path: readonly PropertyKey[]) => string | undefined;

function inOurForm(field: Field, value: unknown, textOf: TextOf, { priorities }: Layout): unknown {
	if (value === "" && EMPTIED.has(field)) return undefined;
	if (ONE.has(field)) return typeof value === "number" ? asWritten(value, textOf()) : value;
	if (field === "priority") return rankOf(value, textOf, priorities);
	if (!TEXTS.has(field) && !IDS.has(field)) return value;
	if (Array.isArray(value))
		return value.some((each) => typeof each === "number")
			? value.map((each, at) => (typeof each === "number" ? asWritten(each, textOf(at)) : each))
			: value;
	if (value === "") return [];
	const one = typeof value === "number" ? asWritten(value, textOf()) : value;
	if (typeof one !== "string") return one;
	// Several ids in one text are for a person to part.
	return IDS.has(field) && /[\s,;]/.test(one) ? one : [one];
}

/** Digits alone: whoever writes 1.10, 1e5 or 0x10 may mean the number or the text. */
function asWritten(value: number, text: string | undefined): unknown {
	return text !== undefined && /^[0-9]+$/.test(text) ? text : value;
}

function rankOf(value: unknown, textOf: TextOf, priorities: Layout["priorities"]): unknown {
	if (typeof value !== "string" && typeof value !== "number") return value;
	const word = plainWord(typeof value === "string" ? value : (textOf() ?? String(value)));
	if (Object.hasOwn(priorities, word)) return priorities[word];
	return typeof value === "string" && /^[0-9]{1,9}$/.test(value.trim()) ? Number(value) : value;
}
