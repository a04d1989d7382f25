import { appendFile, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import type { RunReport } from "../../engine/execute.ts";
import { writeFileAtomic } from "../../system/atomic-write.ts";
import type { RunRequest } from "../arguments.ts";
import type { Surroundings } from "../surroundings.ts";
import { targetWords } from "../target-words.ts";
import { problemsOf } from "../words/summary.ts";
import { errorCases, issueCases, type JunitCase, junitXml, unfinishedCases } from "./junit.ts";
import { errorSummary, runSummary } from "./step-summary.ts";

/** What a run tells to machines, beside what it prints. */
export interface Reports {
	/**
	 * Reports a run that came to its end.
	 * @param closing the lines with which it closed.
	 * @returns the exit code, which is no longer 0 when a report that was asked for could not be written.
	 */
	concluded(report: RunReport<IssuePlan>, exitCode: number, closing: readonly string[]): Promise<number>;
	/** Reports a run that was refused, or broke off. Never throws. */
	refused(error: Error): Promise<void>;
}

/**
 * Opens the reports of a run. The JUnit report says from now on that the run has not come to its end.
 * @throws Failure `report-unwritable` when its file can't be written.
 */
export async function openReports(request: RunRequest, around: Surroundings): Promise<Reports> {
	const { reportJunit: path } = request;
	const { say, stderr } = around;
	const command = `${request.task}${targetWords(request)}`;
	const startedAt = new Date();
	const write = async (cases: readonly JunitCase[]) =>
		path === undefined ? undefined : writeJunit(path, await junitXml(`orchfile ${command}`, startedAt, cases));
	await write(unfinishedCases(command));
	return {
		async concluded(report, exitCode, closing) {
			if (report.issues.length > 0) await summarize(around, () => runSummary(report, command, closing, say));
			try {
				await write(issueCases(report, command, exitCode, closing, say));
				return exitCode;
			} catch (error) {
				stderr.write(`\n${problemsOf(error as Error, say).join("\n")}\n`);
				return exitCode || 1;
			}
		},
		async refused(error) {
			await summarize(around, () => errorSummary(error, command, say));
			try {
				await write(errorCases(error, command, say));
			} catch (failed) {
				stderr.write(`${problemsOf(failed as Error, say).join("\n")}\n`);
			}
		},
	};
}

async function writeJunit(path: string, xml: string): Promise<void> {
	try {
		const found = await stat(path).catch(() => undefined);
		if (found && !found.isFile()) throw new Error("there is something that is no file");
		await makeFolder(dirname(path));
		await writeFileAtomic(path, xml);
	} catch (error) {
		if (error instanceof Failure) throw error;
		const { code, message } = error as NodeJS.ErrnoException;
		throw new Failure({ kind: "report-unwritable", path, message: code ?? message }, { cause: error });
	}
}

/** Makes a folder with its parents. Node's own `recursive` never comes back where nothing can be made, as in `/proc`. */
async function makeFolder(path: string): Promise<void> {
	if (await isFolder(path)) return;
	if (dirname(path) !== path) await makeFolder(dirname(path));
	await mkdir(path);
}

async function isFolder(path: string): Promise<boolean> {
	const found = await stat(path).catch(() => undefined);
	return found?.isDirectory() === true;
}

/** The page of the workflow is a convenience: that it can't be written to is said, and no more. */
async function summarize({ github, stderr }: Surroundings, text: () => string): Promise<void> {
	const file = github?.summaryFile;
	if (file === undefined) return;
	try {
		await appendFile(file, text());
	} catch (error) {
		stderr.write(`The summary can't be written to ${file}: ${(error as Error).message}\n`);
	}
}
