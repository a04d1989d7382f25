import { countChecks, countOf } from "../../contract/checks-verdict.ts";
import type { CheckCounts, CheckRun, VerifyRecord } from "../../contract/verify-record.ts";
import { oneLine } from "./format.ts";

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
	["preExisting", "pre-existing"],
];

/** Checks that are told one by one in a line. */
const MOST_NAMED = 4;

/** What checks said, one by one, as far as a line has room: `types: ✓, tests: 142 ✓ 3 new`. */
export function checksWords(record: VerifyRecord): string {
	const { checks } = record;
	if (checks.length > MOST_NAMED) return checksWord(countChecks(record));
	const each = checks.map((check) => `${oneLine(check.name, 40)}: ${checkWord(check, record)}`);
	const { changed } = countChecks(record);
	return [...each, ...(changed > 0 ? [`${changed} changed`] : [])].join(", ");
}

/** What one check said. */
function checkWord({ name, status, tests }: CheckRun, record: VerifyRecord): string {
	if (status === "not-run") return "not run";
	const found: Partial<Record<keyof CheckCounts, number>> = {
		new: countOf(record, "newFailures", name),
		vanished: countOf(record, "vanished", name),
		weakened: countOf(record, "weakened", name),
		unproved: countOf(record, "unproved", name),
		preExisting: countOf(record, "preExisting", name),
	};
	const more = MORE.flatMap(([key, word]) => (found[key] ? [`${found[key]} ${word}`] : []));
	const passed = tests ? `${tests.passed} ✓` : status === "pass" ? "✓" : "✗";
	return [passed, ...more].join(" ");
}
