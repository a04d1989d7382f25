import type { IssuePlan } from "../contract/issue.ts";
import { type Problem, problemOf } from "../contract/problem.ts";
import type { RunReport } from "../engine/execute.ts";
import { hasStarted, type Outcome } from "../engine/outcome.ts";
import { isPerIssue, type Task } from "../engine/task.ts";
import type { RunRequest } from "./arguments.ts";
import { heldIn } from "./held.ts";
import { repeatedCommand } from "./options/repeated-command.ts";
import { annotate } from "./reports/github.ts";
import { withRole } from "./roles.ts";
import type { Surroundings } from "./surroundings.ts";
import { columnsOf } from "./views/terminal.ts";
import { closingLines } from "./words/closing-words.ts";
import { topOf } from "./words/format.ts";
import { gitChangeParagraphs } from "./words/git-change-words.ts";
import { nothingToRun } from "./words/held-words.ts";
import { isAllIntegrated } from "./words/integration-words.ts";
import { badWord, statusOf } from "./words/outcome-words.ts";
import { reportAsJson } from "./words/report-json.ts";
import { closingParagraphs, problemParagraphs } from "./words/summary.ts";
import { closingTable, closingTasks } from "./words/table.ts";
import { knownValue } from "./words/value-words.ts";

/** How a run closed: its exit code, and the lines that told why, and what to type next. */
export interface Conclusion {
	readonly exitCode: number;
	readonly closing: readonly string[];
}

/** Prints what became of the issues and of the whole run. @param page the path of the page that was written of it. */
export async function conclude(
	request: RunRequest,
	report: RunReport<IssuePlan>,
	goals: readonly Task[],
	signal: number | undefined,
	around: Surroundings,
	page?: string,
): Promise<Conclusion> {
	const { stdout, stderr, cwd, env, say, github } = around;
	if (report.issues.length === 0 && ![...report.closing.values()].some(hasStarted) && signal !== undefined) {
		const line = "Interrupted before anything was started.";
		stderr.write(`${line}\n`);
		return { exitCode: signal, closing: [line] };
	}
	const statuses = report.issues.map((issue) => statusOf(report.outcomes.get(issue.id) ?? new Map()));
	const isGood = statuses.every(({ good }) => good) && closingOutcomes(report).every(isGoodClosing);
	const exitCode = signal ?? (isGood ? 0 : report.issues.length === 0 && isRefused(report) ? 2 : 1);
	if (request.json && report.issues.length === 0 && report.closing.size === 0)
		stdout.write('{"exitCode":0,"issues":[]}\n');
	else if (request.json)
		stdout.write(`${JSON.stringify(reportAsJson(report, exitCode, request.options, say, page), undefined, "\t")}\n`);
	else if (report.issues.length === 0)
		stdout.write(`${plainResult(goals, report, request, cwd, columnsOf(stdout, env))}\n`);
	else {
		for (const [at, issue] of report.issues.entries()) {
			if (statuses[at]?.word === "up to date") stdout.write(`'${request.task} ${issue.id}' is up to date.\n`);
		}
		stdout.write(`${closingTable(report, cwd, request.options.rehearse !== undefined, columnsOf(stdout, env))}\n`);
		for (const line of closingTasks(report, cwd, columnsOf(stdout, env))) stdout.write(`${line}\n`);
	}
	// GitHub shows an annotation in the log as well.
	if (github) {
		const { issueAnnotations } = await import("./reports/annotations.ts");
		annotate(issueAnnotations(report, say), topOf(request.options.directory), github);
	} else for (const paragraph of problemParagraphs(report, say)) stderr.write(`\n${paragraph}\n`);
	for (const paragraph of gitChangeParagraphs(report, say)) stderr.write(`\n${paragraph}\n`);
	for (const paragraph of closingParagraphs(report, say)) stderr.write(`\n${paragraph}\n`);
	if (request.verbose) for (const stack of stacksOf(report)) stderr.write(`\n${stack}\n`);
	const closing = closingLines(report, say(repeatedCommand(request)), request, cwd, say);
	if (closing.length > 0) stderr.write(`\n${closing.join("\n")}\n`);
	return {
		exitCode,
		closing: report.issues.length === 0 && closing.length === 0 ? [plainResult(goals, report, request, cwd)] : closing,
	};
}

/** Stacks of what tasks of the orchfile's own have thrown. */
function stacksOf({ outcomes, closing }: RunReport<IssuePlan>): string[] {
	const all = [...outcomes.values(), closing].flatMap((each) => [...each.values()]);
	return all.flatMap((outcome) => {
		if (outcome.status !== "failed" || problemOf(outcome.error)?.kind !== "task-threw") return [];
		return outcome.error.cause instanceof Error ? [outcome.error.cause.stack ?? ""] : [];
	});
}

/** How the closing tasks ended whose work counts: without its page, the night is none the worse. */
function closingOutcomes({ tasks, closing }: RunReport<IssuePlan>): Outcome<unknown>[] {
	const pages = withRole(tasks, "report").map(({ name }) => name);
	return [...closing].flatMap(([name, outcome]) => (pages.includes(name) ? [] : [outcome]));
}

/** True for a closing task that has done all that it was asked for. */
function isGoodClosing(outcome: Outcome<unknown>): boolean {
	const value = knownValue(outcome);
	return value?.kind === "integrated" ? value.foreseen !== undefined || isAllIntegrated(value) : !badWord(outcome);
}

/** What keeps a closing task from beginning at all. */
const REFUSALS: readonly Problem["kind"][] = [
	"not-to-integrate",
	"integration-branch-taken",
	"integration-checked-out",
	"integration-locked",
	"branch-in-the-way",
	"confinement-unavailable",
];

function isRefused({ closing }: RunReport<IssuePlan>): boolean {
	return [...closing.values()].some((outcome) => {
		const problem = outcome.status === "failed" ? problemOf(outcome.error) : undefined;
		return problem !== undefined && REFUSALS.includes(problem.kind);
	});
}

function plainResult(
	goals: readonly Task[],
	report: RunReport<IssuePlan>,
	request: RunRequest,
	cwd: string,
	width?: number,
): string {
	const source = goals.find(isPerIssue)?.source;
	if (goals.some(isPerIssue)) return nothingToRun(source ? heldIn(source, report, request) : []);
	const told = closingTasks(report, cwd, width);
	return told.length > 0 ? told.join("\n") : `${goals.map((node) => node.name).join(", ")}: done`;
}
