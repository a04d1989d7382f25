import type { IssuePlan } from "../../contract/issue.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import type { RunReport } from "../../engine/execute.ts";
import type { Blocker } from "../../engine/outcome.ts";
import { withRole } from "../roles.ts";
import { evidenceLines } from "./evidence.ts";
import { oneLine } from "./format.ts";
import { heldSentence } from "./held-words.ts";
import { statusOf } from "./outcome-words.ts";
import { messageOf, paragraphOf } from "./problem-words.ts";
import { THEN } from "./refusal-words.ts";
import type { Say } from "./say.ts";
import { machineLines } from "./unanswered-words.ts";

/** What went wrong, a paragraph an issue; the same problem of several tasks or issues is said once. */
export function problemParagraphs(report: RunReport<IssuePlan>, say: Say): string[] {
	const paragraphs = report.issues.flatMap((issue) =>
		saidOf(report, issue, say, problemsOf).map(({ text, namesIssue }) => (namesIssue ? text : `${issue.id}  ${text}`)),
	);
	return [...new Set(paragraphs)];
}

/** What went wrong with one issue, a paragraph a problem. */
export function issueParagraphs(report: RunReport<IssuePlan>, issue: IssuePlan, say: Say): string[] {
	return saidOf(report, issue, say, problemsOf).map(({ text }) => text);
}

/** What went wrong with closing tasks, a paragraph a problem; what keeps a run from having its page is told in the place of that. */
export function closingParagraphs(report: RunReport<IssuePlan>, say: Say): string[] {
	const pages = withRole(report.tasks, "report").map(({ name }) => name);
	return [...report.closing].flatMap(([name, outcome]) =>
		outcome.status === "failed" && !pages.includes(name)
			? problemsOf(outcome.error, say).map((text) => `${name}  ${text}`)
			: [],
	);
}

/** A paragraph about an issue. */
interface Said {
	readonly text: string;
	/** True when it begins with the issue, so that nobody has to put it in front. */
	readonly namesIssue: boolean;
}

function saidOf(
	report: RunReport<IssuePlan>,
	issue: IssuePlan,
	say: Say,
	ofError: (error: Error, say: Say) => string[],
): Said[] {
	const said = [...(report.outcomes.get(issue.id) ?? [])].flatMap(([task, outcome]): Said[] => {
		if (outcome.status === "blocked" && !outcome.error)
			return blockedLine(report, issue.id, outcome.by, say).map((text) => ({ text, namesIssue: true }));
		if (outcome.status !== "failed" && outcome.status !== "blocked") return [];
		const { error } = outcome;
		const problems = error instanceof Failure ? error.problems : [];
		return error
			? ofError(error, say.at(task)).map((text, at) => ({ text, namesIssue: namesIssue(problems[at]) }))
			: [];
	});
	if (said.length > 0) return [...new Map(said.map((each) => [each.text, each])).values()];
	return faultOf(report, issue, say);
}

/** What was found where nothing has gone wrong, and nothing has come to a verdict: by the checks, or by a review. */
function faultOf(report: RunReport<IssuePlan>, { id, logDir }: IssuePlan, say: Say): Said[] {
	const { good, word, judged } = statusOf(report.outcomes.get(id) ?? new Map());
	if (good || !(judged.checks || judged.review)) return [];
	const lines = evidenceLines(judged, logDir).map((line) => `  ${line}`);
	const first = machineLines(judged.checks, say);
	const next = `${first.length > 0 ? THEN : "To have it fixed"}: ${say.goal(id)}`;
	return [{ text: [`${id} ${word}`, ...lines, `Log: ${logDir}`, ...first, next].join("\n"), namesIssue: true }];
}

/** True for a problem whose words begin with the id of its issue. */
function namesIssue(problem: Problem | undefined): boolean {
	return problem?.kind === "attempt" || problem?.kind === "issue-locked" || problem?.kind === "not-accepted";
}

/** What went wrong with one issue, in one line, without what to do about it. */
export function issueReason(report: RunReport<IssuePlan>, issue: IssuePlan, say: Say, width: number): string {
	const reasons = saidOf(report, issue, say, reasonsOf).map(({ text }) => text);
	return oneLine(reasons.join(" "), width);
}

function reasonsOf(error: Error, say: Say): string[] {
	if (!(error instanceof Failure)) return problemsOf(error, say);
	return error.problems.map((problem) => {
		if (problem.kind !== "attempt") return messageOf(problem, say).what;
		const { reason, details, outcome } = problem.record;
		return details.join("; ") || (reason ?? outcome);
	});
}

/** Names the issue at the root of a blocked one, with its log; tasks of the same issue need no line of their own. */
function blockedLine(report: RunReport<IssuePlan>, id: string, by: Blocker, say: Say): string[] {
	if (by.issue === undefined) return [];
	const blocker = report.issues.find((issue) => issue.id === by.issue);
	if (!blocker) {
		// It may be what another waits for, for which this one waits.
		const outside = report.issues.flatMap((issue) => issue.outside.filter((each) => each.id === by.issue))[0];
		// It would not be begun either.
		if (outside?.held)
			return [`${id} is blocked by ${by.issue}:\n  ${heldSentence({ ...outside, held: outside.held })}`];
		return [
			`${id} is blocked by ${by.issue}, which has not passed and is not part of this run.\n  To run that first: ${say.goal(by.issue)}`,
		];
	}
	const { word } = statusOf(report.outcomes.get(by.issue) ?? new Map());
	return [`${id} is blocked by ${by.issue} (${word}), log ${blocker.logDir}`];
}

/** An error as a person reads it. A bug is no problem of the user's: it shows everything. */
export function problemsOf(error: Error, say: Say): string[] {
	if (error instanceof Failure) return error.problems.map((problem) => paragraphOf(problem, say));
	const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : "";
	return [`This is a defect of orchfile:\n${error.stack ?? error.message}${cause}`];
}
