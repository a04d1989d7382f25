import type { CheckCounts, CheckRun, NotRun, VerifyRecord } from "./verify-record.ts";

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

/** Those of the machine, not of the work: no change of it brings about an answer. */
const OF_MACHINE: readonly NotRun[] = ["not-started", "no-sandbox", "set-up-failed"];

/** True when a check was not run for a reason of the machine's: the next verification may find an answer about the same commit. */
export function isOfMachine({ checks }: Pick<VerifyRecord, "checks">): boolean {
	return checks.some(
		({ status, reason }) => status === "not-run" && reason !== undefined && OF_MACHINE.includes(reason),
	);
}

/** True when a check was begun, and so has printed something, be it nothing. */
export function hasLog({ reason }: Pick<CheckRun, "reason">): boolean {
	return reason !== "no-sandbox" && reason !== "set-up-failed";
}

/** True when a check has no answer, for whatever reason. */
export function isUnanswered({ failures }: Pick<VerifyRecord, "failures">): boolean {
	return failures.includes("not-run");
}

/** True when all that speaks against the commit is that checks were not run, for reasons of the machine's. */
export function isNothingToFix({ failures, checks }: Pick<VerifyRecord, "failures" | "checks">): boolean {
	const notRun = checks.filter(({ status }) => status === "not-run");
	const isOnlyThat = failures.every((each) => each === "not-run") && notRun.length > 0;
	return isOnlyThat && notRun.every((each) => isOfMachine({ checks: [each] }));
}
