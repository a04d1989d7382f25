import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDocument } from "../../tasks/backlog/document.ts";
import { isFinishedPath, issueFolders, issuesPattern, unusedGlobs } from "../../tasks/backlog/layout-patterns.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { isMilestone, isName } from "../../tasks/contract/names.ts";
import { isClosed } from "../../tasks/contract/state.ts";
import { milestoneFolder } from "../../tasks/store/log-folder.ts";
import { problemsOf } from "../support/documents.ts";

const LAYOUT = readLayout({
	issues: ["backlog/tasks/*.md", "specs/*/WP*.md", "!specs/old/*.md", "specs/old/WP7.md", "!backlog/tasks/*-notes.md"],
	finished: ["backlog/completed/*.md", "backlog/archive/**/*.md", "!backlog/archive/drafts/**/*.md"],
});

test.each([
	["backlog/tasks/1.md", "open"],
	["backlog/tasks/1-notes.md", "none"],
	["backlog/drafts/1.md", "none"],
	["specs/a/WP01.md", "open"],
	["specs/a/plan.md", "none"],
	["specs/old/WP01.md", "none"],
	["specs/old/WP7.md", "open"],
	["backlog/completed/1.md", "finished"],
	["backlog/archive/x/y/1.md", "finished"],
	["backlog/archive/drafts/1.md", "none"],
])("%s is %s: of several globs that match, the last one says", (file, what) => {
	const isIssue = issuesPattern(LAYOUT).test(file);
	expect(isIssue ? (isFinishedPath(file, LAYOUT) ? "finished" : "open") : "none").toBe(what);
});

test.each<readonly [issues: string | readonly string[], unused: readonly string[]]>([
	["a/*.md", []],
	[["a/*.md", "!a/README.md"], []],
	[["a/*.md", "c/*.md", "c/**/*.md", "!b/*.md"], ["a/*.md"]],
])("of %j, nothing is found by %j", (issues, unused) => {
	expect(unusedGlobs({ issues }, ["c/d/x.md", "c/x.md"])).toEqual(unused);
});

test("the folders to look through are each named once", () => {
	expect(issueFolders(LAYOUT)).toEqual(["backlog/tasks", "specs", "backlog/completed", "backlog/archive"]);
	expect(issueFolders(readLayout({ issues: ["docs/a/*.md", "docs/**/*.md", "docs/a/b/*.md"] }))).toEqual(["docs"]);
});

test.each([
	["issues", []],
	["issues", ["!docs/*.md"]],
	["issues", ["docs/*.md", "*.md"]],
	["issues", ["docs/*.md", "!*.txt"]],
	["issues", ["docs/*.md", 7]],
	["issues", ["docs/*.md", "!!docs/x.md"]],
	["finished", []],
	["finished", "**/*.md"],
	["finished", "!docs/*.md"],
])("%s: %j is refused", (key, value) => {
	const problems = problemsOf(() => readLayout({ [key]: value } as never));
	expect(problems).toContainEqual(expect.objectContaining({ kind: "layout-invalid", key }));
});

test("whatever a finished document says of its state and of what is not needed, it is closed", () => {
	const text = "---\nid: A-1\nproject: p\nstate: 7.5\npriority: soon\n---\n";
	const reading = readDocument("backlog/completed/A-1.md", Buffer.from(text), LAYOUT);
	expect(reading).toMatchObject({ kind: "issue", issue: { id: "A-1", title: "A-1", isFinished: true } });
	expect(reading.kind === "issue" && isClosed(reading.issue, LAYOUT.states)).toBe(true);
});

describe("names of milestones", () => {
	test.each(["M1", "M1 - CLI", "m-8 - first", "Käse & Brot", "v1.0 (beta)", "🚀 launch", "_x", "con", "a".repeat(100)])(
		"%s is one",
		(name) => expect(isMilestone(name)).toBe(true),
	);
	test.each([
		"",
		" M1",
		"M1 ",
		"a/b",
		"a\\b",
		"../x",
		".x",
		"-x",
		"a\nb",
		"a\tb",
		"a\u202eb",
		"a\u2028b",
		"a".repeat(101),
	])("%j is none", (name) => expect(isMilestone(name)).toBe(false));

	test("each has a folder of its own, on whatever disk, that is no other name's; and a plain one has its own name", () => {
		const letters = fc.constantFrom("a", "A", "-", " ", "_", ".", "+", "é", ":", "&", "1");
		const name = fc.array(letters, { minLength: 1, maxLength: 6 }).map((each) => each.join(""));
		const some = fc.uniqueArray(name.filter(isMilestone), { maxLength: 20 });
		fc.assert(
			fc.property(some, (names) => {
				const marked = names.filter((each) => !isName(each));
				const folders = marked.map(milestoneFolder);
				expect(new Set(folders.map((each) => each.toLowerCase())).size).toBe(marked.length);
				for (const folder of folders) {
					expect(isName(folder)).toBe(false);
					expect(folder).toMatch(/^[A-Za-z0-9_.-]{0,40}\+[0-9a-f]{8}$/);
				}
				for (const plain of names.filter(isName)) expect(milestoneFolder(plain)).toBe(plain);
			}),
		);
	});
});
