import type { Issue } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";

/** Relations between issues, by their front matter keys. */
export type Relation = "blocked_by" | "blocked" | "parent" | "children" | "related_to";

/** A relation that one document names and the other does not name back. */
export interface OneSided {
	readonly relation: Relation;
	readonly id: string;
	/** The key that is missing in the other document, and its path. */
	readonly missing: Relation;
	readonly other: string;
}

/** The ids that an issue names, by relation. */
export function relationsOf(issue: Issue): readonly (readonly [Relation, readonly string[]])[] {
	return [
		["blocked_by", issue.blockedBy],
		["blocked", issue.blocks],
		["parent", issue.parent === null ? [] : [issue.parent]],
		["children", issue.children],
		["related_to", issue.relatedTo],
	];
}

const MIRRORS: readonly (readonly [Relation, Relation])[] = [
	["blocked_by", "blocked"],
	["blocked", "blocked_by"],
	["parent", "children"],
	["children", "parent"],
];

/** The relations that a repository writes down at all: many know one side only. */
export function relationsUsed(
	issues: readonly Issue[],
	{ fields, patterns }: Pick<Layout, "fields" | "patterns">,
): ReadonlySet<Relation> {
	const used = new Set<Relation>();
	for (const issue of issues)
		for (const [relation, ids] of relationsOf(issue))
			if (ids.length > 0 && (fields[relation] !== null || patterns?.[relation])) used.add(relation);
	return used;
}

/**
 * Relations that both documents should name, since who reads one of them should learn of it, but only this one does.
 * @param used the relations that the repository writes down.
 */
export function findOneSided(issue: Issue, byId: ReadonlyMap<string, Issue>, used: ReadonlySet<Relation>): OneSided[] {
	const relations = new Map(relationsOf(issue));
	return MIRRORS.filter(([, missing]) => used.has(missing)).flatMap(([relation, missing]) =>
		(relations.get(relation) ?? []).flatMap((id) => {
			const other = byId.get(id);
			if (!other || new Map(relationsOf(other)).get(missing)?.includes(issue.id)) return [];
			return [{ relation, id, missing, other: other.docPath }];
		}),
	);
}
