import type { infer as Infer } from "zod";
import { z } from "./zod.ts";

/** Schema of something that a verification found, by the check and, where it reports them one by one, the test. */
export const CHECK_FINDING = z.strictObject({
	check: z.string(),
	/** As the report names it; absent for a check as a whole. */
	test: z.string().exactOptional(),
	/** What it said, cut to a few lines. */
	message: z.string().exactOptional(),
});

/** Stands for a check where a test file is gone and no check says which tests were in it. */
export const TEST_FILES_CHECK = "test files";

/** One thing that was found about a check or a test. */
export type CheckFinding = Infer<typeof CHECK_FINDING>;

/** Why a check has no answer. It is never taken for a pass. */
export const NOT_RUN = [
	"timed-out",
	"too-many-processes",
	"too-much-memory",
	"not-started",
	"no-sandbox",
	"no-report",
	"report-unreadable",
	"set-up-failed",
] as const;

/** Why a check has no answer. */
export type NotRun = (typeof NOT_RUN)[number];

const checkRun = z.strictObject({
	name: z.string(),
	run: z.string(),
	/** Whether it passed by itself, whatever it did on the base. */
	status: z.enum(["pass", "fail", "not-run"]),
	/** Of a check that was not run. */
	reason: z.enum(NOT_RUN).exactOptional(),
	/** Why there is no answer of the base to compare with; it is judged by itself then. */
	baseNotRun: z.enum(NOT_RUN).exactOptional(),
	/** What there is to say of the reason. */
	detail: z.string().exactOptional(),
	exitCode: z.number().nullable(),
	durationMs: z.number(),
	/** Of a check that reports its tests. */
	tests: z.strictObject({ passed: z.number(), failed: z.number(), skipped: z.number() }).exactOptional(),
	/** Its output, relative to the folder of the issue's logs; of a check that was not begun, where that would be. */
	log: z.string(),
});

/** How one check went on the commit that is judged. */
export type CheckRun = Infer<typeof checkRun>;

/** What makes a verdict of the checks a failure, gravest first. */
export const CHECK_FAILURES = ["not-run", "new-failures", "checks-weakened", "vanished", "unproved"] as const;
/** A kind of failure of the checks. */
export type CheckFailure = (typeof CHECK_FAILURES)[number];

/** The lists of findings of a record. */
export const FINDING_LISTS = [
	"newFailures",
	"vanished",
	"weakened",
	"unproved",
	"preExisting",
	"fixed",
	"flaky",
] as const;

const left = z.strictObject({
	list: z.enum([...FINDING_LISTS, "changed"]),
	/** Of findings. */
	check: z.string().exactOptional(),
	count: z.number(),
});

/** How many entries of a list are left out. */
export type Left = Infer<typeof left>;

/** Schema of `verify-run.json`: what the repository's own checks say of a commit, compared with what it started from. */
export const VERIFY_RECORD = z.strictObject({
	version: z.literal(1),
	issueId: z.string(),
	milestoneId: z.string(),
	startedAt: z.string(),
	endedAt: z.string(),
	durationMs: z.number(),
	/** The commit that was judged. */
	commit: z.string(),
	/** The commit that it was compared with: what the branch started from. */
	base: z.string(),
	/** Hash of everything that the answer depends on beside the two commits: checks, settings, set-up, network, variables. */
	key: z.string(),
	/** The command by which the worktree was set up; absent where there was none, and in records of earlier versions. */
	setUp: z.string().exactOptional(),
	checks: z.array(checkRun),
	/** The gravest first; empty when nothing speaks against the commit. */
	failures: z.array(z.enum(CHECK_FAILURES)),
	/** Failed, and passed on the base. */
	newFailures: z.array(CHECK_FINDING),
	/** Passed on the base, and gone or skipped. */
	vanished: z.array(CHECK_FINDING),
	/** Whether the issue says that it removes tests, so that these are no failure. */
	mayVanish: z.boolean(),
	/** Fail only with the base's version of what the checks are made of. */
	weakened: z.array(CHECK_FINDING),
	/** What the checks are made of and the branch has changed: paths, of `package.json` with the keys. */
	changed: z.array(z.string()),
	/** Whether the second run with the base's version of those files came to an answer; absent where there was none. */
	isWeakeningKnown: z.boolean().exactOptional(),
	/** Tests that prove nothing of the change: new ones pass on the base's sources too; changed ones no longer say what they said. */
	unproved: z.array(CHECK_FINDING),
	/** New tests that fail on the base's sources. */
	proved: z.number(),
	newTests: z.number(),
	/** Failed on the base, and do not pass: they fail, are skipped, or are gone. */
	preExisting: z.array(CHECK_FINDING),
	/** Failed on the base, and pass. */
	fixed: z.array(CHECK_FINDING),
	/** Failed, and did not in a second run. */
	flaky: z.array(CHECK_FINDING),
	/** What these lists have no room for; absent where they are whole. */
	left: z.array(left).exactOptional(),
});

/** What checks say of a commit. */
export type VerifyRecord = Infer<typeof VERIFY_RECORD>;

/** Schema of what checks said, in numbers. */
export const CHECK_COUNTS = z.strictObject({
	/** Tests; of a check without a report, one. */
	passed: z.number(),
	notRun: z.number(),
	new: z.number(),
	vanished: z.number(),
	weakened: z.number(),
	unproved: z.number(),
	changed: z.number(),
	/** Failed on the base too. */
	preExisting: z.number(),
});

/** What checks said, in numbers. */
export type CheckCounts = Infer<typeof CHECK_COUNTS>;
