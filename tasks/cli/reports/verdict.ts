import type { IssuePlan } from "../../contract/issue.ts";
import { problemOf } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import type { RunReport } from "../../engine/execute.ts";
import { type Outcome, unreachable } from "../../engine/outcome.ts";
import { faultIn, type JudgedInRun } from "../words/judged-words.ts";
import { statusOf, stopReason } from "../words/outcome-words.ts";

/** How an issue came out of a run, for machines that know no more than a few ways. */
export type Verdict = "passed" | "failed" | "deferred" | "blocked" | "stopped" | "cancelled" | "not-started";

/** A verdict, with what a report has to say about it. */
export interface IssueVerdict {
	readonly verdict: Verdict;
	/** As the closing table has it. */
	readonly word: string;
	/** What exactly it was: the reason of an attempt, or the kind of a problem. */
	readonly type: string;
	readonly record: AttemptRecord | undefined;
	/** The turns that were taken for it in this run. */
	readonly turns: readonly AttemptRecord[];
	readonly judged: JudgedInRun;
}

/** Judges an issue by the first of its tasks that did not end well, as the closing table does. */
export function verdictOf(report: RunReport<IssuePlan>, issue: IssuePlan): IssueVerdict {
	const outcomes = report.outcomes.get(issue.id) ?? new Map<string, Outcome<unknown>>();
	const { word, good, bad, record, turns, judged } = statusOf(outcomes);
	const common = { word, record, turns, judged };
	if (good) return { ...common, verdict: "passed", type: "passed" };
	const [verdict, type] = bad ? judge(bad) : (["failed", faultIn(outcomes)?.kind ?? "failed"] as const);
	return { ...common, verdict, type };
}

function judge(outcome: Outcome<unknown>): readonly [Verdict, string] {
	switch (outcome.status) {
		case "done":
		case "up-to-date":
		case "not-in-run":
			return ["passed", "passed"];
		case "blocked":
			return ["blocked", "blocked"];
		case "cancelled":
			return outcome.started ? stoppedOrCancelled(outcome) : ["not-started", "not-started"];
		case "failed": {
			const problem = problemOf(outcome.error);
			if (problem?.kind === "not-accepted") return ["failed", problem.record.reasons[0] ?? problem.kind];
			if (problem?.kind !== "attempt") return ["failed", problem?.kind ?? "defect"];
			const { outcome: ended, reason } = problem.record;
			// Both wait for a person's answer.
			if (ended === "blocked") return ["deferred", "question"];
			const isOwn = ended === "deferred" || ended === "stopped" || ended === "cancelled";
			return [isOwn ? ended : "failed", reason ?? ended];
		}
		default:
			return unreachable(outcome);
	}
}

function stoppedOrCancelled(outcome: Extract<Outcome<unknown>, { status: "cancelled" }>): readonly [Verdict, string] {
	const reason = stopReason(outcome);
	return reason ? ["stopped", reason] : ["cancelled", "cancelled"];
}
