import { constants } from "node:fs";
import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { TextDecoder } from "node:util";
import { JunitTests, type ReportLimits, UnreadableReport } from "./junit-tests.ts";
import type { TestResult } from "./look.ts";
import { decoderOf } from "./report-encoding.ts";

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
		await readFile(path, tests, left);
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
			await readFile(join(path, name), tests, left);
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

async function readFile(path: string, tests: JunitTests, left: { bytes: number }): Promise<void> {
	// A named pipe would never be opened, and a link may lead anywhere.
	const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		if (!(await file.stat()).isFile()) throw new UnreadableReport("it is not a file");
		await feed(file, tests.file(), left);
	} finally {
		await file.close();
	}
}

async function feed(file: FileHandle, into: ReturnType<JunitTests["file"]>, left: { bytes: number }): Promise<void> {
	const buffer = Buffer.alloc(64 * 1024);
	let decoder: TextDecoder | undefined;
	for (;;) {
		const { bytesRead } = await file.read(buffer, 0, buffer.length);
		if (bytesRead === 0) break;
		left.bytes -= bytesRead;
		if (left.bytes < 0) throw new UnreadableReport("it is too large");
		const piece = buffer.subarray(0, bytesRead);
		decoder ??= decoderOf(piece);
		into.write(decoder.decode(piece, { stream: true }));
	}
	if (!decoder) throw new UnreadableReport("it is empty");
	into.write(decoder.decode());
	into.end();
}

function notRead(reason: "no-report" | "report-unreadable", detail: string): Report {
	return { kind: "not-read", reason, detail: detail.slice(0, 200) };
}
