import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { JunitTests, type ReportLimits, UnreadableReport } from "./junit-tests.ts";
import { readReportFile } from "./report-file.ts";
import type { TestResult } from "./trial.ts";

/** What is read of the report of a check. */
export type Report =
	| { readonly kind: "read"; readonly tests: ReadonlyMap<string, TestResult> }
	| { readonly kind: "not-read"; readonly reason: "no-report" | "report-unreadable"; readonly detail: string };

/** Where a report lies. */
export interface ReportPlace {
	/** The folder that `$ORCH_REPORTS` named, absolute. */
	readonly folder: string;
	/** A file in it, or a folder of `*.xml`. */
	readonly junit: string;
	/** The folders that the check saw itself in, absolute: no name has them, so that it is the same in another one. */
	readonly strip: readonly string[];
}

/** What a report may have at most, for who says nothing else. */
export const REPORT_LIMITS: ReportLimits = { bytes: 50 * 1024 * 1024, tests: 200_000, files: 10_000, messages: 1_000 };

/**
 * Reads the report of a check. It may have written anything there, and knows where it is read: what is not a plain file inside of
 * the folder is no report, and whatever is in it, this uses little memory.
 */
export async function readJunit(place: ReportPlace, limits: ReportLimits = REPORT_LIMITS): Promise<Report> {
	try {
		const path = await findReport(place);
		if (path === undefined) return notRead("no-report", place.junit);
		const tests = new JunitTests(place.strip, limits);
		const left = { bytes: limits.bytes };
		if ((await stat(path)).isDirectory()) return await readFolder(path, place, limits, tests, left);
		await readReportFile(path, tests, left);
		return { kind: "read", tests: tests.tests };
	} catch (error) {
		return notRead("report-unreadable", error instanceof Error ? error.message : String(error));
	}
}

async function readFolder(
	path: string,
	{ junit }: ReportPlace,
	limits: ReportLimits,
	tests: JunitTests,
	left: { bytes: number },
): Promise<Report> {
	const names = (await readdir(path)).filter((name) => name.endsWith(".xml")).sort();
	if (names.length > limits.files) throw new UnreadableReport(`more than ${limits.files} files`);
	let read = 0;
	for (const name of names) {
		try {
			await readReportFile(join(path, name), tests, left);
			read += 1;
		} catch (error) {
			// Others put reports of theirs beside: TestNG does.
			if (!(error instanceof UnreadableReport && error.isOther))
				throw new UnreadableReport(`${name}: ${(error as Error).message}`);
		}
	}
	return read > 0 ? { kind: "read", tests: tests.tests } : notRead("no-report", `${junit}/*.xml`);
}

/** Its real path; nothing where there is none. */
async function findReport({ folder, junit }: ReportPlace): Promise<string | undefined> {
	const path = await realpath(join(folder, junit)).catch(() => undefined);
	if (path === undefined) return undefined;
	if (!path.startsWith(`${await realpath(folder)}${sep}`)) throw new UnreadableReport("it lies outside of its folder");
	return path;
}

function notRead(reason: "no-report" | "report-unreadable", detail: string): Report {
	return { kind: "not-read", reason, detail: detail.slice(0, 200) };
}
