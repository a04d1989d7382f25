import type { Builder } from "junit-report-builder";
import type { IssuePlan } from "../contract/issue.ts";
import { Failure } from "../contract/problem.ts";
import type { RunReport } from "../engine/execute.ts";
import { placesOf } from "./annotations.ts";
import { oneLine, printable } from "./format.ts";
import { messageOf } from "./problem-words.ts";
import type { Say } from "./say.ts";
import { issueParagraphs, problemsOf } from "./summary.ts";
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

/** The report as XML. */
export async function junitXml(suite: string, startedAt: Date, cases: readonly JunitCase[]): Promise<string> {
	// Loaded only here: it takes a tenth of a second, and most runs write no report.
	// The builder itself is the module, whatever its types say of a default in it.
	const junit = (await import("junit-report-builder")).default as unknown as Builder;
	const builder = junit.newBuilder();
	const group = builder
		.testSuite()
		.name(printable(suite))
		.timestamp(startedAt.toISOString().replace(/\.\d+Z$/, ""))
		.time(cases.reduce((sum, { seconds }) => sum + seconds, 0));
	for (const { className, name, seconds, bad, output } of cases) {
		const one = group.testCase().className(printable(className)).name(printable(name)).time(seconds);
		if (bad?.kind === "skipped") one.skipped();
		else if (bad?.kind === "failure") one.failure(bad.message, bad.type).stacktrace(printable(bad.text));
		else if (bad) one.error(bad.message, bad.type, printable(bad.text));
		if (output.length > 0) one.standardOutput(printable(output.join("\n")));
	}
	return `${builder.build()}\n`;
}

function issueCase(report: RunReport<IssuePlan>, issue: IssuePlan, say: Say): JunitCase {
	const { verdict, word, type, record, isOld } = verdictOf(report, issue);
	const text = issueParagraphs(report, issue, say).join("\n\n") || word;
	const common = {
		className: issue.milestone === null ? issue.project : `${issue.project}/${issue.milestone}`,
		name: oneLine(`${issue.id}: ${issue.title}`),
		seconds: isOld ? 0 : (record?.durationMs ?? 0) / 1000,
		output: [word, `branch ${issue.branch}`, `log ${issue.logDir}`],
	};
	if (verdict === "passed") return common;
	if (verdict === "not-started") return { ...common, bad: { kind: "skipped" } };
	return { ...common, bad: { kind: "failure", type, message: oneLine(text, 500), text } };
}
