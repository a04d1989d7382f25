import { given } from "../../contract/given.ts";
import type { IssuePlan } from "../../contract/issue.ts";
import type { RunOptions } from "../../contract/options.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import type { RunReport } from "../../engine/execute.ts";
import type { Outcome } from "../../engine/outcome.ts";
import { judgedAsJson } from "./judged-words.ts";
import { notesOf, statusOf } from "./outcome-words.ts";
import { messageOf } from "./problem-words.ts";
import type { Say } from "./say.ts";
import { knownValue } from "./value-words.ts";

/** A run as data. */
export function reportAsJson(
	report: RunReport<IssuePlan>,
	exitCode: number,
	{ rehearse }: RunOptions,
	say: Say,
	page?: string,
): unknown {
	return {
		exitCode,
		...given({ rehearsal: rehearse }),
		stopped: report.stop?.kind ?? null,
		...(report.closing.size > 0 ? { closing: closingAsJson(report, say, page) } : {}),
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

function closingAsJson(report: RunReport<IssuePlan>, say: Say, page: string | undefined): unknown {
	return Object.fromEntries(
		[...report.closing].map(([name, outcome]) => [
			name,
			{
				status: outcome.status,
				...(outcome.status === "done" ? { value: valueAsJson(outcome, page) } : {}),
				...(outcome.status === "failed" ? { problems: problemsAsJson(outcome.error, say) } : {}),
			},
		]),
	);
}

/** What a closing task returned. All that is known of a night is in its page, and in `report --json`. */
function valueAsJson(
	outcome: Extract<Outcome<unknown>, { readonly status: "done" }>,
	page: string | undefined,
): unknown {
	const value = knownValue(outcome);
	return value?.kind === "report" ? { kind: value.kind, page: page ?? null } : outcome.value;
}

/** An error's problems as data. */
export function problemsAsJson(error: Error, say: Say): unknown[] {
	if (!(error instanceof Failure)) return [{ kind: "defect", what: error.stack ?? error.message }];
	return error.problems.map((problem: Problem) => ({ ...problem, ...messageOf(problem, say) }));
}
