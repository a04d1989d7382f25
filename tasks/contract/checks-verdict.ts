import type { CheckCounts, CheckRun, Left, NotRun, VerifyRecord } from "./verify-record.ts";

/** True when nothing speaks against the commit. Where there are no checks, nothing speaks for it either. */
export function isVerified({ failures }: Pick<VerifyRecord, "failures">): boolean {
	return failures.length === 0;
}

/** What is counted of a record. */
type Counted = Pick<VerifyRecord, "checks" | "left" | Left["list"]>;

/** Counts what checks said. */
export function countChecks(record: Counted): CheckCounts {
	const { checks } = record;
	return {
		passed: checks.reduce((sum, { tests, status }) => sum + (tests?.passed ?? (status === "pass" ? 1 : 0)), 0),
		notRun: checks.filter(({ status }) => status === "not-run").length,
		new: countOf(record, "newFailures"),
		vanished: countOf(record, "vanished"),
		weakened: countOf(record, "weakened"),
		unproved: countOf(record, "unproved"),
		changed: countOf(record, "changed"),
		preExisting: countOf(record, "preExisting"),
	};
}

/** How many entries a list of a record has, with what it had no room for. */
export function countOf(record: Omit<Counted, "checks">, list: Left["list"], check?: string): number {
	const isMeant = (each: string | { readonly check?: string }) =>
		check === undefined || (typeof each !== "string" && each.check === check);
	const left = (record.left ?? []).filter((each) => each.list === list && isMeant(each));
	return record[list].filter(isMeant).length + left.reduce((sum, { count }) => sum + count, 0);
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
