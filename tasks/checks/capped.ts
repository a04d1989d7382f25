import { FINDING_LISTS, type Left, type VerifyRecord } from "../contract/verify-record.ts";

/** Findings of one check in one list of a record, and files, that are kept: the rest is counted. */
export const MOST_KEPT = 200;

type Lists = Pick<VerifyRecord, (typeof FINDING_LISTS)[number] | "changed">;

/** A verdict of which each list is of a bounded length, with the number of what is left out. What it says is not changed. */
export function capped<V extends Lists>(verdict: V): V & { readonly left?: Left[] } {
	const left: Left[] = [];
	const lists = FINDING_LISTS.map((list) => {
		const seen = new Map<string, number>();
		const kept = verdict[list].filter(({ check }) => {
			const number = (seen.get(check) ?? 0) + 1;
			seen.set(check, number);
			return number <= MOST_KEPT;
		});
		for (const [check, number] of seen) if (number > MOST_KEPT) left.push({ list, check, count: number - MOST_KEPT });
		return [list, kept] as const;
	});
	const files = verdict.changed.length - MOST_KEPT;
	if (files > 0) left.push({ list: "changed", count: files });
	const changed = verdict.changed.slice(0, MOST_KEPT);
	return { ...verdict, ...Object.fromEntries(lists), changed, ...(left.length > 0 && { left }) };
}
