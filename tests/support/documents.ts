import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { stringify } from "yaml";
import type { Backlog } from "../../tasks/backlog/backlog.ts";
import { type DocumentReading, readDocument } from "../../tasks/backlog/document.ts";
import type { AcceptRecord } from "../../tasks/contract/accept-record.ts";
import type { Issue } from "../../tasks/contract/issue.ts";
import { type Phase, STATUSES } from "../../tasks/contract/phase.ts";
import { Failure, type Problem } from "../../tasks/contract/problem.ts";
import type { AttemptRecord } from "../../tasks/contract/record.ts";
import type { PhaseResult } from "../../tasks/contract/result.ts";
import type { VerifyRecord } from "../../tasks/contract/verify-record.ts";

/** The folder of this program: its own prompts and skill lie here. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const PHASES = Object.keys(STATUSES) as readonly Phase[];

/** Where the documents that {@link read} is given are said to lie. */
export const FILE = "docs/projects/p/issues/A-1.md";

/** Any letter or control character, those of Latin more often: a unit of `fc.string`, whose own takes a second to make. */
export const LETTER = fc
	.oneof(fc.nat(0xff), fc.nat(0xffff), fc.nat(0x10ffff))
	.map((code) => (code >= 0xd800 && code < 0xe000 ? "\u2028" : String.fromCodePoint(code)));

/** A folder that is removed when it goes out of scope. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
	const path = await realpath(await mkdtemp(join(tmpdir(), "orchfile-test-")));
	return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Reads a document of project `p`. */
export function read(content: string | Uint8Array): DocumentReading {
	return readDocument(FILE, typeof content === "string" ? Buffer.from(content) : content);
}

/** A document with these lines of front matter. */
export function withFrontMatter(...lines: readonly string[]): string {
	return ["---", ...lines, "---", "", "Do it.", ""].join("\n");
}

/** What is wrong with a document; nothing when it is none, or nothing is wrong with it. */
export function problemsIn(reading: DocumentReading): readonly Problem[] {
	if (reading.kind === "issue") return reading.faults ?? [];
	return reading.kind === "broken" ? reading.problems : [];
}

/** An issue as its document would have it, with these fields changed. */
export function issue(id: string, changes: Partial<Issue> = {}): Issue {
	const project = changes.project ?? "p";
	const reading = readDocument(
		`docs/projects/${project}/issues/${id}.md`,
		Buffer.from(`---\n${stringify({ id, title: `Title of ${id}`, project, milestone: "M1" })}---\n`),
	);
	if (reading.kind !== "issue") throw new Error(JSON.stringify(reading));
	return { ...reading.issue, ...changes };
}

/** A backlog of these issues. */
export function backlog(issues: readonly Issue[], broken: Backlog["broken"] = []): Backlog {
	return { repository: { root: "/repo", commonDir: "/repo/.git" }, issues, skipped: [], broken, milestoneDocs: [] };
}

/** A valid answer, with these fields changed; it need not be valid after that. */
export function answer<P extends Phase>(phase: P, changes: Readonly<Record<string, unknown>> = {}): PhaseResult<P> {
	const identity = { issueId: "A-1", milestoneId: "M1", branch: "issue/A-1", worktreePath: "/repo.worktrees/A-1" };
	const common = { phase, status: "pass", ...identity, summary: "Did it." };
	const fields = phase === "review" ? REVIEW : CHANGE;
	return { ...common, ...fields, ...changes } as unknown as PhaseResult<P>;
}

const CHANGE = {
	testsRun: [{ command: "npm test", status: "pass", notes: "" }],
	docsUpdated: ["README.md"],
	draftPrs: [],
	stackBranches: [],
	deferred: [],
	openQuestions: [],
};

const REVIEW = {
	issues: [{ severity: "high", title: "No test", details: "Nothing covers it.", evidence: "src/a.ts:1" }],
	requiredActions: ["Add a test."],
	followups: [],
	reviewDocPath: "",
	confidence: "high",
};

/** The record of an attempt that passed, with these fields changed. */
export function attemptRecord(changes: Partial<AttemptRecord> = {}): AttemptRecord {
	return {
		version: 1,
		phase: "dev",
		issueId: "A-1",
		milestoneId: "M1",
		title: "Title of A-1",
		outcome: "pass",
		reason: null,
		details: [],
		startedAt: "2026-01-02T03:04:05.678Z",
		endedAt: "2026-01-02T03:05:05.678Z",
		durationMs: 60_000,
		branch: "issue/A-1",
		worktreePath: "/repo.worktrees/A-1",
		base: { stack: [], name: "main", commit: "1".repeat(40) },
		runner: { name: "codex-sdk", version: "0.0.0" },
		model: null,
		threadId: "thread-1",
		usage: { inputTokens: 200, cachedInputTokens: 80, outputTokens: 40, reasoningOutputTokens: 10 },
		promptHash: "2".repeat(64),
		issueDocHash: "3".repeat(64),
		saved: null,
		...changes,
	};
}

/** What checks say where nothing speaks against the work. */
export function verifyRecord(changes: Partial<VerifyRecord> = {}): VerifyRecord {
	return {
		version: 1,
		issueId: "A-1",
		milestoneId: "M1",
		startedAt: "2026-01-02T03:05:05.678Z",
		endedAt: "2026-01-02T03:05:06.678Z",
		durationMs: 1_000,
		commit: "4".repeat(40),
		base: "1".repeat(40),
		key: "5".repeat(64),
		checks: [
			{
				name: "tests",
				run: "npm test",
				status: "pass",
				exitCode: 0,
				durationMs: 900,
				tests: { passed: 3, failed: 0, skipped: 0 },
				log: "verify.tests.log",
			},
		],
		failures: [],
		newFailures: [],
		vanished: [],
		mayVanish: false,
		weakened: [],
		changed: [],
		unproved: [],
		proved: 0,
		newTests: 0,
		preExisting: [],
		fixed: [],
		flaky: [],
		...changes,
	};
}

/** A verdict that is valid as it stands. */
export function acceptRecord(changes: Partial<AcceptRecord> = {}): AcceptRecord {
	return {
		version: 1,
		issueId: "A-1",
		milestoneId: "M1",
		at: "2026-01-02T03:05:05.678Z",
		outcome: "accepted",
		commit: "4".repeat(40),
		base: "1".repeat(40),
		key: "5".repeat(64),
		reasons: [],
		checks: { passed: 3, notRun: 0, new: 0, vanished: 0, weakened: 0, unproved: 0, changed: 0, preExisting: 0 },
		review: { turn: "review-1", outcome: "pass", found: { high: 0, medium: 0, low: 0 }, confidence: "high" },
		...changes,
	};
}

/** The problems that a call fails with; an error that is no Failure is thrown on. */
export function problemsOf(action: () => unknown): readonly Problem[] {
	try {
		action();
	} catch (error) {
		if (error instanceof Failure) return error.problems;
		throw error;
	}
	throw new Error("it did not fail");
}

/** The same for an action that is waited for. */
export async function problemsAfter(action: Promise<unknown>): Promise<readonly Problem[]> {
	const error = await action.then(
		() => new Error("it did not fail"),
		(thrown) => thrown,
	);
	return problemsOf(() => {
		throw error;
	});
}
