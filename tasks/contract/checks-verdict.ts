import type { CheckCounts, VerifyRecord } from "./verify-record.ts";

/** True when nothing speaks against the commit. Where there are no checks, nothing speaks for it either. */
export function isVerified({ failures }: Pick<VerifyRecord, "failures">): boolean {
	return failures.length === 0;
}

/** Counts what checks said. */
export function countChecks(record: VerifyRecord): CheckCounts {
	const { checks, newFailures, vanished, weakened, unproved, changed, preExisting } = record;
	return {
		passed: checks.reduce((sum, { tests, status }) => sum + (tests?.passed ?? (status === "pass" ? 1 : 0)), 0),
		notRun: checks.filter(({ status }) => status === "not-run").length,
		new: newFailures.length,
		vanished: vanished.length,
		weakened: weakened.length,
		unproved: unproved.length,
		changed: changed.length,
		preExisting: preExisting.length,
	};
}
