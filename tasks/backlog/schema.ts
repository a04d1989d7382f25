import type { z as types } from "zod";
import { parseDuration, parseTokens } from "../contract/amounts.ts";
import { type Field, type Layout, nameOfField } from "../contract/layout.ts";
import { isMilestone, isName, isReference, MILESTONE_RULE, NAME_RULE } from "../contract/names.ts";
import { z } from "../contract/zod.ts";
import { isLink } from "./references.ts";

/** What is expected where a string should stand: YAML takes `007`, `1e5` or a date for something else. */
const A_STRING = "a string; quote it";

/** Of what is no string: quotes make one of a number, and not of a list. */
const aText = ({ input }: { readonly input?: unknown }) =>
	typeof input === "object" && input !== null ? "one text, and no list or map" : A_STRING;

/** Schema of an id or a project. */
const name = z.string({ error: aText }).refine(isName, { error: NAME_RULE });

const milestone = z.string({ error: aText }).refine(isMilestone, { error: MILESTONE_RULE });

const OTHERS = "the id of an issue, `PROJECT/ID`, or the path of its document";

/** Schema of what names another issue. */
const reference = z.string({ error: A_STRING }).refine((text) => isReference(text) || isLink(text), { error: OTHERS });

const references = z.array(reference, { error: "a list of ids, as in [A-1, A-2]" }).nullish();
const texts = z.array(z.string({ error: A_STRING }), { error: "a list of strings" }).nullish();
const amountOf = (error: string) => z.number({ error }).nonnegative("a number from 0").nullish();

/** A check of the issue's own; a line alone is called by itself. */
const check = z.union(
	[
		z
			.string()
			.trim()
			.min(1)
			.transform((run) => ({ name: run, run })),
		z.strictObject({
			name: z.string().trim().min(1),
			run: z.string().trim().min(1),
			junit: z.string().min(1).exactOptional(),
		}),
	],
	{ error: "a command, or `name`, `run` and perhaps `junit`" },
);
const checks = z.array(check, { error: "a list of checks" }).nullish();
const word = z.string({ error: aText }).trim().min(1, "some text").nullish();

/** A value that is written as options of the same kind are. */
function readAs(parse: (text: string) => number | undefined, expected: string) {
	return z
		.union([z.string(), z.number()], { error: expected })
		.transform((value, context) => {
			const parsed = parse(String(value).trim());
			if (parsed === undefined) context.addIssue({ code: "custom", message: expected });
			return parsed;
		})
		.nullish();
}

/**
 * Front matter of an issue. Other keys are left alone: documents are often synchronised with a tracker. What a field
 * means that is not there, `readDocument` says: most are not, and a step of the schema's for each takes a tenth of all reading.
 */
export const FRONT_MATTER = z.object({
	id: name,
	title: z.string({ error: aText }).trim().min(1, "some text"),
	project: name,
	state: z.string({ error: aText }).nullish(),
	priority: amountOf("a number from 0, or a word such as high; layout.priorities says what others mean"),
	estimate: amountOf("a number"),
	milestone: milestone.nullish(),
	assignees: texts,
	labels: texts,
	parent: reference.nullish(),
	children: references,
	blocked_by: references,
	blocked: references,
	related_to: references,
	checks,
	removes_tests: z.boolean({ error: "true or false" }).nullish(),
	model: word,
	effort: word,
	budget: readAs(parseTokens, "a number of tokens, such as 200k or 2M"),
	timeout: readAs(parseDuration, "a number with a unit, such as 90s, 40m or 2h"),
});

/** Front matter that is as it should be, under our names of its fields. */
export type Fields = types.output<typeof FRONT_MATTER>;

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
