import type { Field, Layout } from "../contract/layout.ts";
import { meaningOf, type States } from "../contract/state.ts";
import type { FrontMatter } from "./read-yaml.ts";
import { isLink } from "./references.ts";
import { isForeign, OTHER_WORDS, plainKey } from "./unknown-keys.ts";

/** Something in front matter that is not read as it looks. */
export interface Misread {
	readonly field: Field;
	readonly line: number;
	readonly what: string;
	readonly expected: string;
}

/**
 * Fields that a document gives under a name that is not read, and gives in no other way; and keys that are not read and say that an issue
 * is over, or somebody else's, which would be run.
 * @param data the same front matter under our names of its fields.
 */
export function findMisnamed(
	frontMatter: FrontMatter,
	data: Readonly<Record<string, unknown>>,
	layout: Layout,
): Misread[] {
	const read = namesIn(layout.fields);
	const others = Object.keys(frontMatter.data).filter((key) => !read.has(key) && !isForeign(key, layout.foreign));
	// Of documents that have nothing but fields, no more is asked.
	if (others.length === 0) return [];
	return [...misnamedState(others, frontMatter, data, layout), ...misnamedBlockers(others, frontMatter, data, layout)];
}

function misnamedState(
	others: readonly string[],
	frontMatter: FrontMatter,
	{ state }: Readonly<Record<string, unknown>>,
	{ fields, patterns, states }: Layout,
): Misread[] {
	const like = others.filter((key) => LIKE_A_STATE.test(key));
	const isElsewhere = patterns?.state !== undefined;
	if (like.length === 0 || (fields.state === null && !isElsewhere)) return [];
	const isAbsent = state === undefined || state === null;
	if (!isAbsent && (isElsewhere || typeof state !== "string" || meaningOf({ state }, states) !== "open")) return [];
	const isUnread = (key: string) => isAbsent && !isElsewhere && isStateKey(key);
	const key = like.find((each) => isUnread(each) || saysOtherwise(each, frontMatter.data[each], isAbsent, states));
	if (key === undefined) return [];
	const at = { field: "state", line: frontMatter.lineOf([key]) } as const;
	const name = fields.state ?? "state";
	if (isUnread(key)) return [{ ...at, what: `${key} is not read`, expected: readAs("state", name, key) }];
	const what = `${key}: ${String(frontMatter.data[key]).slice(0, 40)} is not read`;
	if (isAbsent) return [{ ...at, what, expected: `\`${name}\`, or ${asForeign(key)}` }];
	const said = `${what}, and the state is ${JSON.stringify(state).slice(0, 40)}`;
	return [{ ...at, what: said, expected: `one of them, or ${asForeign(key)}` }];
}

/** Whatever is neither is somebody else's; asked of each key of each document. */
const LIKE_A_STATE =
	/statu?|state|lane|column|stage|phase|workflow|done|complete|closed|finished|resolved|archived|cancell?ed|merged|shipped/i;
/** Keys that say how far something is, as {@link plainKey} has them. */
const STAGE = /(?:statu|state|lane|column|stage|phase|workflow)$/;
const OVER = /^(?:is)?(?:done|completed?|closed|finished|resolved|archived|cancell?ed|merged|shipped)(at|on|date)?$/;

function isStateKey(key: string): boolean {
	return /^statu?e?$/.test(plainKey(key));
}

/** True for a key that says that there is nothing for an agent to do. Beside a state, others than a second one are told by that. */
function saysOtherwise(key: string, value: unknown, isAbsent: boolean, states: States): boolean {
	const plain = plainKey(key);
	if (OVER.test(plain)) return value === true || (isAbsent && typeof value === "string" && /^\d{4}-\d\d/.test(value));
	if (typeof value !== "string" || !(isStateKey(key) || (isAbsent && STAGE.test(plain)))) return false;
	const meaning = meaningOf({ state: value }, states);
	return meaning === "closed" || meaning === "held";
}

function misnamedBlockers(
	others: readonly string[],
	frontMatter: FrontMatter,
	{ blocked_by }: Readonly<Record<string, unknown>>,
	{ fields, patterns }: Layout,
): Misread[] {
	if ((blocked_by ?? undefined) !== undefined || fields.blocked_by === null || patterns?.blocked_by) return [];
	const key = others.find((each) => namesBlockers(plainKey(each), frontMatter.data[each]));
	if (key === undefined) return [];
	const expected = `${readAs("blocked_by", fields.blocked_by, key)}, or ${asForeign(key)}`;
	return [{ field: "blocked_by", line: frontMatter.lineOf([key]), what: `${key} is not read`, expected }];
}

/** Words that name issues as well as tools and versions. */
const AMBIGUOUS = /^(?:require|need|after|prereq|prerequisite)$/;
/** What an id is like as a rule: `7`, `#7`, `T001`, `task-1.2`. */
const LIKE_AN_ID = /^#?(?:[a-z]{1,12}[-_]?)?[0-9]+(?:\.[0-9]+)*$/i;

/** True for a key, as {@link plainKey} has it, that says what is waited for, with something in it. Of packages there is a map. */
function namesBlockers(plain: string, value: unknown): boolean {
	const isMeant = plain === "blockedby" || OTHER_WORDS[plain] === "blocked_by";
	if (!isMeant && !AMBIGUOUS.test(plain)) return false;
	const all: readonly unknown[] = Array.isArray(value) ? value : [value];
	const isName = (each: unknown) => typeof each === "number" || (typeof each === "string" && each !== "");
	if (isMeant) return Array.isArray(value) ? value.length > 0 : isName(value);
	return all.length > 0 && all.every((each) => LIKE_AN_ID.test(String(each)) || isLink(String(each)));
}

function readAs(field: "state" | "blocked_by", name: string, key: string): string {
	return `\`${name}\`, or in the orchfile \`layout: { fields: { ${field}: ${JSON.stringify(key)} } }\``;
}

function asForeign(key: string): string {
	return `\`layout: { foreign: [${JSON.stringify(key)}] }\` where it means something else`;
}

/** Asked of every document, by the one layout that all of them are read in. */
const namesByFields = new WeakMap<object, ReadonlySet<string | null>>();

function namesIn(fields: Layout["fields"]): ReadonlySet<string | null> {
	const names = namesByFields.get(fields) ?? new Set(Object.values(fields));
	namesByFields.set(fields, names);
	return names;
}
