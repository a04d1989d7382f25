import type { AcceptRecord, Refusal } from "../../tasks/contract/accept-record.ts";
import type { IssuePlan } from "../../tasks/contract/issue.ts";
import { Failure } from "../../tasks/contract/problem.ts";
import type { VerdictProblem } from "../../tasks/contract/problems/verdict.ts";
import type { AttemptRecord } from "../../tasks/contract/record.ts";
import type { PhaseResult } from "../../tasks/contract/result.ts";
import { CHECK_FAILURES, type VerifyRecord } from "../../tasks/contract/verify-record.ts";
import type { RunReport } from "../../tasks/engine/execute.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { forEach, type Task, task } from "../../tasks/engine/task.ts";
import { acceptRecord, answer, attemptRecord, verifyRecord } from "./documents.ts";
import { plannedIssue } from "./reports.ts";

const perIssue = forEach(task("plan", { summary: "", run: async (): Promise<readonly IssuePlan[]> => [] }));
const ROLES = { dev: "turn", save: "save", verify: "verify", review: "turn", accept: "accept" } as const;

/** The tasks of a delivery, by what each is for. */
export const DELIVERY: Readonly<Record<keyof typeof ROLES, Task<unknown, "issue">>> = Object.fromEntries(
	Object.entries(ROLES).map(([name, role]) => [
		name,
		perIssue(name, { summary: "", role, run: async () => undefined }),
	]),
) as never;

/** How tasks of a delivery ended. */
export type Delivered = Partial<Record<keyof typeof ROLES, Outcome<unknown>>>;

/** Everything that checks can find, each by this text. */
export function foundEverything(text: string): VerifyRecord {
	const finding = [{ check: "tests", test: text, message: text }];
	const [tests] = verifyRecord().checks;
	return verifyRecord({
		checks: [
			{
				...tests,
				status: "fail",
				exitCode: 1,
				baseNotRun: "timed-out",
				tests: { passed: 142, failed: 3, skipped: 0 },
			} as never,
			{
				name: "types",
				run: "tsc",
				status: "not-run",
				reason: "timed-out",
				detail: text,
				exitCode: null,
				durationMs: 1,
				log: "verify.types.log",
			},
		],
		failures: [...CHECK_FAILURES],
		newFailures: finding,
		vanished: finding,
		weakened: finding,
		changed: [text],
		isWeakeningKnown: false,
		unproved: finding,
		proved: 1,
		newTests: 2,
		preExisting: finding,
		fixed: finding,
		flaky: finding,
	});
}

/** A turn that works, as it was saved. */
export function worked(changes: Partial<AttemptRecord> = {}): AttemptRecord {
	const saved = {
		at: "",
		head: "4".repeat(40),
		commit: "4",
		commits: 1,
		filesChanged: 2,
		insertions: 30,
		deletions: 4,
	};
	return attemptRecord({ saved, ...changes });
}

/** How a review ended, and what it answered. */
export function reviewed(
	outcome: AttemptRecord["outcome"],
	changes: Partial<PhaseResult<"review">> = {},
): { readonly record: AttemptRecord; readonly result: PhaseResult<"review"> } {
	const result = answer("review", { status: outcome, ...(outcome === "pass" ? { issues: [] } : {}), ...changes });
	const record = attemptRecord({ phase: "review", outcome, startedAt: "2026-01-02T03:06:05.678Z" });
	return { record, result };
}

/** An outcome that went well, in this run. */
export function done(value: unknown): Outcome<unknown> {
	return { status: "done", value };
}

/** A verdict against work, for these reasons. */
export function refused(
	reasons: readonly Refusal[],
	changes: Partial<AcceptRecord> = {},
	found: Pick<VerdictProblem, "checks" | "review"> = { checks: foundEverything("adds two numbers") },
) {
	const record = acceptRecord({ outcome: "not-accepted", reasons: [...reasons], ...changes });
	const problem = { kind: "not-accepted", record, ...found, logDir: "/repo/logs/orch/M1/A-1" } as const;
	return { record, outcome: { status: "failed", error: new Failure(problem) } as const };
}

/** A run of a delivery in which one issue ended so. */
export function deliveryOf(delivered: Delivered, id = "A-1"): RunReport<IssuePlan> {
	const names = Object.keys(ROLES) as (keyof typeof ROLES)[];
	const outcomes = names.flatMap((name) => (delivered[name] ? [[name, delivered[name]] as const] : []));
	return {
		tasks: Object.values(DELIVERY),
		run: new Map(),
		closing: new Map(),
		issues: [plannedIssue(id)],
		outcomes: new Map([[id, new Map(outcomes)]]),
		stop: undefined,
	};
}
