import { diffWordsWithSpace } from "diff";

/** Longer lines are shown without marks: what has changed in them takes long to find, and nobody would see it. */
const LONGEST = 400;

/** Steps after which two lines count as different altogether. */
const MOST_EDITS = 60;

/** A stretch of a line, and whether the other line lacks it. */
export interface Stretch {
	readonly text: string;
	readonly isChanged: boolean;
}

/** What two lines of which one took the other's place have of their own; nothing where they have little in common. */
export function changedWords(
	before: string,
	after: string,
): { readonly old: readonly Stretch[]; readonly new: readonly Stretch[] } | undefined {
	if (before.length > LONGEST || after.length > LONGEST) return undefined;
	const parts = diffWordsWithSpace(before, after, { maxEditLength: MOST_EDITS });
	if (!parts) return undefined;
	const common = parts.reduce(
		(sum, { added, removed, value }) => sum + (added || removed ? 0 : value.trim().length),
		0,
	);
	if (common * 3 < Math.max(before.trim().length, after.trim().length)) return undefined;
	return {
		old: parts.flatMap(({ added, removed, value }) => (added ? [] : [{ text: value, isChanged: removed }])),
		new: parts.flatMap(({ added, removed, value }) => (removed ? [] : [{ text: value, isChanged: added }])),
	};
}
