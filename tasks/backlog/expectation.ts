import { type Field, type Layout, nameOfField } from "../contract/layout.ts";

/** What is wrong with a value, at its path in the fields. */
interface Wrong {
	readonly path: readonly PropertyKey[];
	readonly message: string;
}

/** Where fields that no issue goes without may stand, beside the front matter. */
const ELSEWHERE: Readonly<Partial<Record<Field, string>>> = {
	id: "what `layout.fields` in the orchfile says of it; what is no issue is taken back by `!` in `layout.issues`",
	title: "what `layout.fields` in the orchfile says of it, such as `# {title}`",
	project: "for all that name none `layout.project` in the orchfile",
};

/** What was expected instead of a value; of a field that is not there, where it may stand. */
export function expectedOf({ path, message }: Wrong, data: Readonly<Record<string, unknown>>, layout: Layout): string {
	const field = path[0] as Field;
	if (path.length > 1 || data[field] !== undefined) return message;
	const patterns = layout.patterns?.[field];
	if (patterns) return `what \`layout.fields\` says of it: ${patterns.map((each) => `\`${each}\``).join(" or ")}`;
	const elsewhere = ELSEWHERE[field];
	return elsewhere ? `\`${nameOfField(layout, field)}:\` in the front matter, or ${elsewhere}` : message;
}

/** What stands at a path, as far as it can be shown. */
export function shown(path: readonly PropertyKey[], data: unknown): string {
	const value = path.reduce((at: unknown, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], data);
	const text = value === undefined ? "nothing" : JSON.stringify(value);
	return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
