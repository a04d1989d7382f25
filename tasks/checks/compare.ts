import {
	CHECK_FAILURES,
	type CheckFailure,
	type CheckFinding,
	TEST_FILES_CHECK,
	type VerifyRecord,
} from "../contract/verify-record.ts";
import { checkRuns } from "./check-runs.ts";
import { type ComparedCheck, comparedChecks, isWeakeningKnown, weakenedUnits } from "./compared-check.ts";
import type { Looks, Terms } from "./looks.ts";
import { proofOf } from "./proof.ts";
import { SEPARATOR } from "./test-name.ts";
import { type Unit, WHOLE } from "./units.ts";

/** What the looks say, without whom and when they are about. */
export type Verdict = Omit<
	VerifyRecord,
	"version" | "issueId" | "milestoneId" | "startedAt" | "endedAt" | "durationMs" | "commit" | "base" | "key"
>;

type Lists = Pick<VerifyRecord, "newFailures" | "vanished" | "preExisting" | "fixed" | "flaky">;

/** Compares what the checks say of a commit with what they said of its base. The `log` of each is as in its look. */
export function compare(looks: Looks, terms: Terms): Verdict {
	const checks = comparedChecks(looks, terms);
	const runs = checkRuns(looks, checks);
	const lists = checks.map(judged);
	const all = (key: keyof Lists) => lists.flatMap((each) => each[key]);
	const proofs = checks.map((check) => proofOf(check, terms));
	const found = {
		newFailures: all("newFailures"),
		vanished: [...all("vanished"), ...goneFiles(looks, terms)],
		weakened: checks.flatMap((check) => weakenedUnits(check, terms).map(([name, unit]) => finding(check, name, unit))),
		unproved: proofs.flatMap(({ unproved }) => unproved),
	};
	const speaksAgainst: Readonly<Record<CheckFailure, boolean>> = {
		"not-run": runs.some(({ status }) => status === "not-run"),
		"new-failures": found.newFailures.length > 0,
		"checks-weakened": found.weakened.length > 0,
		vanished: found.vanished.length > 0 && !terms.mayVanish,
		unproved: found.unproved.length > 0 && terms.requireProof,
	};
	return {
		checks: runs,
		failures: CHECK_FAILURES.filter((failure) => speaksAgainst[failure]),
		...found,
		mayVanish: terms.mayVanish,
		changed: [...terms.protected.changed],
		...(looks.weakened && { isWeakeningKnown: checks.every((check) => isWeakeningKnown(check, terms)) }),
		proved: proofs.reduce((sum, { proved }) => sum + proved, 0),
		newTests: proofs.reduce((sum, { newTests }) => sum + newTests, 0),
		preExisting: all("preExisting"),
		fixed: all("fixed"),
		flaky: all("flaky"),
	};
}

/** Puts each test, and the check as a whole, into the one list that it belongs to, or into none. */
function judged(check: ComparedCheck): Lists {
	const { now, was, isOwn } = check;
	const lists: Lists = { newFailures: [], vanished: [], preExisting: [], fixed: [], flaky: [] };
	for (const [name, unit] of now) {
		const list = listOf(unit, was?.get(name), isOwn);
		if (list) lists[list].push(finding(check, name, unit));
	}
	// What is not there since all of it fails, or since its file can't be loaded, is told by that.
	if (lists.newFailures.some(({ test }) => test === undefined)) return { ...lists, vanished: [] };
	const failed = lists.newFailures.filter(({ test = "" }) => !was?.has(test));
	const unloaded = new Set(failed.map(({ test }) => test?.split(SEPARATOR).at(-1)));
	const gone = [...(was ?? [])].filter(
		([name, unit]) => !now.has(name) && hasPassed(unit) && !filesOf(name).some((file) => unloaded.has(file)),
	);
	// One by one: there may be more of them than a call can have arguments.
	for (const [name] of gone) lists.vanished.push(finding(check, name));
	return lists;
}

function listOf(now: Unit, was: Unit | undefined, isOwn: boolean): keyof Lists | undefined {
	if (now.isFlaky) return "flaky";
	if (now.status === "failed")
		return !isOwn && was && (was.status === "failed" || was.isFlaky) ? "preExisting" : "newFailures";
	if (now.status === "skipped") return was && hasPassed(was) ? "vanished" : undefined;
	return was?.status === "failed" && !was.isFlaky ? "fixed" : undefined;
}

/** What may be the file of a test, by its name, as a reporter calls one that it can't load: its path, or the module that its class is in. */
function filesOf(name: string): string[] {
	const [first = ""] = name.split(SEPARATOR);
	return [first, ...[...first.matchAll(/[.:]/g)].map(({ index }) => first.slice(0, index))].filter(Boolean);
}

function hasPassed({ status, isFlaky }: Unit): boolean {
	return status === "passed" || isFlaky === true;
}

/** Where no check says which tests there are, files that are gone are all that can be seen of them. */
function goneFiles({ commit }: Looks, { testFiles }: Terms): CheckFinding[] {
	if (commit.length === 0 || commit.some(({ check }) => check.junit !== undefined)) return [];
	return testFiles.deleted.map((test) => ({ check: TEST_FILES_CHECK, test }));
}

function finding({ name: check }: ComparedCheck, name: string, unit?: Unit): CheckFinding {
	return {
		check,
		...(name !== WHOLE && { test: name }),
		...(unit?.message !== undefined && { message: unit.message }),
	};
}
