import { relative } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import type { RunOptions } from "../../contract/options.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import type { RunReport } from "../../engine/execute.ts";
import type { Blocker } from "../../engine/outcome.ts";
import type { RunRequest } from "../arguments.ts";
import { count, duration, gitCommand, oneLine, shellWord, table } from "./format.ts";
import { outcomeWords, recordOf, statusOf } from "./outcome-words.ts";
import { messageOf, paragraphOf } from "./problem-words.ts";
import type { Say } from "./say.ts";

/** The closing table: what became of each issue, or of each task where no agent was asked for. */
export function closingTable(
	report: RunReport<IssuePlan>,
	cwd: string,
	withAttempts: boolean,
	isRehearsal: boolean,
): string {
	const first = isRehearsal ? "REHEARSAL" : "ISSUE";
	if (withAttempts) {
		const heading = [first, "STATUS", "COMMITS", "FILES", "+/-", "TIME", "TOKENS", "LOG"];
		return table([heading, ...report.issues.map((issue) => attemptRow(report, issue, cwd))]);
	}
	const rows = report.issues.flatMap((issue) =>
		[...(report.outcomes.get(issue.id) ?? [])].flatMap(([name, outcome]) => {
			const words = outcomeWords(outcome);
			return words ? [[issue.id, name, words]] : [];
		}),
	);
	return table([[first, "TASK", "OUTCOME"], ...rows]);
}

function attemptRow(report: RunReport<IssuePlan>, issue: IssuePlan, cwd: string): string[] {
	const { word, record } = statusOf(report.outcomes.get(issue.id) ?? new Map());
	const saved = record?.saved;
	const isOld = word === "up to date";
	return [
		issue.id,
		word,
		saved ? String(saved.commits) : "-",
		saved ? String(saved.filesChanged) : "-",
		saved ? `+${saved.insertions} -${saved.deletions}` : "-",
		record?.durationMs == null || isOld ? "-" : duration(record.durationMs),
		record?.usage && !isOld ? count(record.usage.inputTokens + record.usage.outputTokens) : "-",
		record ? relative(cwd, issue.logDir) || "." : "-",
	];
}

/** What went wrong, a paragraph an issue; the same problem of several tasks or issues is said once. */
export function problemParagraphs(report: RunReport<IssuePlan>, say: Say): string[] {
	const paragraphs = report.issues.flatMap((issue) =>
		issueParagraphs(report, issue, say).map((text) => (text.startsWith(issue.id) ? text : `${issue.id}  ${text}`)),
	);
	return [...new Set(paragraphs)];
}

/** What went wrong with one issue, a paragraph a problem. */
export function issueParagraphs(
	report: RunReport<IssuePlan>,
	issue: IssuePlan,
	say: Say,
	ofError: (error: Error, say: Say) => string[] = problemsOf,
): string[] {
	const paragraphs = [...(report.outcomes.get(issue.id)?.values() ?? [])].flatMap((outcome) => {
		if (outcome.status === "blocked" && !outcome.error) return blockedLine(report, issue.id, outcome.by, say);
		if (outcome.status !== "failed" && outcome.status !== "blocked") return [];
		return outcome.error ? ofError(outcome.error, say) : [];
	});
	return [...new Set(paragraphs)];
}

/** The same in one line, without what to do about it. */
export function issueReason(report: RunReport<IssuePlan>, issue: IssuePlan, say: Say, width: number): string {
	return oneLine(issueParagraphs(report, issue, say, reasonsOf).join(" "), width);
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
	if (!blocker)
		return [
			`${id} is blocked by ${by.issue}, which has not passed and is not part of this run.\n  To run that first: ${say(`dev ${by.issue}`)}`,
		];
	const { word } = statusOf(report.outcomes.get(by.issue) ?? new Map());
	return [`${id} is blocked by ${by.issue} (${word}), log ${blocker.logDir}`];
}

/** An error as a person reads it. A bug is no problem of the user's: it shows everything. */
export function problemsOf(error: Error, say: Say): string[] {
	if (error instanceof Failure) return error.problems.map((problem) => paragraphOf(problem, say));
	const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : "";
	return [`This is a defect of orchfile:\n${error.stack ?? error.message}${cause}`];
}

/** Why the run started nothing more, and what to type next. */
export function closingLines(
	report: RunReport<IssuePlan>,
	again: string,
	{ maxRunTokens, options }: RunRequest,
	cwd: string,
	say: Say,
): string[] {
	const bad = report.issues.filter((issue) => !statusOf(report.outcomes.get(issue.id) ?? new Map()).good);
	switch (report.stop?.kind) {
		case "spent":
			return [
				`The run has used its ${count(maxRunTokens)} tokens (--max-run-tokens) and started nothing more. To go on: ${again}`,
			];
		case "interrupted":
			return [
				`Interrupted. ${isAllKept(report) ? "What the agents had done is on their branches. " : ""}To go on: ${again}`,
			];
		case "ends-run":
			return [`Stopped after ${report.stop.issue}: every further issue would fail alike. To go on: ${again}`];
		case "fail-fast":
			return [`Stopped after ${report.stop.issue} (--fail-fast). To go on: ${again}`];
		default:
	}
	const [only] = report.issues.length === 1 ? report.issues : [];
	// Asked for by its id, it has been told what to type by its own problem.
	if (bad.length > 0) return only?.id === options.target ? [] : [`To go on with what is not done: ${again}`];
	const left = only && report.outcomes.get(only.id);
	if (left?.has("phase:dev") && !left.has("persist")) {
		return [`The work is in ${only?.worktreePath}, not committed yet. To commit it: ${say(`persist ${only?.id}`)}`];
	}
	const [first] = report.issues.filter(
		(issue) => (recordOf(report.outcomes.get(issue.id) ?? new Map())?.saved?.commits ?? 0) > 0,
	);
	if (!first || options.rehearse) return [];
	return [
		`To look at the work: ${gitCommand(first.repository.root, cwd)} diff ${shellWord(first.base.name)}...${first.branch}`,
	];
}

/** False when something kept an agent's work from being committed; the problem then says where it is. */
function isAllKept(report: RunReport<IssuePlan>): boolean {
	return [...report.outcomes.values()].every((outcomes) => {
		const persist = outcomes.get("persist");
		return persist?.status !== "failed" && !(persist?.status === "cancelled" && persist.started);
	});
}

/** A run as data. */
export function reportAsJson(
	report: RunReport<IssuePlan>,
	exitCode: number,
	{ rehearse }: RunOptions,
	say: Say,
): unknown {
	return {
		exitCode,
		...(rehearse ? { rehearsal: rehearse } : {}),
		stopped: report.stop?.kind ?? null,
		issues: report.issues.map((issue) => {
			const outcomes = report.outcomes.get(issue.id) ?? new Map();
			const { word, record } = statusOf(outcomes);
			return {
				issueId: issue.id,
				milestoneId: issue.milestone,
				status: word,
				branch: issue.branch,
				worktreePath: issue.worktreePath,
				logDir: issue.logDir,
				tasks: Object.fromEntries([...outcomes].map(([name, outcome]) => [name, outcome.status])),
				problems: [...outcomes.values()].flatMap((outcome) =>
					outcome.status === "failed" ? problemsAsJson(outcome.error, say) : [],
				),
				record: record ?? null,
			};
		}),
	};
}

/** An error's problems as data. */
export function problemsAsJson(error: Error, say: Say): unknown[] {
	if (!(error instanceof Failure)) return [{ kind: "defect", what: error.stack ?? error.message }];
	return error.problems.map((problem: Problem) => ({ ...problem, ...messageOf(problem, say) }));
}
