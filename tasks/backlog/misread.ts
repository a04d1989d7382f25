import { FIELDS, type Field, type Layout } from "../contract/layout.ts";
import type { FrontMatter } from "./read-yaml.ts";
import { isForeign, OTHER_WORDS, plainKey } from "./unknown-keys.ts";

/** Something in front matter that is not read as it looks. */
export interface Misread {
	readonly field: Field;
	readonly line: number;
	readonly what: string;
	readonly expected: string;
}

/** Longest value that is shown in full. */
const WIDTH = 80;

/**
 * What would be passed over without a word: a state under another name, without which an issue is run, what it waits for under another
 * name, without which it is run too soon, and what is written behind a value and is a comment for YAML.
 * @param data the same front matter under our names of its fields.
 */
export function findMisread(
	frontMatter: FrontMatter,
	data: Readonly<Record<string, unknown>>,
	layout: Layout,
): Misread[] {
	const { fields } = layout;
	const found: Misread[] = [];
	for (const { key, line, text, before, quoted } of frontMatter.comments) {
		const field = FIELDS.find((each) => fields[each] === key);
		if (!field) continue;
		const isSuggested = quoted.length <= WIDTH && !/^["'[{]/.test(before);
		found.push({
			...{ field, line },
			what: `${key}: ${cut(before) || "nothing"}, and after it a comment for YAML: ${cut(text)}`,
			expected: `the value in quotes${isSuggested ? `, ${quoted},` : ","} or a blank after the \`#\` of a comment`,
		});
	}
	found.push(...findMisnamed(frontMatter, data, layout));
	return found;
}

function cut(text: string): string {
	return text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text;
}

/** Fields that a document gives under a name that is not read, and gives in no other way. */
function findMisnamed(
	frontMatter: FrontMatter,
	data: Readonly<Record<string, unknown>>,
	{ fields, patterns, foreign }: Layout,
): Misread[] {
	const read = namesIn(fields);
	const others = Object.keys(frontMatter.data).filter((key) => !read.has(key) && !isForeign(key, foreign));
	// Of documents that have nothing but fields, no more is asked.
	if (others.length === 0) return [];
	const isAbsent = (field: Field) => data[field] === undefined && fields[field] !== null && !patterns?.[field];
	return (["state", "blocked_by"] as const).filter(isAbsent).flatMap((field) => {
		const key = others.find((each) => MEANS[field](plainKey(each), frontMatter.data[each]));
		if (key === undefined) return [];
		const expected = `\`${fields[field]}\`, or in the orchfile \`layout: { fields: { ${field}: ${JSON.stringify(key)} } }\``;
		return [{ field, line: frontMatter.lineOf([key]), what: `${key} is not read`, expected }];
	});
}

/** What tells by a key, as {@link plainKey} has it, and its value that a field is meant. Of packages there is a map. */
const MEANS: Readonly<Record<"state" | "blocked_by", (plain: string, value: unknown) => boolean>> = {
	state: (plain) => /^statu?e?$/.test(plain),
	blocked_by: (plain, value) =>
		(plain === "blockedby" || OTHER_WORDS[plain] === "blocked_by") &&
		(Array.isArray(value)
			? value.length > 0
			: typeof value === "number" || (typeof value === "string" && value !== "")),
};

/** Asked of every document, by the one layout that all of them are read in. */
const namesByFields = new WeakMap<object, ReadonlySet<string | null>>();

function namesIn(fields: Layout["fields"]): ReadonlySet<string | null> {
	const names = namesByFields.get(fields) ?? new Set(Object.values(fields));
	namesByFields.set(fields, names);
	return names;
}
