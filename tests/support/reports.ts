import type { IssuePlan } from "../../tasks/contract/issue.ts";
import { Failure } from "../../tasks/contract/problem.ts";
import type { AttemptRecord } from "../../tasks/contract/record.ts";
import type { RunReport } from "../../tasks/engine/execute.ts";
import type { Stop } from "../../tasks/engine/execution.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { forEach, task } from "../../tasks/engine/task.ts";
import { attemptRecord, issue } from "./documents.ts";

/** What commands a terminal, a runner of GitHub Actions, an XML parser, a browser or a table. */
export const HOSTILE =
	"evil\u0000\u001b[31m\r\n::error::one\n  ::add-mask::two ##[set-output name=x]three\n| <b>&amp; ]]> @you `x` ![i](http://x) \ufffe\ud800 %0A";

/** An issue as a run plans it. */
export function plannedIssue(id: string, changes: Partial<IssuePlan> = {}): IssuePlan {
	return {
		...issue(id),
		// As {@link attemptRecord} has it.
		docHash: "3".repeat(64),
		repository: { root: "/repo", commonDir: "/repo/.git" },
		base: { name: "main", commit: "1".repeat(40) },
		blockers: [],
		outside: [],
		stack: [],
		milestoneDocPath: "",
		branch: `issue/${id}`,
		worktreePath: `/repo.worktrees/${id}`,
		logDir: `/repo/logs/orch/M1/${id}`,
		...changes,
	};
}

/** How the dev phase of an issue ended, as the engine tells it. */
export function devOutcome(id: string, changes: Partial<AttemptRecord>): Outcome<unknown> {
	const record = attemptRecord({ issueId: id, ...changes });
	if (record.outcome === "pass") return { status: "done", value: { kind: "turn", record } };
	const problem = { kind: "attempt", record, logDir: `/repo/logs/orch/M1/${id}` } as const;
	return { status: "failed", error: new Failure(problem) };
}

const TURN = forEach(task("plan", { summary: "", run: async (): Promise<readonly IssuePlan[]> => [] }))("phase:dev", {
	summary: "",
	role: "turn",
	run: async () => undefined,
});

/** A run of these issues, each with the outcome of its dev phase. */
export function runReport(
	issues: readonly (readonly [IssuePlan, Outcome<unknown>])[],
	stop: Stop | undefined = undefined,
): RunReport<IssuePlan> {
	return {
		tasks: [TURN],
		run: new Map(),
		closing: new Map(),
		issues: issues.map(([planned]) => planned),
		outcomes: new Map(issues.map(([{ id }, outcome]) => [id, new Map([["phase:dev", outcome]])])),
		stop,
	};
}

/** One issue of each way to come out of a run; what agents and documents say in it is hostile. */
export function mixedReport(): RunReport<IssuePlan> {
	const saved = { at: "", head: "1", commit: "1", commits: 1, filesChanged: 2, insertions: 30, deletions: 4 };
	return runReport([
		[plannedIssue("A-1", { title: HOSTILE }), devOutcome("A-1", { saved })],
		[plannedIssue("A-2"), devOutcome("A-2", { outcome: "failed", reason: "invalid-result", details: [HOSTILE] })],
		[plannedIssue("A-3"), { status: "blocked", by: { issue: "A-2" } }],
		[plannedIssue("A-4", { milestone: null }), devOutcome("A-4", { outcome: "deferred", details: [HOSTILE] })],
		[
			plannedIssue("A-5"),
			{ status: "up-to-date", value: { kind: "turn", record: attemptRecord({ issueId: "A-5", saved }) } },
		],
		[plannedIssue("A-6"), { status: "cancelled", started: true }],
		[plannedIssue("A-7"), { status: "cancelled", started: false }],
	]);
}
