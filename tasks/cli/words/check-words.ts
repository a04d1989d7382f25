import type { CheckCounts } from "../../contract/verify-record.ts";

/** What checks said, as tables have it: `142 ✓ 3 new`. Of those without reports, each counts as one. */
export function checksWord(counts: CheckCounts): string {
	const more = MORE.flatMap(([key, word]) => (counts[key] > 0 ? [`${counts[key]} ${word}`] : []));
	return [`${counts.passed} ✓`, ...more].join(" ");
}

/** What is said beside the number of those that passed, where there is any. */
const MORE: readonly (readonly [Exclude<keyof CheckCounts, "passed">, string])[] = [
	["notRun", "not run"],
	["new", "new"],
	["vanished", "vanished"],
	["weakened", "weakened"],
	["unproved", "unproved"],
	["changed", "changed"],
];
