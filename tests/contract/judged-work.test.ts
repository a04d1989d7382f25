import { describe, expect, test } from "vitest";
import { failuresAsReview } from "../../tasks/contract/failures-as-review.ts";
import { chooseModel } from "../../tasks/contract/model-choice.ts";
import { RESULT_SCHEMAS } from "../../tasks/contract/result.ts";
import { isRepeated, isStalemate } from "../../tasks/contract/stalemate.ts";
import { tellChecks } from "../../tasks/contract/told-checks.ts";
import type { VerifyRecord } from "../../tasks/contract/verify-record.ts";
import { answer, attemptRecord, verifyRecord } from "../support/documents.ts";

const RECORD = verifyRecord({
	checks: [{ name: "tests", run: "npm test", status: "fail", exitCode: 1, durationMs: 1, log: "" }],
});
const IDENTITY = { issueId: "A-1", milestoneId: "M1", branch: "issue/A-1", worktreePath: "/repo.worktrees/A-1" };
const many = (message = "x".repeat(5_000)) =>
	Array.from({ length: 1_000 }, (_, at) => ({ check: "tests", test: `test ${at}`, message }));

describe("what an agent is told of the checks", () => {
	test("is bounded, and says what it leaves out", () => {
		const told = tellChecks({ ...RECORD, newFailures: many(), changed: many().map(({ test }) => test) });
		expect(told.newFailures).toHaveLength(20);
		expect(told.newFailures[0]?.message).toHaveLength(1_001);
		expect(told.left).toEqual({ newFailures: 980, changed: 980 });
		expect(JSON.stringify(told).length).toBeLessThan(30_000);
	});

	test("is all of it where there is little", () => {
		const [check] = RECORD.checks;
		const notRun = { ...check, status: "not-run", reason: "timed-out" } as VerifyRecord["checks"][number];
		const told = tellChecks({ ...RECORD, checks: [notRun], changed: ["package.json: scripts"] });
		expect(told).not.toHaveProperty("left");
		expect(told.checks).toEqual([{ name: "tests", run: "npm test", status: "not-run: timed-out" }]);
		expect(told.changed).toEqual(["package.json: scripts"]);
	});
});

describe("failures of checks in the form of a review", () => {
	test("are one, whatever was found, with an action for each", () => {
		const [check] = RECORD.checks;
		const found = [{ check: "tests", test: "counts", message: "2 is not 3" }];
		const review = failuresAsReview(
			{
				...RECORD,
				checks: [...RECORD.checks, { ...check, name: "types", status: "not-run", reason: "no-report" } as never],
				failures: ["not-run", "new-failures", "checks-weakened", "vanished", "unproved"],
				newFailures: found,
				weakened: found,
				vanished: found,
				unproved: found,
			},
			IDENTITY,
		);
		expect(RESULT_SCHEMAS.review.parse(review)).toEqual(review);
		expect(review).toMatchObject({ status: "changes_required", ...IDENTITY });
		expect(review.issues.map(({ title }) => title)).toEqual([
			'The check "types" has no answer',
			'The test "counts" of the check "tests" fails, and did not on the base',
			`The test "counts" of the check "tests" fails with the base's version of the files that the checks are made of`,
			'The test "counts" of the check "tests" is gone or skipped, and passed on the base',
			'The test "counts" of the check "tests" passes without the change as well',
		]);
		expect(review.requiredActions).toHaveLength(5);
	});

	test("are none of what is no failure", () => {
		const review = failuresAsReview(
			{ ...RECORD, failures: ["new-failures"], vanished: many(), newFailures: many() },
			IDENTITY,
		);
		expect(review.issues).toHaveLength(20);
		expect(review.summary).toContain("980 more");
	});
});

describe("a fix after which judging once more is of no use", () => {
	const tip = "4".repeat(40);
	const saved = { at: "", head: tip, commit: null, commits: 1, filesChanged: 1, insertions: 1, deletions: 0 };
	const nothing = attemptRecord({
		phase: "fix",
		base: { name: "main", commit: "1".repeat(40), stack: [], tip },
		saved,
	});

	test.each([
		["says nothing", nothing, "  \n", true],
		["says what was said before", nothing, "Did it.  ", true],
		["has something else to say, which may be evidence", nothing, "src/a.ts:1 is covered.", false],
		["has changed something", { ...nothing, saved: { ...saved, head: "5".repeat(40) } }, "", false],
		["did not pass", { ...nothing, outcome: "failed" } as const, "", false],
		["is not saved yet", { ...nothing, saved: null }, "", false],
	])("one that %s", (_, record, summary, is) => {
		expect(isStalemate(record, { summary }, { summary: "Did it." })).toBe(is);
	});

	test("one without a valid answer says nothing", () => {
		expect(isStalemate(nothing, undefined, undefined)).toBe(true);
	});
});

describe("a review that repeats the one before", () => {
	const [finding] = answer("review").issues;
	const first = answer("review", { status: "changes_required", requiredActions: ["Add a test.", "Say why."] });

	test.each([
		["in the same words", {}, true],
		[
			"in another order, at another line, with other blanks",
			{ requiredActions: ["Say  why.", "Add a test."], issues: [{ ...finding, evidence: "src/a.ts:9" }] },
			true,
		],
		["and sums it up in other words", { summary: "Still not." }, true],
		["with one thing more", { requiredActions: ["Add a test.", "Say why.", "Tidy."] }, false],
		["with one thing less", { requiredActions: ["Add a test."] }, false],
		["in other words", { issues: [{ ...finding, details: "Half of it is covered." }] }, false],
		["and passes it all the same", { status: "pass" }, false],
	])("%s", (_, changes, is) => {
		expect(isRepeated(first, { ...first, ...changes } as typeof first)).toBe(is);
	});

	test("is none where nothing was asked for", () => {
		expect(isRepeated(answer("review"), answer("review"))).toBe(false);
	});
});

describe("the model of a turn", () => {
	const all = {
		options: { model: "typed", reviewModel: "judge" },
		issue: { model: "issue", effort: "low" },
		settings: { model: "orchfile", effort: "high" },
		issueModels: true,
	};

	test.each([
		["review", all, { model: "judge", effort: "low" }],
		["dev", all, { model: "typed", effort: "low" }],
		["fix", { ...all, options: {} }, { model: "issue", effort: "low" }],
		["fix", { ...all, options: {}, issueModels: false }, { model: "orchfile", effort: "high" }],
		["dev", { ...all, options: {}, issue: {} }, { model: "orchfile", effort: "high" }],
		["dev", { ...all, options: { reviewModel: "judge" }, issue: {}, settings: {} }, {}],
	] as const)("of %s is what the first of its sources says", (phase, sources, chosen) => {
		expect(chooseModel(phase, sources)).toEqual(chosen);
	});
});
