import { distance } from "fastest-levenshtein";
import { FIELDS, type Field, type Layout } from "../contract/layout.ts";
import { readFrontMatter } from "./front-matter.ts";

/** A key of front matter that is not read. */
export interface UnknownKey {
	readonly key: string;
	/** The key that was meant, as this repository calls it; nothing for one that is nothing like any. */
	readonly meant: string | undefined;
	readonly line: number;
}

/** What trackers call fields of ours, as {@link plainKey} has it: whoever writes these means to be read. */
export const OTHER_WORDS: Readonly<Record<string, Field>> = {
	statu: "state",
	dependson: "blocked_by",
	dependencie: "blocked_by",
	dependency: "blocked_by",
	dependon: "blocked_by",
	depend: "blocked_by",
	dep: "blocked_by",
	blocker: "blocked_by",
	predecessor: "blocked_by",
	waitsfor: "blocked_by",
	waitingfor: "blocked_by",
	block: "blocked",
	blocking: "blocked",
	child: "children",
};

/**
 * The keys of a document's front matter that are no fields, and that the layout does not call foreign. What stands inside of one
 * is not looked at: trackers nest whole records of their own.
 */
export function findUnknownKeys(
	bytes: Uint8Array,
	{ fields, foreign }: Pick<Layout, "fields" | "foreign">,
): UnknownKey[] {
	const reading = readFrontMatter(bytes);
	if (reading.kind !== "found") return [];
	const { frontMatter } = reading;
	const { data } = frontMatter;
	const known = new Set<string | null>(Object.values(fields));
	const lines = new TextDecoder().decode(bytes).split("\n");
	return Object.keys(data)
		.filter((key) => !known.has(key) && !isForeign(key, foreign))
		.map((key) => {
			const at = lines.findIndex((line) => line.startsWith(`${key}:`));
			return { key, meant: meantBy(key, fields, data), line: at === -1 ? frontMatter.lineOf([key]) : at + 1 };
		});
}

/** True for a key that the layout says is for others. */
export function isForeign(key: string, foreign: Layout["foreign"]): boolean {
	return foreign.some((each) => (each.endsWith("*") ? key.startsWith(each.slice(0, -1)) : key === each));
}

/** How many documents have each of these keys. */
export function countKeys(
	unknown: readonly Pick<UnknownKey, "key">[],
): { readonly key: string; readonly documents: number }[] {
	const counts = new Map<string, number>();
	for (const { key } of unknown) counts.set(key, (counts.get(key) ?? 0) + 1);
	return [...counts].map(([key, documents]) => ({ key, documents }));
}

/** The field that a key was meant to be. One that is merely near is a key of somebody else's where the field is there as well. */
function meantBy(key: string, fields: Layout["fields"], data: Readonly<Record<string, unknown>>): string | undefined {
	const plain = plainKey(key);
	const same =
		FIELDS.find((field) => plainKey(fields[field] ?? field) === plain || plainKey(field) === plain) ??
		OTHER_WORDS[plain];
	// Of a field that the documents do not have, it was said that it is not to be read.
	if (same) return fields[same] ?? undefined;
	return FIELDS.flatMap((field) => fields[field] ?? [])
		.filter((name) => !Object.hasOwn(data, name) && isNear(plain, plainKey(name)))
		.sort((a, b) => distance(plain, plainKey(a)) - distance(plain, plainKey(b)))[0];
}

/** One slip in a short word, two in a longer one. Letters that are swapped are one slip. */
export function isNear(one: string, other: string): boolean {
	if (Math.min(one.length, other.length) < 4) return false;
	const isSwapped = one.length === other.length && distance(one, other) === 2 && sorted(one) === sorted(other);
	return isSwapped || distance(one, other) <= (other.length < 7 ? 1 : 2);
}

function sorted(text: string): string {
	return [...text].sort().join("");
}

/** Without case, dashes and underscores, in the singular. */
export function plainKey(key: string): string {
	return key
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]/gu, "")
		.replace(/(?<=\p{L}{2})s$/u, "");
}
