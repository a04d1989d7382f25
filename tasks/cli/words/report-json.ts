import { given } from "../../contract/given.ts";
import type { IssuePlan } from "../../contract/issue.ts";
import type { RunOptions } from "../../contract/options.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import type { RunReport } from "../../engine/execute.ts";
import { judgedAsJson } from "./judged-words.ts";
import { notesOf, statusOf } from "./outcome-words.ts";
import { messageOf } from "./problem-words.ts";
import type { Say } from "./say.ts";

/** A run as data. */
export function reportAsJson(
	report: RunReport<IssuePlan>,
	exitCode: number,
	{ rehearse }: RunOptions,
	say: Say,
): unknown {
	return {
		exitCode,
		...given({ rehearsal: rehearse }),
		stopped: report.stop?.kind ?? null,
		...(report.closing.size > 0 ? { closing: closingAsJson(report, say) } : {}),
		issues: report.issues.map((issue) => {
			const outcomes = report.outcomes.get(issue.id) ?? new Map();
			const { word, record, judged } = statusOf(outcomes);
			const notes = notesOf(outcomes);
			return {
				issueId: issue.id,
				milestoneId: issue.milestone,
				status: word,
				branch: issue.branch,
				worktreePath: issue.worktreePath,
				logDir: issue.logDir,
				tasks: Object.fromEntries([...outcomes].map(([name, outcome]) => [name, outcome.status])),
				problems: [...outcomes].flatMap(([task, outcome]) =>
					outcome.status === "failed" ? problemsAsJson(outcome.error, say.at(task)) : [],
				),
				...(notes.length > 0 ? { notes: Object.fromEntries(notes) } : {}),
				...judgedAsJson(judged),
				record: record ?? null,
			};
		}),
	};
}

function closingAsJson(report: RunReport<IssuePlan>, say: Say): unknown {
	return Object.fromEntries(
		[...report.closing].map(([name, outcome]) => [
			name,
			{
				status: outcome.status,
				...(outcome.status === "done" ? { value: outcome.value } : {}),
				...(outcome.status === "failed" ? { problems: problemsAsJson(outcome.error, say) } : {}),
			},
		]),
	);
}

/** An error's problems as data. */
export function problemsAsJson(error: Error, say: Say): unknown[] {
	if (!(error instanceof Failure)) return [{ kind: "defect", what: error.stack ?? error.message }];
	return error.problems.map((problem: Problem) => ({ ...problem, ...messageOf(problem, say) }));
}
