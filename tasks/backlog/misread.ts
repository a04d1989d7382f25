import { FIELDS, type Layout } from "../contract/layout.ts";
import { findMisnamed, type Misread } from "./misnamed.ts";
import type { FrontMatter } from "./read-yaml.ts";

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
