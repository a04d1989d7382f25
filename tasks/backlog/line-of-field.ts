import { type Field, type Layout, nameOfField } from "../contract/layout.ts";
import { findByPattern } from "./by-pattern.ts";
import { readBody } from "./markdown-body.ts";

/**
 * The line of a document that says something of a field: in its front matter, or where the layout's patterns find it.
 * @param value one of several that the field has.
 */
export function lineOfField(
	field: Field,
	lines: readonly string[],
	file: string,
	layout: Pick<Layout, "fields" | "patterns">,
	value?: string,
): number {
	const at = lines.findIndex((line) => line.replace(/^\uFEFF/, "").startsWith(`${nameOfField(layout, field)}:`));
	if (at !== -1 || !layout.patterns?.[field]) return at + 1 || 1;
	const said = findByPattern(field, layout, file, () => readBody(Buffer.from(lines.join("\n"))));
	const ofItem = value === undefined ? undefined : said?.lines?.[said.value.indexOf(value)];
	return ofItem ?? said?.line ?? 1;
}
