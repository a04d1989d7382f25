import { expect, test } from "vitest";
import { blocksOf } from "../../../tasks/cli/page/diff/blocks.ts";
import { changedWords } from "../../../tasks/cli/page/diff/changed-words.ts";
import { diffMarkup } from "../../../tasks/cli/page/diff/diff.ts";
import type { Diff, DiffLine, FileDiff } from "../../../tasks/contract/report.ts";

const WHOLE = "git diff main...issue/A-1";
const both = (text: string): DiffLine => ({ side: "both", text });
const old = (text: string, more: Partial<DiffLine> = {}): DiffLine => ({ side: "old", text, ...more });
const added = (text: string, more: Partial<DiffLine> = {}): DiffLine => ({ side: "new", text, ...more });

function fileOf(changes: Partial<FileDiff>, ...lines: readonly DiffLine[]): FileDiff {
	const hunks = lines.length > 0 ? [{ oldStart: 7, newStart: 9, section: "class A {", lines }] : [];
	return {
		path: "src/a.ts",
		change: "modified",
		kind: "text",
		insertions: 1,
		deletions: 1,
		hunks,
		moreLines: 0,
		...changes,
	};
}

function shown(files: readonly FileDiff[], more: Partial<Diff> = {}): string {
	return diffMarkup({ from: "1", to: "2", files, insertions: 1, deletions: 1, moreFiles: 0, ...more }, WHOLE).source;
}

test.each<[string, FileDiff, readonly RegExp[]]>([
	[
		"a renamed file",
		fileOf({ change: "renamed", oldPath: "src/b.ts" }),
		[/<bdi>src\/b\.ts<\/bdi> → <bdi>src\/a\.ts<\/bdi>/, />renamed</],
	],
	["a mode", fileOf({ oldMode: "100644", newMode: "100755" }), [/mode 100644 → 100755/]],
	[
		"a file that became a link",
		fileOf({ change: "type-changed", oldMode: "100644", newMode: "120000" }),
		[/type changed/, /120000/],
	],
	["a binary file, which has nothing to open", fileOf({ kind: "binary" }), [/<div class="file">.*binary/]],
	[
		"a submodule",
		fileOf({ kind: "submodule" }, old("Subproject commit a"), added("Subproject commit b")),
		[/submodule/, /<del data-n="7">Subproject commit <mark>a/],
	],
	[
		"no newline at the end",
		fileOf({}, old("a", { isUnterminated: true }), added("a")),
		[/<del [^>]*>.*no newline at the end of the file<\/small><\/del>/],
	],
	["a line that was cut", fileOf({}, added("x".repeat(10), { isCut: true })), [/the line goes on/]],
	[
		"lines that were left out",
		fileOf({ moreLines: 812 }, added("x")),
		[/812 more lines are left out here\. The whole diff: <code>git diff main\.\.\.issue\/A-1/],
	],
	[
		"a file of which nothing is shown",
		fileOf({ kind: "lock", moreLines: 5_000 }),
		[/lock file/, /Its 5000 lines are left out/],
	],
])("is told: %s", (_, file, patterns) => {
	for (const pattern of patterns) expect(shown([file])).toMatch(pattern);
});

test("of thousands of files the rest is counted, and the command that shows all of it is there", () => {
	const page = shown([fileOf({}, added("x"))], { moreFiles: 2_999 });
	expect(page).toContain("3000 files");
	expect(page).toMatch(/2999 more files are left out here\. The whole diff: <code>git diff/);
	expect(shown([])).toContain("It changes nothing.");
});

test("lines are numbered in the file that has them, and stand beside what took their place", () => {
	const lines = [both("a"), old("b"), old("c"), added("d"), both("e"), added("f"), old("g")];
	const blocks = blocksOf({ oldStart: 7, newStart: 9, section: "", lines });
	const numbers = blocks.map((block) =>
		[block.both, block.old, block.new].map((each) => each.map(({ text, number }) => `${number}${text}`)),
	);
	expect(numbers).toEqual([
		[["7a"], ["8b", "9c"], ["10d"]],
		[["10e"], [], ["12f"]],
		[[], ["11g"], []],
	]);
	expect(blocks[1]?.both[0]?.newNumber).toBe(11);
});

test("a line of both files is there once; where both are shown, with its number in either", () => {
	expect(shown([fileOf({}, both("same"), old("a"), added("b"))])).toContain(
		'<span data-n="9" data-old="7">same</span><del data-n="8">a</del><ins data-n="10">b</ins>',
	);
	expect(shown([fileOf({ deletions: 0 }, both("same"), added("b"))])).toContain('<span data-n="9">same</span>');
});

test.each<[string, string, string, unknown]>([
	["a word", "const a = one;", "const a = two;", "one → two"],
	["blanks", "  a + b", "    a + b", true],
	["lines that have nothing in common", "export function a() {", "}", undefined],
	["a line longer than anybody reads", `${"a ".repeat(300)}b`, `${"a ".repeat(300)}c`, undefined],
	["more edits than are told apart", "a b c d e f g h ".repeat(20), "z b y d x f w h ".repeat(20), undefined],
])("words that have changed are marked, where that says something: %s", (_, before, after, expected) => {
	const words = changedWords(before, after);
	if (expected === undefined) expect(words).toBeUndefined();
	else expect(words?.old.map(({ text }) => text).join("")).toBe(before);
	if (typeof expected !== "string") return;
	const marked = (side: "old" | "new") => words?.[side].filter(({ isChanged }) => isChanged).map(({ text }) => text);
	expect(`${marked("old")} → ${marked("new")}`).toBe(expected);
});

test("of a place where a thousand lines have changed, words are compared of the first sixty alone", () => {
	const lines = (word: string) => Array.from({ length: 1000 }, (_, n) => `${word} ${"alike ".repeat(40)}${n}`);
	const page = shown([
		fileOf({}, ...lines("before").map((each) => old(each)), ...lines("after").map((each) => added(each))),
	]);
	expect(page.match(/<ins/g)).toHaveLength(1000);
	expect(page.match(/<mark>before/g)).toHaveLength(60);
	expect(page.match(/<mark>after/g)).toHaveLength(60);
});
