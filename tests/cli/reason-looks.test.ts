import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { readArguments } from "../../tasks/cli/arguments.ts";
import { conclude } from "../../tasks/cli/conclude.ts";
import { toldIssues } from "../../tasks/cli/notify/told.ts";
import { issueCases } from "../../tasks/cli/reports/junit.ts";
import type { IssueStanding } from "../../tasks/cli/standing.ts";
import type { Surroundings } from "../../tasks/cli/surroundings.ts";
import { Board } from "../../tasks/cli/views/board.ts";
import { standingAsJson, statusTable } from "../../tasks/cli/words/standing-words.ts";
import { Failure } from "../../tasks/contract/problem.ts";
import { type AttemptRecord, REASONS, RECORD } from "../../tasks/contract/record.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { attemptRecord } from "../support/documents.ts";
import { plannedIssue, runReport } from "../support/reports.ts";
import { testSay } from "../support/say.ts";

// For whatever reason a turn has ended, every look tells the same of it.

type Reason = (typeof REASONS)[number];
type Ended = "failed" | "stopped" | "cancelled";

/** How an attempt that ended for a reason is called; a limit, a person's or the provider's, says nothing of the work. */
const ENDED: Readonly<Record<Reason, Ended>> = {
	"invalid-result": "failed",
	"runner-error": "failed",
	"protocol-error": "failed",
	stalled: "failed",
	"reviewer-wrote": "failed",
	"branch-moved": "failed",
	"timed-out": "stopped",
	"over-budget": "stopped",
	"usage-limit": "stopped",
	until: "stopped",
	interrupted: "cancelled",
};

const NOW = Date.parse("2026-01-02T06:00:00Z");
const issue = plannedIssue("A-1");

function recordOf(reason: Reason): AttemptRecord {
	return attemptRecord({ outcome: ENDED[reason], reason, details: ["so it was"] });
}

/** As the engine tells it: what was ended with the run is the run's doing. */
function outcomeOf(reason: Reason): Outcome<unknown> {
	const error = new Failure({ kind: "attempt", record: recordOf(reason), logDir: issue.logDir });
	if (reason === "until") return { status: "cancelled", started: true, error, because: "until" };
	return reason === "interrupted" ? { status: "cancelled", started: true, error } : { status: "failed", error };
}

/** What a run prints that came to this, and its exit code. */
async function concluded(reason: Reason, ...more: readonly string[]) {
	let stdout = "";
	const out = new Writable({
		write: (chunk, _, done) => {
			stdout += chunk;
			done();
		},
	});
	const around = { stdout: out, stderr: new Writable({ write: (_chunk, _, done) => done() }), cwd: "/", env: {} };
	const request = readArguments(["dev", "M1", ...more], "npx tsx orchfile.ts", "/") as never;
	const report = runReport([[issue, outcomeOf(reason)]]);
	const surroundings = { ...around, say: testSay(), extras: [] } as unknown as Surroundings;
	const { exitCode } = await conclude(request, report, [], undefined, surroundings);
	return { stdout, exitCode };
}

test.each(REASONS)("%s: table, JSON, JUnit, view, status and the record have the same", async (reason) => {
	const record = recordOf(reason);
	expect(RECORD.parse(record)).toMatchObject({ outcome: ENDED[reason], reason });
	// Of a run that a person has ended, the word says so, and the record the reason.
	const word = reason === "interrupted" ? "cancelled" : `${ENDED[reason]}: ${reason}`;
	const { stdout, exitCode } = await concluded(reason);
	expect(exitCode).toBe(1);
	expect(stdout).toMatch(new RegExp(`^A-1 +${word} `, "m"));
	const [told] = JSON.parse((await concluded(reason, "--json")).stdout).issues;
	expect(told).toMatchObject({ status: word });
	expect(told.record).toMatchObject({ outcome: ENDED[reason], reason });

	const report = runReport([[issue, outcomeOf(reason)]]);
	const [red] = issueCases(report, "dev M1", 1, [], testSay());
	expect(red?.bad).toMatchObject({ type: reason === "interrupted" ? "cancelled" : reason });
	expect(toldIssues(report)).toMatchObject([{ status: word, came: ENDED[reason] === "failed" ? "failed" : "left" }]);

	const board = new Board(report.tasks, () => 0);
	board.take({ kind: "issues-known", issues: [issue] });
	board.take({ kind: "issue-settled", issue: "A-1", outcomes: report.outcomes.get("A-1") ?? new Map() });
	expect(board.issues[0]).toMatchObject({ mark: ENDED[reason], words: expect.stringContaining(word) });

	const because = { kind: "ended", outcome: record.outcome, reason };
	const [turn] = report.tasks;
	const standing = {
		issue,
		unmet: [{ task: turn, because, last: undefined }],
		blockedBy: [],
		survey: { issue: "A-1", record, holder: null, tip: "1", ahead: 1, isMerged: false, hasWorktree: false },
		surveys: new Map(),
	} as unknown as IssueStanding;
	expect(statusTable([standing], [], NOW)).toContain(`${ENDED[reason]}: ${reason}`);
	expect(standingAsJson(standing, new Set())).toMatchObject({ record: { outcome: ENDED[reason], reason } });
});
