import { FIELDS, type Field, type Layout } from "../contract/layout.ts";
import type { FrontMatter } from "./read-yaml.ts";
import { plainKey } from "./unknown-keys.ts";

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
 * What would be passed over without a word: a state under another name, without which an issue is run, and what is written
 * behind a value and is a comment for YAML.
 * @param data the same front matter under our names of its fields.
 */
export function findMisread(
	frontMatter: FrontMatter,
	data: Readonly<Record<string, unknown>>,
	{ fields, patterns, foreign }: Layout,
): Misread[] {
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
	if (data.state === undefined && fields.state !== null && !patterns?.state) {
		const key = Object.keys(frontMatter.data).find((each) => IS_STATE.test(plainKey(each)) && !foreign.includes(each));
		if (key !== undefined)
			found.push({
				field: "state",
				line: frontMatter.lineOf([key]),
				what: `${key} is not read`,
				expected: `\`${fields.state}\`, or in the orchfile \`layout: { fields: { state: ${JSON.stringify(key)} } }\``,
			});
	}
	return found;
}

function cut(text: string): string {
	return text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text;
}

/** Keys that mean the state, as {@link plainKey} has them. */
const IS_STATE = /^statu?e?$/;
