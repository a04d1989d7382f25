import { DEFAULT_LAYOUT, FIELDS, type Field, type Layout, type LayoutSettings } from "../contract/layout.ts";
import { nearest } from "../contract/names.ts";
import { isPattern, whyUnusable } from "./field-patterns.ts";

/** Tells what can't be used of a setting, with what was expected. */
export type Refuse = (key: string, value: unknown, expected: string) => void;

/** Fields without which there is no issue. */
const NEEDED: readonly string[] = ["id", "title"] satisfies Field[];

/** What the front matter calls each field, and the patterns of those that are read from elsewhere. */
export function readFields(
	given: NonNullable<LayoutSettings["fields"]>,
	project: string | undefined,
	refuse: Refuse,
): Pick<Layout, "fields" | "patterns"> {
	const names: Record<string, string | null> = { ...DEFAULT_LAYOUT.fields };
	const patterns: Record<string, readonly string[]> = {};
	for (const [field, theirs] of Object.entries(given)) {
		const key = `fields.${field}`;
		if (!isField(field)) {
			refuse(key, theirs, oneOf(field, FIELDS));
			continue;
		}
		names[field] = null;
		if (theirs === null) {
			if (NEEDED.includes(field)) refuse(key, theirs, "the name of a field: no issue goes without it");
			if (field === "project" && project === undefined)
				refuse(key, theirs, "the name of a field, or `project` in the layout, for the documents that name none");
			continue;
		}
		const sources: readonly unknown[] = Array.isArray(theirs) ? theirs : [theirs];
		const [first, ...rest] = sources;
		const isNamed = typeof first === "string" && first !== "" && !isPattern(first);
		if (isNamed) names[field] = first;
		const others = isNamed ? rest : sources;
		for (const each of others) checkPattern(field, each, sources.length, refuse);
		if (sources.length === 0) refuse(key, theirs, "the name of a field in the front matter, or null");
		if (others.length > 0 && others.every((each) => typeof each === "string")) patterns[field] = others;
	}
	checkNames(names, given, refuse);
	return { fields: names as Layout["fields"], ...(Object.keys(patterns).length > 0 ? { patterns } : {}) };
}

function checkPattern(field: Field, pattern: unknown, among: number, refuse: Refuse): void {
	const key = `fields.${field}`;
	if (typeof pattern !== "string" || pattern === "")
		refuse(key, pattern, "the name of a field in the front matter, or null");
	else if (!isPattern(pattern)) refuse(key, pattern, "one name of a field in the front matter, before all patterns");
	else {
		const expected = whyUnusable(field, pattern);
		if (expected !== undefined) refuse(key, pattern, among > 1 ? `in each pattern ${expected}` : expected);
	}
}

function checkNames(
	names: Readonly<Record<string, string | null>>,
	given: NonNullable<LayoutSettings["fields"]>,
	refuse: Refuse,
): void {
	const ours = new Map<string, string>();
	for (const [field, theirs] of Object.entries(names)) {
		if (theirs === null) continue;
		const other = ours.get(theirs);
		if (other !== undefined) {
			const [late, early] = field in given ? [field, other] : [other, field];
			refuse(`fields.${late}`, theirs, `another name than that of ${early}`);
		} else ours.set(theirs, field);
	}
}

function isField(name: string): name is Field {
	return (FIELDS as readonly string[]).includes(name);
}

/** What a name may be, with the nearest to one that it is not. */
export function oneOf(name: string, known: readonly string[]): string {
	const near = nearest(name, known);
	return `one of ${known.join(", ")}${near[0] ? ` (did you mean ${near[0]}?)` : ""}`;
}
