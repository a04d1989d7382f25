import type { IssuePlan } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import type { RunReport } from "../../engine/execute.ts";
import { evidenceLines } from "../words/evidence.ts";
import { oneLine, printable } from "../words/format.ts";
import { checksCell, reviewCell } from "../words/judged-cells.ts";
import type { JudgedInRun } from "../words/judged-words.ts";
import { notesOf } from "../words/outcome-words.ts";
import { messageOf } from "../words/problem-words.ts";
import type { Say } from "../words/say.ts";
import { timeOf } from "../words/spent-words.ts";
import { issueParagraphs, issueReason, problemsOf } from "../words/summary.ts";
import { placesOf } from "./annotations.ts";
import { verdictOf } from "./verdict.ts";

/** One testcase of a JUnit report. */
export interface JunitCase {
	readonly className: string;
	readonly name: string;
	readonly seconds: number;
	/** Absent for a testcase that is green. */
	readonly bad?: JunitBad | { readonly kind: "skipped" };
	readonly output: readonly string[];
}

/** What makes a testcase red. */
export interface JunitBad {
	readonly kind: "failure" | "error";
	readonly type: string;
	/** One line. */
	readonly message: string;
	readonly text: string;
}

const OF_RUN = "orchfile";

/**
 * A testcase an issue. Red is what makes the run's exit code 1: a deferred or blocked issue is no skipped test, since
 * the work is not done. An issue that was never started is skipped; where nothing else is red, the run itself is.
 * @param why the run stopped, for a run of which no issue is red.
 */
export function issueCases(
	report: RunReport<IssuePlan>,
	command: string,
	exitCode: number,
	why: readonly string[],
	say: Say,
): JunitCase[] {
	const cases = report.issues.map((issue) => issueCase(report, issue, say));
	const isRed = cases.some(({ bad }) => bad && bad.kind !== "skipped");
	if (exitCode === 0 || isRed) return cases;
	const text = why.join("\n") || `The run ended with ${exitCode}.`;
	const bad = { kind: "error", type: report.stop?.kind ?? "stopped", message: oneLine(text), text } as const;
	return [...cases, { className: OF_RUN, name: command, seconds: 0, bad, output: [] }];
}

/** What a run that was refused has to report: a testcase a problem. */
export function errorCases(error: Error, command: string, say: Say): JunitCase[] {
	const common = { className: OF_RUN, seconds: 0, output: [] };
	if (!(error instanceof Failure)) {
		const text = problemsOf(error, say).join("\n");
		return [{ ...common, name: command, bad: { kind: "error", type: "defect", message: oneLine(text), text } }];
	}
	return error.problems.map((problem) => {
		const { what, remedy } = messageOf(problem, say);
		const [place] = placesOf(problem);
		const name = place ? `${command}: ${place.file}:${place.line}` : command;
		const text = [what, ...(remedy ? [remedy] : [])].join("\n");
		return { ...common, name, bad: { kind: "error", type: problem.kind, message: oneLine(what, 500), text } };
	});
}

/** What the report says from the first moment on, so that a run that is killed does not leave an older one's. */
export function unfinishedCases(command: string): JunitCase[] {
	const message = "The run has not come to its end.";
	return [
		{
			className: OF_RUN,
			name: command,
			seconds: 0,
			bad: { kind: "error", type: "unfinished", message, text: message },
			output: [],
		},
	];
}

/** A JUnit report as XML. */
export async function junitXml(suite: string, startedAt: Date, cases: readonly JunitCase[]): Promise<string> {
	// Loaded only here: it takes a tenth of a second, and most runs write no report.
	const { create } = await import("xmlbuilder2");
	const number = (kind: string) => cases.filter(({ bad }) => bad?.kind === kind).length;
	const counts = {
		tests: cases.length,
		failures: number("failure"),
		errors: number("error"),
		skipped: number("skipped"),
		time: cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
	};
	const timestamp = startedAt.toISOString().replace(/\.\d+Z$/, "");
	// XML can't hold most control characters, not even escaped.
	const root = create({ encoding: "UTF-8", invalidCharReplacement: "" }).ele("testsuites", {
		name: "orchfile",
		...counts,
	});
	const group = root.ele("testsuite", { name: asText(suite), timestamp, ...counts });
	for (const { className, name, seconds, bad, output } of cases) {
		const attributes = { classname: asText(className), name: asText(name), time: seconds.toFixed(3) };
		const one = group.ele("testcase", attributes);
		if (bad?.kind === "skipped") one.ele("skipped");
		else if (bad) {
			const told = { message: asText(bad.message), type: asText(bad.type) };
			one.ele(bad.kind, told).txt(asText(bad.text));
		}
		if (output.length > 0) one.ele("system-out").txt(asText(output.join("\n")));
	}
	return `${root.end({ prettyPrint: true })}\n`;
}

/** xmlbuilder2 reads `&amp;` and its like in what it is given, and would write another text. */
function asText(text: string): string {
	return printable(text).replaceAll("&", "&amp;");
}

function issueCase(report: RunReport<IssuePlan>, issue: IssuePlan, say: Say): JunitCase {
	const { verdict, word, type, turns, judged } = verdictOf(report, issue);
	const evidence = evidenceLines(judged, issue.logDir).join("\n");
	const text = [issueParagraphs(report, issue, say).join("\n\n"), evidence].filter(Boolean).join("\n\n") || word;
	const notes = notesOf(report.outcomes.get(issue.id) ?? new Map());
	const common = {
		className: issue.milestone === null ? issue.project : `${issue.project}/${issue.milestone}`,
		name: oneLine(`${issue.id}: ${issue.title}`),
		seconds: (timeOf(turns) ?? 0) / 1000,
		output: [
			word,
			...judgedLines(judged),
			`branch ${issue.branch}`,
			`log ${issue.logDir}`,
			...notes.map(([task, said]) => `${task}: ${said}`),
		],
	};
	if (verdict === "passed") return common;
	if (verdict === "not-started") return { ...common, bad: { kind: "skipped" } };
	return { ...common, bad: { kind: "failure", type, message: issueReason(report, issue, say, 500) || word, text } };
}

/** How the work was judged, where it was. */
function judgedLines(judged: JudgedInRun): string[] {
	const [checks, review] = [checksCell(judged), reviewCell(judged)];
	return [...(checks === "-" ? [] : [`checks ${checks}`]), ...(review === "-" ? [] : [`review ${review}`])];
}
