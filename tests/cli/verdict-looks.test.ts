import { describe, expect, test } from "vitest";
import { issueAnnotations } from "../../tasks/cli/reports/annotations.ts";
import { issueCases } from "../../tasks/cli/reports/junit.ts";
import { runSummary } from "../../tasks/cli/reports/step-summary.ts";
import { verdictOf } from "../../tasks/cli/reports/verdict.ts";
import type { IssueStanding } from "../../tasks/cli/standing.ts";
import { Board } from "../../tasks/cli/views/board.ts";
import { plainView } from "../../tasks/cli/views/plain-view.ts";
import { reviewLines } from "../../tasks/cli/words/evidence.ts";
import { statusOf } from "../../tasks/cli/words/outcome-words.ts";
import { reportAsJson } from "../../tasks/cli/words/report-json.ts";
import { standingAsJson, statusTable } from "../../tasks/cli/words/standing-words.ts";
import { problemParagraphs } from "../../tasks/cli/words/summary.ts";
import { closingTable } from "../../tasks/cli/words/table.ts";
import { nothingVerified } from "../../tasks/cli/words/unverified-words.ts";
import { whyText } from "../../tasks/cli/words/why-words.ts";
import { REFUSALS } from "../../tasks/contract/accept-record.ts";
import type { RunOptions } from "../../tasks/contract/options.ts";
import { Failure } from "../../tasks/contract/problem.ts";
import type { Judged } from "../../tasks/contract/standing.ts";
import { NOT_RUN } from "../../tasks/contract/verify-record.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { acceptRecord, attemptRecord, verifyRecord } from "../support/documents.ts";
import {
	DELIVERY,
	type Delivered,
	deliveryOf,
	done,
	foundEverything,
	refused,
	reviewed,
	worked,
} from "../support/judged.ts";
import { HOSTILE, plannedIssue } from "../support/reports.ts";
import { testSay } from "../support/say.ts";

// However an issue's work was judged, every look tells the same of it.

const say = testSay();
const TIP = "4".repeat(40);
const NOW = Date.parse("2026-01-02T04:05:05.678Z");

/** How an issue came out of a run, and what every look says of it. */
interface Case {
	readonly delivered: Delivered;
	readonly status: string;
	readonly checks: string;
	readonly review: string;
	/** What a report for machines has; nothing for an issue that is done. */
	readonly type?: string;
	/** What git and the logs hold of it afterwards, and why its verdict is not up to date. */
	readonly judged?: Judged;
	readonly because?: unknown;
	readonly standing?: string;
	readonly last?: string;
}

const work = { dev: done({ kind: "turn", record: worked() }), save: done({ kind: "saved", record: worked() }) };
const verified = (record = verifyRecord()) => done({ kind: "verified", commit: TIP, record });
const reviewOf = (of: ReturnType<typeof reviewed>) => done({ kind: "turn", ...of });
const accepted = (changes = {}) => acceptRecord({ at: "2026-01-02T03:07:05.678Z", ...changes });
const pass = reviewed("pass");
const asks = reviewed("changes_required");
const failing = foundEverything("adds two numbers");
const found = { high: 1, medium: 0, low: 0 };
const asked = attemptRecord({ phase: "review", outcome: "blocked", details: ["Which format?"] });
const isOld = (outcome: Outcome<unknown>) => ({ ...outcome, status: "up-to-date" }) as Outcome<unknown>;
const unchecked = accepted({ key: null, checks: null });
const counts = { passed: 142, notRun: 1, new: 1, vanished: 1, weakened: 1, unproved: 1, changed: 1, preExisting: 1 };
const EVERYTHING = "142 ✓ 1 not run 1 new 1 vanished 1 weakened 1 unproved 1 changed 1 pre-existing";

function refusedFor(reason: (typeof REFUSALS)[number]): Case {
	const isReviewed = reason === "changes-required" || reason === "repeated-findings";
	const review = isReviewed ? { turn: "review-2", outcome: "changes_required", found, confidence: "high" } : null;
	const { record, outcome } = refused([reason], {
		checks: counts,
		review,
		at: "2026-01-02T03:07:05.678Z",
	});
	return {
		delivered: {
			...work,
			verify: verified(failing),
			review: done({ kind: "not-needed", because: "failing" }),
			accept: outcome,
		},
		status: `not accepted: ${reason}`,
		checks: EVERYTHING,
		review: isReviewed ? "1 high" : "not taken",
		type: reason,
		judged: { checks: failing, verdict: record },
		because: { kind: "not-accepted", record },
		standing: `not accepted: ${reason}`,
		last: `not accepted: ${reason}`,
	};
}

const CASES: Readonly<Record<string, Case>> = {
	accepted: {
		delivered: {
			...work,
			verify: verified(),
			review: reviewOf(pass),
			accept: done({ kind: "accepted", record: accepted() }),
		},
		status: "accepted",
		checks: "3 ✓",
		review: "pass",
		judged: { checks: verifyRecord(), review: pass, verdict: accepted() },
		standing: "accepted",
		last: "accepted",
	},
	"accepted, without checks": {
		delivered: {
			...work,
			verify: done({ kind: "verified", commit: TIP, record: null }),
			review: reviewOf(pass),
			accept: done({ kind: "accepted", record: unchecked }),
		},
		status: "accepted, reviewed only",
		checks: "none",
		review: "pass",
		judged: { review: pass, verdict: unchecked },
		standing: "accepted, reviewed only",
		last: "accepted, reviewed only",
	},
	"accepted before": {
		delivered: {
			dev: isOld(work.dev),
			save: isOld(work.save),
			accept: isOld(done({ kind: "accepted", record: accepted() })),
		},
		status: "up to date",
		checks: "3 ✓",
		review: "pass",
	},
	"accepted, and gone on with": {
		delivered: { ...work, verify: verified(), accept: { status: "cancelled", started: false } },
		status: "not started",
		checks: "3 ✓",
		review: "-",
		judged: { checks: verifyRecord(), verdict: accepted({ commit: "6".repeat(40) }) },
		because: { kind: "gone-on", accepted: "6".repeat(40), commits: 2 },
		standing: "accepted at 6666666666, 2 commits since",
		last: "accepted",
	},
	"blocked by a question of the reviewer": {
		delivered: {
			...work,
			verify: verified(),
			review: { status: "failed", error: new Failure({ kind: "attempt", record: asked, logDir: "/l" }) },
			accept: { status: "blocked", by: { task: "review" } },
		},
		status: "blocked by a question",
		checks: "3 ✓",
		review: "blocked",
		type: "question",
		judged: { checks: verifyRecord(), review: { record: asked } },
		because: { kind: "last-attempt", record: asked },
		standing: "blocked by a question",
	},
	"not accepted yet, and its checks fail": {
		delivered: { ...work, verify: verified(failing) },
		status: "checks fail: not-run",
		checks: EVERYTHING,
		review: "-",
		type: "not-run",
	},
	"not accepted yet, and its review asks for changes": {
		delivered: { ...work, verify: verified(), review: reviewOf(asks) },
		status: "changes required",
		checks: "3 ✓",
		review: "1 high",
		type: "changes-required",
	},
	...Object.fromEntries(REFUSALS.map((reason) => [`not accepted: ${reason}`, refusedFor(reason)])),
};

describe.each(Object.entries(CASES))("%s", (_, { delivered, status, checks, review, type, ...after }) => {
	const report = deliveryOf(delivered);
	const [issue = plannedIssue("A-1")] = report.issues;
	const cells = (line = "", by: RegExp) => line.split(by).map((each) => each.trim());

	test("in the closing table", () => {
		const [heading, row] = closingTable(report, "/repo", false).split("\n");
		expect(cells(heading, / {2,}/).slice(0, 4)).toEqual(["ISSUE", "STATUS", "CHECKS", "REVIEW"]);
		expect(cells(row, / {2,}/).slice(0, 4)).toEqual(["A-1", status, checks, review]);
	});

	test("as data", () => {
		const { issues } = reportAsJson(report, 0, {} as RunOptions, say) as { issues: Record<string, unknown>[] };
		const { judged } = statusOf(report.outcomes.get("A-1") ?? new Map());
		expect(issues[0]).toMatchObject({ status, checks: judged.checks ?? null, verdict: judged.verdict ?? null });
	});

	test("for machines: red is what is not done", () => {
		const { verdict } = verdictOf(report, issue);
		const isRed = type !== undefined;
		expect(verdict).toBe(isRed ? (type === "question" ? "deferred" : "failed") : verdict);
		const [junit] = issueCases(report, "deliver M1", 1, [], say);
		expect(junit?.bad && "type" in junit.bad ? junit.bad.type : undefined).toBe(type);
		if (checks !== "-") expect(junit?.output).toContain(`checks ${checks}`);
		expect(issueAnnotations(report, say).map(({ title }) => title)).toEqual(isRed ? [`A-1 ${status}`] : []);
		const row = runSummary(report, "deliver M1", [], say)
			.split("\n")
			.find((line) => line.includes("| A-1"));
		const [, , told, ...rest] = cells(row, /\|/);
		expect([told?.replace(/^\S+ /, ""), ...rest.slice(0, 2)]).toEqual([
			status,
			...[checks, review].map((each) => (each === "-" ? "" : each)),
		]);
		if (delivered.verify && checks === EVERYTHING) {
			const text = junit?.bad && "text" in junit.bad ? junit.bad.text : "";
			expect(text).toContain("new failure: tests: adds two numbers: adds two numbers");
		}
	});

	test("in the live list", () => {
		const board = new Board(Object.values(DELIVERY), () => 0);
		board.take({ kind: "issues-known", issues: report.issues });
		board.take({ kind: "issue-settled", issue: "A-1", outcomes: report.outcomes.get("A-1") ?? new Map() });
		expect(board.issues[0]?.words).toMatch(new RegExp(`^${status}(?:  |$)`));
		const marks = { question: "blocked" } as Readonly<Record<string, string>>;
		if (type) expect(board.issues[0]?.mark).toBe(marks[type] ?? "failed");
		else expect(board.issues[0]?.mark).toBe(status === "not started" ? "cancelled" : "done");
	});

	test.runIf(after.standing)("afterwards, in status and why", () => {
		const { judged, because, standing, last } = after;
		const survey = {
			issue: "A-1",
			record: judged?.review?.record ?? worked(),
			holder: null,
			tip: TIP,
			ahead: 1,
			isMerged: false,
			hasWorktree: false,
			...(judged ? { judged } : {}),
		};
		const unmet = because === undefined ? [] : [{ task: DELIVERY.accept, because, last: undefined }];
		const one: IssueStanding = { issue, unmet, blockedBy: [], survey, surveys: new Map() };
		const [, row] = statusTable([one], [], NOW).split("\n");
		expect(cells(row, / {2,}/).slice(0, 3)).toEqual(["A-1", standing, last ?? status]);
		expect(standingAsJson(one, new Set())).toMatchObject({
			standing,
			checks: judged?.checks ?? null,
			review: judged?.review ?? null,
			verdict: judged?.verdict ?? null,
		});
		const why = whyText(one, NOW, say);
		expect(why).toMatch(because === undefined ? /^A-1 is up to date: it was accepted/ : /^A-1 is not up to date: /);
		if (judged?.checks) expect(why).toContain(`Checks of 4444444444, compared with 1111111111: `);
		if (type === "question") expect(why).toContain("A person has to answer first:\n  Which format?");
	});
});

test("everything that was found is told, whether it speaks against the work or not", () => {
	const { outcome, record } = refused(["new-failures", "not-run"]);
	const delivered = { ...work, verify: verified(failing), review: reviewOf(asks), accept: outcome };
	const [junit] = issueCases(deliveryOf(delivered), "deliver M1", 1, [], say);
	const text = junit?.bad && "text" in junit.bad ? junit.bad.text : "";
	for (const words of [
		"Checks of 4444444444, compared with 1111111111: 142 ✓ 1 not run 1 new",
		"tests failed with exit code 1, log /repo/logs/orch/M1/A-1/verify.tests.log",
		"types has no answer: timed out, adds two numbers, log /repo/logs/orch/M1/A-1/verify.types.log",
		"tests: nothing to compare with, the base has no answer: timed out",
		"new failure: tests: adds two numbers: adds two numbers",
		"vanished: tests: adds two numbers",
		"fails with the base's version of the checks: tests: adds two numbers",
		"proves nothing: passes without the change as well: tests: adds two numbers",
		"the checks are made of what was changed: adds two numbers",
		"whether that weakens them is not known",
		"flaky: did not fail in a second run: tests: adds two numbers",
		"failed on the base, and does not pass: tests: adds two numbers",
		"fixed: tests: adds two numbers",
		"new tests: 2, of which 1 fail without the change",
		"Review: 1 high, confidence high",
		"high: No test (src/a.ts:1)",
		"asks for: Add a test.",
	])
		expect(text).toContain(words);
	expect(record.reasons).toHaveLength(2);
});

test("what a review says that finds nothing, and sends the work back all the same, is told", () => {
	const review = reviewed("changes_required", {
		issues: [],
		requiredActions: [],
		summary: "It is not what was meant.",
	});
	const { outcome } = refused(["changes-required"], {}, { review: review.result });
	const [text = ""] = problemParagraphs(deliveryOf({ ...work, accept: outcome }), say);
	expect(text).toContain("\n  review: It is not what was meant.\n");
	expect(reviewLines(review).at(-1)).toBe("  says: It is not what was meant.");
});

test("what to type next is told for each reason, with the logs of the checks", () => {
	for (const reason of REFUSALS) {
		const { outcome } = refused([reason]);
		const [text = ""] = problemParagraphs(deliveryOf({ ...work, accept: outcome }), say);
		expect(text).toMatch(/^A-1 is not accepted: /);
		expect(text).toContain("Log: /repo/logs/orch/M1/A-1/verify.tests.log");
		expect(text).toMatch(/^ *Everything that was found: npx tsx orchfile.ts why A-1$/m);
		expect(text).toMatch(/: npx tsx orchfile.ts dev A-1$/);
	}
	const [vanished = ""] = problemParagraphs(deliveryOf({ accept: refused(["vanished"]).outcome }), say);
	expect(vanished).toContain("removes_tests: true");
});

test.each(NOT_RUN)("a check without an answer, %s: what helps is told first, and no command as if it did", (reason) => {
	const [check] = verifyRecord().checks;
	const checks = verifyRecord({
		checks: [{ ...check, status: "not-run", reason } as never],
		failures: ["not-run"],
		commit: TIP,
	});
	const isOfMachine = ["no-sandbox", "not-started", "set-up-failed"].includes(reason);
	const { outcome, record } = refused(["not-run"], { commit: TIP }, { checks });
	const verdict = problemParagraphs(deliveryOf({ ...work, accept: outcome }), say);
	const alone = problemParagraphs(deliveryOf({ ...work, verify: verified(checks) }), say);
	const unmet = [{ task: DELIVERY.accept, because: { kind: "not-accepted", record }, last: undefined }];
	const found = { record: worked(), holder: null, tip: TIP, ahead: 1, isMerged: false, hasWorktree: false };
	const survey = { issue: "A-1", ...found, judged: { checks, verdict: record } };
	const one: IssueStanding = { issue: plannedIssue("A-1"), unmet, blockedBy: [], survey, surveys: new Map() };
	for (const text of [verdict, alone, [whyText(one, NOW, say)]].map(([each = ""]) => each)) {
		const lines = text.split("\n").map((line) => line.trim());
		expect(lines.at(-1)).toMatch(/: npx tsx orchfile\.ts dev A-1$/);
		expect(/^Once that is (settled|put right)/.test(lines.at(-1) ?? "")).toBe(isOfMachine);
		if (reason === "no-sandbox") expect(lines.at(-2)).toMatch(/: npx tsx orchfile\.ts doctor$/);
		if (isOfMachine || text === verdict[0]) expect(lines.at(-2)).toMatch(/^[A-Z].*[.r]$/);
	}
	// What has been committed since may have an answer.
	expect(whyText({ ...one, survey: { ...survey, tip: "7".repeat(40) } }, NOW, say)).toMatch(/^Next: /m);
});

test("time and tokens are those of all turns of the run, and none of earlier ones", () => {
	const row = (delivered: Delivered) => closingTable(deliveryOf(delivered), "/repo", false).split("\n")[1];
	expect(row({ ...work, review: reviewOf(pass) })).toMatch(/ {2}1 +2 +\+30 -4 +2m00s +480 /);
	expect(row({ dev: isOld(work.dev), review: reviewOf(pass) })).toMatch(/ {2}1 +2 +\+30 -4 +1m00s +240 /);
	expect(row({ dev: isOld(work.dev), save: work.save })).toMatch(/ {2}1 +2 +\+30 -4 +- +- /);
});

test("nothing that a test, a check, a file or a reviewer is called commands whoever reads it", () => {
	const hostile = foundEverything(HOSTILE);
	const [check] = hostile.checks;
	const record = { ...hostile, checks: [{ ...check, name: HOSTILE } as never, ...hostile.checks] };
	const review = reviewed("changes_required", {
		issues: [{ severity: "high", title: HOSTILE, details: HOSTILE, evidence: HOSTILE }],
		requiredActions: [HOSTILE],
	});
	const { outcome } = refused(["new-failures"], {}, { checks: record, review: review.result });
	const report = deliveryOf({ ...work, verify: verified(record), review: reviewOf(review), accept: outcome });
	const issue = plannedIssue("A-1");
	const survey = {
		issue: "A-1",
		record: worked(),
		holder: null,
		tip: TIP,
		ahead: 1,
		isMerged: false,
		hasWorktree: false,
	};
	const because = { kind: "not-verified", commit: TIP };
	const standing: IssueStanding = {
		issue,
		unmet: [{ task: DELIVERY.accept, because, last: undefined }],
		blockedBy: [],
		survey: { ...survey, judged: { checks: record, review } },
		surveys: new Map(),
	};
	for (const text of [
		whyText(standing, NOW, say),
		...problemParagraphs(report, say),
		...problemParagraphs(deliveryOf({ ...work, verify: verified(record) }), say),
		closingTable(report, "/repo", false),
		runSummary(report, "deliver M1", [], say),
	]) {
		expect(text).not.toMatch(/\p{Cc}(?<!\n)/u);
		expect(text).not.toMatch(/^\s*::/m);
		for (const line of text.split("\n")) expect(line.length).toBeLessThan(1500);
	}
});

test("with --verbose, plain lines have what checks and reviews found, by name", () => {
	const linesOf = (verbose: boolean) => {
		const lines: string[] = [];
		const view = plainView((line) => lines.push(line), say, verbose, Object.values(DELIVERY));
		view.onEvent({ kind: "task-settled", issue: "A-1", task: "verify", outcome: verified(failing) });
		view.onEvent({ kind: "task-settled", issue: "A-1", task: "review", outcome: reviewOf(asks) });
		return lines.join("");
	};
	expect(linesOf(false)).toBe(
		"A-1  verify  tests: 142 ✓ 1 new 1 vanished 1 weakened 1 unproved 1 pre-existing, types: not run, 1 changed\nA-1  review  changes required, in 1m00s, 240 tokens\n",
	);
	expect(linesOf(true)).toContain("A-1  verify    new failure: tests: adds two numbers: adds two numbers\n");
	expect(linesOf(true)).toContain("A-1  review    asks for: Add a test.\n");
});

test("that nothing is verified is said once a run, where work is accepted and there are no checks at all", () => {
	const none = done({ kind: "verified", commit: TIP, record: null });
	const told = (delivered: Delivered) => nothingVerified(deliveryOf(delivered));
	expect(told({ ...work, verify: none })).toMatch(/^Nothing is verified: the orchfile names no checks\./);
	expect(told({ accept: done({ kind: "accepted", record: unchecked }) })).toMatch(/^Nothing is verified/);
	expect(told({ ...work, verify: verified() })).toBeUndefined();
	expect(told({ accept: isOld(done({ kind: "accepted", record: accepted() })) })).toBeUndefined();
	expect(told(work)).toBeUndefined();
	const { tasks, ...rest } = deliveryOf({ ...work, verify: none });
	expect(nothingVerified({ ...rest, tasks: tasks.filter(({ role }) => role !== "accept") })).toBeUndefined();
	// One issue has checks of its own.
	const [one, other] = [deliveryOf({ ...work, verify: none }), deliveryOf({ ...work, verify: verified() }, "A-2")];
	const both = {
		...one,
		issues: [...one.issues, ...other.issues],
		outcomes: new Map([...one.outcomes, ...other.outcomes]),
	};
	expect(nothingVerified(both)).toBeUndefined();
});
