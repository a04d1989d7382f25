import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LARGEST_DOCUMENT } from "../../tasks/backlog/front-matter.ts";
import { readItems } from "../../tasks/backlog/read-items.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { type ItemSettings, verifyItemSettings } from "../../tasks/contract/items.ts";

const FILE = "specs/a/tasks.md";
const SETTINGS: ItemSettings = { files: "specs/*/tasks.md" };
const LAYOUT = readLayout({ project: "p" });

const DOCUMENT = `# Tasks

Mind the cat.

## First

- [ ] T1 One
  - [ ] a step
  more of it
- [x] T2 Two

## Second

- [ ] T3 Three
`;

function issuesIn(text: string, settings = SETTINGS) {
	const { issues, problems } = readItems(FILE, Buffer.from(text), settings, LAYOUT);
	expect(problems).toEqual([]);
	return issues;
}

function hashesIn(text: string): Readonly<Record<string, string>> {
	return Object.fromEntries(issuesIn(text).map(({ id, docHash }) => [id, docHash]));
}

/** Which issues a change of the document makes others of. */
function changedBy(from: string, to: string): string[] {
	expect(DOCUMENT).toContain(from);
	const before = hashesIn(DOCUMENT);
	return Object.entries(hashesIn(DOCUMENT.replace(from, to)))
		.filter(([id, hash]) => hash !== before[id])
		.map(([id]) => id);
}

test("each box is an issue that waits for the one before", () => {
	expect(issuesIn(DOCUMENT)).toMatchObject([
		{ id: "T1", title: "One", state: "planned", blockedBy: [], project: "p", milestone: null, docPath: FILE },
		{ id: "T2", title: "Two", state: "done", blockedBy: ["T1"] },
		{ id: "T3", title: "Three", state: "planned", blockedBy: ["T2"] },
	]);
});

test("what a record compares is the item's text and what is above it, and not what is ticked", () => {
	expect(changedBy("- [ ] T1", "- [x] T1")).toEqual([]);
	expect(changedBy("- [ ] a step", "- [X] a step")).toEqual([]);
	expect(changedBy("a step", "another step")).toEqual(["T1"]);
	expect(changedBy("Two", "Two and a half")).toEqual(["T2"]);
	expect(changedBy("Second", "Last")).toEqual(["T3"]);
	expect(changedBy("the cat", "the dog")).toEqual(["T1", "T2", "T3"]);
	expect(changedBy("\n- [ ] T3 Three\n", "\n- [ ] T3 Three\n- [ ] T4 Four\n")).toEqual(["T4"]);
	expect(changedBy("- [ ] T3 Three\n", "- [ ] T3 Three\n\nBelow all.\n")).toEqual([]);
});

test("project and milestone from the path", () => {
	const settings = { files: "specs/{project}/{milestone}.md" };
	expect(issuesIn(DOCUMENT, settings)[0]).toMatchObject({ project: "a", milestone: "tasks" });
});

describe("what is no issue is told with its line", () => {
	test.each<readonly [string, Partial<ItemSettings>, number, string, RegExp]>([
		["- [ ] without an id\n", {}, 1, "without an id", /`- \[ \] \{id\} \{title\}`/],
		["\n- [ ] T1\n", {}, 2, "T1", /\{id\} \{title\}/],
		["- [ ] ../T1 Up\n", {}, 1, "../T1 Up", /an id of 1 to 64 letters/],
		["### Task 1: A\n\n### Task: B\n\n- [ ] b\n", { item: "### Task {id}: {title}" }, 3, "Task: B", /### Task/],
		[
			"### Task 1: A\n\n## Task 2: B\n\n- [ ] b\n",
			{ item: "### Task {id}: {title}" },
			3,
			"## Task 2: B",
			/line begins/,
		],
		...["-[ ] T1 One", "- [ ]T1 One", "- [ x] T1 One", "-  [  ] T1 One", "• [ ] T1 One", "[ ] T1 One", "☐ T1 One"].map(
			(line) => [`\n${line}\n`, {}, 2, line, /line begins/] as const,
		),
		["A list:\n  - [ ] T1 One\n", {}, 2, "- [ ] T1 One", /line begins/],
	])("%j", (text, settings, line, what, expected) => {
		const { issues, problems } = readItems(FILE, Buffer.from(text), { ...SETTINGS, ...settings }, LAYOUT);
		expect(problems).toEqual([
			{ kind: "document-invalid", file: FILE, line, what, expected: expect.stringMatching(expected) },
		]);
		expect(issues).toHaveLength(text.includes("Task 1") ? 1 : 0);
	});

	test("a project that nothing gives, a document that is too large or no text", () => {
		const read = (bytes: Uint8Array, layout = LAYOUT) => readItems(FILE, bytes, SETTINGS, layout).problems;
		expect(read(Buffer.from(DOCUMENT), readLayout())).toMatchObject([{ what: "project: nothing" }]);
		expect(read(Buffer.alloc(LARGEST_DOCUMENT + 1, "a"))).toMatchObject([{ line: 1 }]);
		expect(read(Buffer.from([0xff, 0xfe, 0]))).toMatchObject([{ line: 1 }]);
	});
});

test("a box with another mark is in a state that nobody has declared", () => {
	expect(issuesIn("- [-] T1 One\n")[0]?.state).toBe("[-]");
	expect(
		issuesIn("### Task 1: A\n\n- [x] a\n- [~] b\n", { ...SETTINGS, item: "### Task {id}: {title}" })[0]?.state,
	).toBe("[~]");
});

test.each([
	"[x](./x.md)",
	"- [P] = side by side",
	"  - [a] the first way",
	"[ ] = to do",
	"[x]: https://example.org",
	"- [ ]",
	"# Task 1: A plan",
])("%j is no issue, and none was meant", (line) => {
	expect(issuesIn(`${line}\n- [ ] T2 Two\n`, { ...SETTINGS, beside: "[P]" })).toMatchObject([{ id: "T2" }]);
});

test("a box in a section counts, however it is drawn", () => {
	const settings = { ...SETTINGS, item: "### Task {id}: {title}" };
	const stateOf = (...boxes: readonly string[]) =>
		issuesIn(`### Task 1: A\n\n${boxes.join("\n")}\n`, settings)[0]?.state;
	for (const box of ["-[ ] b", "- [ ]b", "* [  ] b", "• [ ] b"]) expect(stateOf("- [x] a", box), box).toBe("planned");
	for (const box of ["-[x] b", "- [X]b", "- [ x ] b"]) expect(stateOf("- [x] a", box), box).toBe("done");
	expect(stateOf("- [x] a", "- [b](c) d")).toBe("done");
});

test("what was meant to be an item is told of apart: whether it is ticked, and who would wait for it", () => {
	const text = "- [x] without an id\n- [ ] T1 One\n- [ ] another\n- [ ] T2 Two\n- [ ] T3 Three\n";
	const { sketches, problems } = readItems(FILE, Buffer.from(text), SETTINGS, LAYOUT);
	expect(problems.map((each) => sketches.get(each))).toMatchObject([
		{ isClosed: true, blocks: [] },
		{ isClosed: false, blocks: ["T2", "T3"] },
	]);
});

test("each box outside of code and comments is an issue in its place, or told", () => {
	const line = fc.constantFrom(
		"- [ ] T# One",
		"- [x] T# Two",
		"- [ ] nothing",
		"",
		"text",
		"  more",
		"## A",
		"* [ ] T# X",
	);
	fc.assert(
		fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
			const written = lines.map((each, at) => each.replace("#", String(at + 1)));
			const { issues, problems } = readItems(FILE, Buffer.from(written.join("\n")), SETTINGS, LAYOUT);
			const boxes = written.flatMap((each, at) => (/^[-*] \[/.test(each) ? [at + 1] : []));
			const told = problems.map((each) => (each.kind === "document-invalid" ? each.line : 0));
			const read = issues.map(({ id }) => Number(id.slice(1)));
			expect([...told, ...read].sort((a, b) => a - b)).toEqual(boxes);
			expect(issues.map(({ blockedBy }) => blockedBy)).toEqual(
				issues.map((_, at) => (at === 0 ? [] : [issues[at - 1]?.id])),
			);
		}),
	);
});

test.each([
	[{ files: "tasks.md" }, /files .* folder/],
	[{ files: "*/tasks.md" }, /files/],
	[{ files: "../x/tasks.md" }, /files/],
	[{ files: "x/./tasks.md" }, /files/],
	[{ files: "x/{id}.md" }, /only placeholders/],
	[{ files: "x/{project}/{project}.md" }, /each once/],
	[{ files: "x/y.md", item: "{id} {title}" }, /item .* a line such as/],
	[{ files: "x/y.md", item: "- [ ] {title}" }, /\{id\} and \{title\}/],
	[{ files: "x/y.md", item: "- [ ] {id}{title}" }, /something between/],
	[{ files: "x/y.md", beside: "" }, /beside/],
	[{ files: "x/y.md", besides: "[P]" }, /besides/],
])("%j can't be used", (settings, expected) => {
	expect(() => verifyItemSettings(settings)).toThrow(expected);
});
