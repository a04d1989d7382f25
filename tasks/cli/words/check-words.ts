import type { VerifyRecord } from "../../contract/verify-record.ts";

/** What checks said, as tables have it: `142 ✓ 3 new`. Of those without reports, each counts as one. */
export function checksWord(record: VerifyRecord): string {
	const { checks, newFailures, vanished, weakened, unproved, changed } = record;
	const passed = checks.reduce((sum, { tests, status }) => sum + (tests?.passed ?? (status === "pass" ? 1 : 0)), 0);
	const notRun = checks.filter(({ status }) => status === "not-run").length;
	const more: readonly (readonly [number, string])[] = [
		[notRun, "not run"],
		[newFailures.length, "new"],
		[vanished.length, "vanished"],
		[weakened.length, "weakened"],
		[unproved.length, "unproved"],
		[changed.length, "changed"],
	];
	return [`${passed} ✓`, ...more.flatMap(([number, word]) => (number > 0 ? [`${number} ${word}`] : []))].join(" ");
}
