import { symlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diffStat, diffText } from "../../tasks/cli/words/diff-words.ts";
import type { Diff, FileDiff, IssueReport } from "../../tasks/contract/report.ts";
import type { IssueSurvey } from "../../tasks/contract/standing.ts";
import { gather } from "../../tasks/night/gather.ts";
import { plannedIssue } from "../support/reports.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";

const never = new AbortController().signal;
const lines = (count: number, what = "line") => Array.from({ length: count }, (_, at) => `${what} ${at}\n`).join("");

let repository: TestRepository;
let diff: Diff;
let report: IssueReport;

/** What git and the logs have told of an issue whose branch has this tip. */
function surveyOf(id: string, tip: string | null, changes: Partial<IssueSurvey> = {}): IssueSurvey {
	return { issue: id, record: null, holder: null, tip, ahead: 1, isMerged: false, hasWorktree: false, ...changes };
}

async function gathered(tips: Readonly<Record<string, string>>): Promise<readonly IssueReport[]> {
	const base = { name: "main", commit: await repository.git(["rev-parse", "main"]) };
	const paths = { root: repository.path, commonDir: join(repository.path, ".git") };
	const plan = Object.keys(tips).map((id) =>
		plannedIssue(id, { base, repository: paths, logDir: join(repository.folder, "no-logs", id) }),
	);
	const surveys = Object.entries(tips).map(([id, tip]) => surveyOf(id, tip));
	return (await gather(plan, surveys, never)).issues;
}

beforeAll(async () => {
	repository = await createRepository([{ id: "A-1" }]);
	const { git, write, path } = repository;
	await write("changed.txt", lines(20));
	await write("gone.txt", "gone\n");
	await write("from.txt", lines(20, "moved"));
	await write("script.sh", "#!/bin/sh\n");
	await write("binary.bin", new Uint8Array([0, 1, 2]));
	await write("becomes-link", "a file\n");
	await write("unterminated.txt", "one");
	await write(".gitattributes", "made/** linguist-generated\n");
	await repository.commit();
	await git(["switch", "-q", "-c", "issue/A-1"]);
	await write("changed.txt", lines(20).replace("line 10\n", "<script>alert(1)</script>\r\u2028\u001b[31m\n"));
	await unlink(join(path, "gone.txt"));
	await git(["mv", "from.txt", "to.txt"]);
	await git(["update-index", "--chmod=+x", "script.sh"]);
	await write("binary.bin", new Uint8Array([0, 3]));
	await unlink(join(path, "becomes-link"));
	await symlink("changed.txt", join(path, "becomes-link"));
	await write("unterminated.txt", "one\ntwo");
	await write("new.txt", "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n\\ No newline\n");
	await write('odd "name"\n\u202e.txt', "odd\n");
	await write("made/by-program.txt", "made\n");
	await write("dist/out.js", "made\n");
	await write("page.min.js", "made\n");
	await write("src/data.json", `${JSON.stringify("x".repeat(3000))}\n`);
	await write("package-lock.json", lines(3000));
	await write("long.txt", `${"y".repeat(3_000_000)}\n`);
	await write("longer.txt", `${"z".repeat(5_000_000)}\n`);
	await write("many.txt", lines(3000));
	await write("empty.txt", "");
	await git(["add", "-A"]);
	await git(["update-index", "--chmod=+x", "script.sh"]);
	const commit = await git(["rev-parse", "HEAD"]);
	await git(["update-index", "--add", "--cacheinfo", `160000,${commit},module`]);
	const blob = await git(["hash-object", "-w", "changed.txt"]);
	await git(["update-index", "--add", "--cacheinfo", `100644,${blob},caf\u00e9.txt`]);
	await git(["commit", "-q", "-m", "A-1: work\n\nSaid so.\n\nOrch-Issue: A-1\nOrch-Thread: t"]);
	const [found] = await gathered({ "A-1": await git(["rev-parse", "HEAD"]) });
	if (!found?.diff) throw new Error("no diff");
	report = found;
	diff = found.diff;
});
afterAll(() => repository[Symbol.asyncDispose]());

const fileOf = (path: string): FileDiff | undefined => diff.files.find((each) => each.path === path);

describe("a file as it was changed", () => {
	test.each<readonly [string, string, Partial<FileDiff>]>([
		["changed", "changed.txt", { change: "modified", kind: "text", insertions: 1, deletions: 1, moreLines: 0 }],
		["removed", "gone.txt", { change: "deleted", deletions: 1 }],
		["renamed", "to.txt", { change: "renamed", oldPath: "from.txt", hunks: [], insertions: 0 }],
		["made executable", "script.sh", { change: "modified", oldMode: "100644", newMode: "100755", hunks: [] }],
		["binary", "binary.bin", { kind: "binary", hunks: [], moreLines: 0 }],
		["now a link", "becomes-link", { change: "type-changed", oldMode: "100644", newMode: "120000" }],
		["with an odd name", 'odd "name"\n\u202e.txt', { change: "added", insertions: 1 }],
		["with letters beyond ASCII in its name", "caf\u00e9.txt", { change: "added" }],
		["empty", "empty.txt", { change: "added", hunks: [], insertions: 0 }],
		["a submodule", "module", { kind: "submodule", change: "added" }],
		["said to be generated by attributes", "made/by-program.txt", { kind: "generated" }],
		["generated by where it lies", "dist/out.js", { kind: "generated" }],
		["generated by its name", "page.min.js", { kind: "generated" }],
		["minified", "src/data.json", { kind: "generated" }],
		["a lock file", "package-lock.json", { kind: "lock", insertions: 3000 }],
		["too large for lines of it to be compared", "longer.txt", { kind: "binary", hunks: [] }],
		["of too many lines", "many.txt", { kind: "text", insertions: 3000, moreLines: 2000 }],
	])("%s", (_, path, expected) => {
		expect(fileOf(path)).toMatchObject(expected);
	});
});

test("lines are as they were written, whatever they hold", () => {
	const [hunk] = fileOf("changed.txt")?.hunks ?? [];
	expect(hunk).toMatchObject({ oldStart: 8, newStart: 8 });
	expect(hunk?.lines.slice(3, 5)).toEqual([
		{ side: "old", text: "line 10" },
		{ side: "new", text: "<script>alert(1)</script>\r\u2028\u001b[31m" },
	]);
	expect(fileOf("new.txt")?.hunks.flatMap((each) => each.lines.map(({ text }) => text))).toEqual([
		"diff --git a/x b/x",
		"--- a/x",
		"+++ b/x",
		"@@ -1 +1 @@",
		"\\ No newline",
	]);
});

test("where a file ends without a newline, and where a line is cut", () => {
	expect(fileOf("unterminated.txt")?.hunks[0]?.lines).toEqual([
		{ side: "old", text: "one", isUnterminated: true },
		{ side: "new", text: "one" },
		{ side: "new", text: "two", isUnterminated: true },
	]);
	const [line] = fileOf("long.txt")?.hunks[0]?.lines ?? [];
	expect(line).toMatchObject({ side: "new", isCut: true });
	expect(line?.text.length).toBeLessThan(1000);
});

test("of a file that has become a link, both are shown", () => {
	const sides = fileOf("becomes-link")?.hunks.flatMap((each) => each.lines);
	expect(sides).toEqual([
		{ side: "old", text: "a file" },
		{ side: "new", text: "changed.txt", isUnterminated: true },
	]);
});

test("in a terminal each is told in a line, and shown as git would, with nothing that commands it", () => {
	const stat = diffStat({ ...diff, files: diff.files.slice(0, 40) }, undefined);
	const text = diffText(diff, "git diff main...issue/A-1", "none");
	for (const [row, patch] of [
		[/^ {2}R +\+0 −0 +from\.txt → to\.txt$/m, /^diff --git a\/from\.txt b\/to\.txt\nrenamed\ndiff/m],
		[/^ {2}M +\+0 −0 +script\.sh \(mode 100644 to 100755\)$/m, /^old mode 100644\nnew mode 100755$/m],
		[/^ {2}M +binary +binary\.bin$/m, /b\/binary\.bin\nbinary, or too large\ndiff/],
		[/^ {2}T .* becomes-link \(mode 100644 to 120000\)$/m, /^\+changed\.txt\n\\ No newline at end of file$/m],
		[/^ {2}A .* module, submodule$/m, /^\+Subproject commit [0-9a-f]{40}$/m],
		[/^ {2}D .* gone\.txt$/m, /^deleted\n@@ -1 \+0 @@\n-gone$/m],
		[/^ {2}A +binary +longer\.txt$/m, /^\+y{200,}…$/m],
		[/^ {2}A .* odd "name" \.txt$/m, /^\+<script>alert\(1\)<\/script>‹CR›‹U\+2028›‹ESC›\[31m$/m],
	] as const) {
		expect(stat).toMatch(row);
		expect(text).toMatch(patch);
	}
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
	expect(stat + text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e]/);
	expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(2_000);
});

test("what people write comes before what programs write, and lock files are the last", () => {
	const kinds = diff.files.map(({ kind }) => kind);
	expect([...new Set(kinds)]).toEqual(["text", "submodule", "binary", "generated", "lock"]);
	expect(kinds.at(-1)).toBe("lock");
});

test("sums are of all files", () => {
	expect(diff.insertions).toBeGreaterThan(6000);
	expect(diff.deletions).toBe(4);
	expect(diff.moreFiles).toBe(0);
});

test("commits with their trailers", async () => {
	expect(report.commits).toEqual([
		{
			commit: await repository.git(["rev-parse", "issue/A-1"]),
			subject: "A-1: work",
			at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
			trailers: [
				["Orch-Issue", "A-1"],
				["Orch-Thread", "t"],
			],
		},
	]);
	expect(report.moreCommits).toBe(0);
});

test("three thousand files, and many issues: each has its share, and what is left out is counted", async () => {
	const { git, write } = repository;
	await git(["switch", "-q", "-f", "-C", "issue/B-1", "main"]);
	for (let at = 0; at < 3000; at++) await write(`files/${at}.txt`, "x\n");
	await git(["add", "-A"]);
	await git(["commit", "-q", "-m", "B-1: files"]);
	const tip = await git(["rev-parse", "HEAD"]);
	const [alone] = await gathered({ "B-1": tip });
	expect([alone?.diff?.files.length, alone?.diff?.moreFiles, alone?.diff?.insertions]).toEqual([1000, 2000, 3000]);
	const others = Object.fromEntries(Array.from({ length: 199 }, (_, at) => [`C-${at}`, tip]));
	const all = await gathered({ "B-1": tip, ...others });
	expect(all.map(({ diff }) => diff?.files.length)).toEqual(Array(200).fill(100));
	expect(JSON.stringify(all).length).toBeLessThan(15_000_000);
});
