import {
	CHECK_FAILURES,
	type CheckFailure,
	type CheckFinding,
	TEST_FILES_CHECK,
	type VerifyRecord,
} from "../contract/verify-record.ts";
import { capped } from "./capped.ts";
import { checkRuns } from "./check-runs.ts";
import { comparedChecks } from "./compared-check.ts";
import { finding, judged, type Lists } from "./judged-check.ts";
import { proofOf } from "./proof.ts";
import type { Terms, Trials } from "./trials.ts";
import { isWeakeningKnown, weakenedUnits } from "./weakening.ts";

/** What the trials say, without whom and when they are about. */
export type Verdict = Omit<
	VerifyRecord,
	"version" | "issueId" | "milestoneId" | "startedAt" | "endedAt" | "durationMs" | "commit" | "base" | "key"
>;

/** Compares what the checks say of a commit with what they said of its base. The `log` of each is as in its trial. */
export function compare(trials: Trials, terms: Terms): Verdict {
	const checks = comparedChecks(trials, terms);
	const runs = checkRuns(trials, checks);
	const lists = checks.map(judged);
	const all = (key: keyof Lists) => lists.flatMap((each) => each[key]);
	const proofs = checks.map((check) => proofOf(check, terms));
	const found = {
		newFailures: all("newFailures"),
		vanished: [...all("vanished"), ...goneFiles(trials, terms)],
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
	return capped({
		checks: runs,
		failures: CHECK_FAILURES.filter((failure) => speaksAgainst[failure]),
		...found,
		mayVanish: terms.mayVanish,
		changed: [...terms.protected.changed],
		...(trials.weakened && { isWeakeningKnown: checks.every((check) => isWeakeningKnown(check, terms)) }),
		proved: proofs.reduce((sum, { proved }) => sum + proved, 0),
		newTests: proofs.reduce((sum, { newTests }) => sum + newTests, 0),
		preExisting: all("preExisting"),
		fixed: all("fixed"),
		flaky: all("flaky"),
	});
}

/**
 * Where no check of the repository says which tests there are, files that are gone are all that can be seen of them. An issue's own says
 * that of its own alone.
 */
function goneFiles({ commit }: Trials, { testFiles }: Terms): CheckFinding[] {
	if (commit.length === 0 || commit.some(({ check }) => check.junit !== undefined && !check.isOwn)) return [];
	return testFiles.deleted.map((test) => ({ check: TEST_FILES_CHECK, test }));
}
