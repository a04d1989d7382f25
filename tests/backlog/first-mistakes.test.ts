import { describe, expect, test } from "vitest";
import { readDocument } from "../../tasks/backlog/document.ts";
import { readItems } from "../../tasks/backlog/read-items.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import type { LayoutSettings } from "../../tasks/contract/layout.ts";
import { problemsIn, withFrontMatter } from "../support/documents.ts";

// What somebody meets who brings documents that were written for something else.

const LAYOUT: LayoutSettings = { issues: "tasks/*.md", project: "app" };
const ISSUE = ["id: A-1", "title: T"];

function readAs(settings: LayoutSettings, text: string, file = "tasks/a.md") {
	return readDocument(file, Buffer.from(text), readLayout(settings));
}

describe("what is not there is told with where it may stand", () => {
	test.each<readonly [field: string, lines: readonly string[], settings: LayoutSettings, expected: RegExp]>([
		["id", ["title: T"], LAYOUT, /^`id:` in the front matter.*layout\.fields.*`!` in `layout\.issues`$/],
		["key", ["title: T"], { ...LAYOUT, fields: { id: "key" } }, /^`key:` in the front matter/],
		["title", ["id: A-1"], LAYOUT, /^`title:` in the front matter.*layout\.fields.*`# \{title\}`$/],
		["project", ISSUE, { issues: "tasks/*.md" }, /^`project:` in the front matter.*`layout\.project`/],
	])("%s", (field, lines, settings, expected) => {
		expect(problemsIn(readAs(settings, withFrontMatter(...lines)))).toEqual([
			{
				...{ kind: "document-invalid", file: "tasks/a.md", line: 1 },
				...{ what: `${field}: nothing`, expected: expect.stringMatching(expected) },
			},
		]);
	});
});

test.each(["Fix the door!", "été", "a..b", "-x"])(
	"a name of a file that can be no id is told with the pattern: %s",
	(name) => {
		const settings = { ...LAYOUT, fields: { id: "{file}", title: "# {title}" } };
		const reading = readAs(settings, "# T\n", `tasks/${name}.md`);
		expect(problemsIn(reading)).toMatchObject([{ what: `id: "${name}" by \`{file}\`` }]);
	},
);

describe("a state under another name is not passed over", () => {
	test.each(["status: done", "Status: done", "State: done", "states: [done]", "status:"])("%s", (line) => {
		const reading = readAs(LAYOUT, withFrontMatter(...ISSUE, line));
		const [key = ""] = line.split(":");
		expect(reading).toMatchObject({ kind: "broken" });
		expect(problemsIn(reading)).toMatchObject([
			{
				line: 4,
				what: `${key} is not read`,
				expected: `\`state\`, or in the orchfile \`layout: { fields: { state: "${key}" } }\``,
			},
		]);
	});

	test.each<readonly [lines: readonly string[], settings: LayoutSettings]>([
		[["status: x", "state: open"], LAYOUT],
		[["status: done"], { ...LAYOUT, fields: { state: null } }],
		[["status: done"], { ...LAYOUT, foreign: ["status"] }],
		[["status: x"], { ...LAYOUT, fields: { state: "Status: {state}" } }],
		[["stage: x"], LAYOUT],
	])("but where the state is said, or said to be elsewhere: %j", (lines, settings) => {
		expect(readAs(settings, withFrontMatter(...ISSUE, ...lines))).toMatchObject({ kind: "issue" });
	});
});

describe("what says that there is nothing to do is not passed over", () => {
	const byLine = { ...LAYOUT, fields: { state: "Status: {state}" } };
	type Row = readonly [lines: readonly string[], settings?: LayoutSettings];
	const inFull = ([lines, settings = LAYOUT]: Row) => ({ lines, settings });
	const TOLD: readonly Row[] = [
		[["status: closed", "state: open"]],
		[["status: done", "Status: open"], { ...LAYOUT, fields: { state: "Status" } }],
		[["status: In Review", "state: todo"]],
		[["status: done"], byLine],
		[["status: done", "state:"]],
		[["done: true"]],
		[["isDone: true", "state: open"]],
		[["completed: true"]],
		[["closed_at: 2026-01-02"]],
		[["archived: true"], byLine],
		[["lane: done"]],
		[["stage: On hold"]],
		[["workflow_state: Completed"]],
	];
	test.each(TOLD.map(inFull))("$lines", ({ lines, settings }) => {
		const reading = readAs(settings, withFrontMatter(...ISSUE, ...lines));
		expect(reading.kind).toBe("broken");
		const [key = ""] = lines[0]?.split(":") ?? [];
		const what = expect.stringMatching(`^${key}(?:: .*)? is not read`);
		expect(problemsIn(reading)).toMatchObject([{ line: 4, what }]);
		const foreign = readAs({ ...settings, foreign: [key] }, withFrontMatter(...ISSUE, ...lines));
		expect(foreign.kind).toBe("issue");
	});

	const NOT_TOLD: readonly Row[] = [
		[["status: open", "state: done"]],
		[["status: doing", "state: open"]],
		[["done: false"]],
		[["done: true"], { ...LAYOUT, fields: { state: null } }],
		[["closed:"]],
		[["closed_at: 2026-01-02", "state: reopened"]],
		[["lane: done", "state: open"]],
		[["phase: Phase 1 - Setup"]],
		[["completed: 80%"]],
		[["review: done"]],
	];
	test.each(NOT_TOLD.map(inFull))("but not of $lines", ({ lines, settings }) => {
		expect(readAs(settings, withFrontMatter(...ISSUE, ...lines)).kind).toBe("issue");
	});
});

describe("what an issue waits for is not passed over under another name", () => {
	test.each([
		...["dependencies: [A-2]", "depends_on: A-2", "dependsOn: 7", "Blocked-By: [A-2]", "dependency: A-2"],
		...["depends: [A-2]", 'requires: [A-2, "#7"]', "after: T001", "needs: [./a-2.md]", "deps: [A-2]\nblocked_by:"],
	])("%s", (line) => {
		const reading = readAs(LAYOUT, withFrontMatter(...ISSUE, line));
		const [key = ""] = line.split(":");
		expect(reading).toMatchObject({ kind: "broken" });
		const expected = `\`blocked_by\`, or in the orchfile \`layout: { fields: { blocked_by: "${key}" } }\`, or \`layout: { foreign: ["${key}"] }\` where it means something else`;
		expect(problemsIn(reading)).toMatchObject([{ line: 4, what: `${key} is not read`, expected }]);
	});

	test.each<readonly [lines: readonly string[], settings: LayoutSettings]>([
		[["dependencies: [A-2]", "blocked_by: []"], LAYOUT],
		[["dependencies: []"], LAYOUT],
		[["dependencies:"], LAYOUT],
		[["dependencies: { zod: 4 }"], LAYOUT],
		[["requires: [node, git]"], LAYOUT],
		[['needs: ["node >= 18"]'], LAYOUT],
		[["requires: []"], LAYOUT],
		[["dependencies: [A-2]"], { ...LAYOUT, fields: { blocked_by: null } }],
		[["dependencies: [A-2]"], { ...LAYOUT, foreign: ["dep*"] }],
		[["dependencies: [A-2]"], { ...LAYOUT, fields: { blocked_by: "## Blocked by" } }],
		[["dependencies: [A-2]"], { ...LAYOUT, fields: { labels: "dependencies" } }],
	])("but where that is said, or said to be elsewhere: %j", (lines, settings) => {
		expect(readAs(settings, withFrontMatter(...ISSUE, ...lines))).toMatchObject({ kind: "issue" });
	});

	test("it stops nothing where the issue is closed", () => {
		const reading = readAs(LAYOUT, withFrontMatter(...ISSUE, "state: done", "dependencies: [A-2]"));
		expect(reading).toMatchObject({ kind: "issue", faults: [{ what: "dependencies is not read" }] });
	});
});

describe("a line that begins with the name of a field, and is drawn otherwise, is told", () => {
	const layout: LayoutSettings = {
		...LAYOUT,
		fields: {
			...{ id: "{id}-*.md", title: "# {title}", state: "Status: {state}" },
			blocked_by: ["Blocked by: {blocked_by}", "## Blocked by"],
		},
	};
	const reading = (text: string) => readAs(layout, `# T\n\n${text}\n`, "tasks/1-a.md");

	test.each([
		"Status - done",
		"| Status | done |",
		"## Status: done",
		"## Status\n\ndone",
		"<b>Status</b> – done",
		"✅ Status (done)",
		"**Blocked by**\n\n- 02",
		"Blocked by:\n\n- 02",
		"Blocked by\n==========\n\n- 02",
		"| Blocked by | 02 |",
	])("%j", (text) => {
		const [line = ""] = text.split("\n");
		expect(reading(text)).toMatchObject({ kind: "broken" });
		expect(problemsIn(reading(text))).toMatchObject([
			{ line: 3, what: `${line} is not read`, expected: expect.stringMatching(/^`.*`, as `layout\.fields` has it$/) },
		]);
	});

	test.each([
		"Status codes are told.",
		"Status-quo: keep it",
		"Status:",
		"Blocked by:",
		"Blocked by:\n\nSome text.",
		"Blocked by (none)",
		"| Blocked by | - |",
		"```\nStatus - done\n```",
		"Status: open\n\n## Status\n\nMore of it.",
	])("but not %j", (text) => expect(reading(text)).toMatchObject({ kind: "issue", issue: { blockedBy: [] } }));

	test("a section is one, however far in its heading is", () => {
		expect(reading("### Blocked by\n\n- 02")).toMatchObject({ issue: { blockedBy: ["02"] } });
		expect(reading("### Blocked by\n\n- 03\n\n## Blocked by\n\n- 02")).toMatchObject({ issue: { blockedBy: ["02"] } });
	});
});

describe("what YAML takes for a comment", () => {
	test.each<readonly [line: string, field: string, written: string]>([
		["blocked_by: #7", "blocked_by", '"#7"'],
		["blocked_by: 6 #7", "blocked_by", '"6 #7"'],
		["milestone: #1", "milestone", '"#1"'],
		["state: done #12", "state", '"done #12"'],
	])("%s is told, with quotes", (line, field, written) => {
		const reading = readAs(LAYOUT, withFrontMatter(...ISSUE, line));
		expect(reading).toMatchObject({ kind: "broken" });
		expect(problemsIn(reading)).toMatchObject([
			{
				line: 4,
				what: expect.stringMatching(`^${field}: .*, and after it a comment for YAML: #\\d+$`),
				expected: `the value in quotes, ${field}: ${written}, or a blank after the \`#\` of a comment`,
			},
		]);
	});

	test.each(["title: Fix #7 now", "parent: #7"])("%s stops nothing", (line) => {
		const reading = readAs(LAYOUT, withFrontMatter("id: A-1", "title: T", line).replace(/title: T\n(?=title)/, ""));
		expect(reading).toMatchObject({ kind: "issue", faults: [{ what: expect.stringContaining("a comment") }] });
	});

	test.each([
		"blocked_by: # none yet",
		"blocked_by: [] #",
		'blocked_by: "#7"',
		"blocked_by: ['#7'] # seven",
		"estimate: 2 ## about",
		"labels: [a#7]",
		"github: x #7",
	])("%s is as it looks", (line) => {
		const reading = readAs(LAYOUT, withFrontMatter(...ISSUE, line));
		expect(reading).toMatchObject({ kind: "issue" });
		expect(problemsIn(reading)).toEqual([]);
	});
});

test("nothing in a list is told on its line", () => {
	const reading = readAs(LAYOUT, withFrontMatter(...ISSUE, "blocked_by:", "  - A-2", "  - #7"));
	expect(problemsIn(reading)).toMatchObject([{ what: expect.stringMatching(/^blocked_by: nothing, .*#7$/), line: 6 }]);
});

test("boxes of numbered lists are boxes, and one that is drawn otherwise is told", () => {
	const text = "1. [x] T1 a\n2) [ ] T2 b\n- [] T3 c\n-  [ ] T4 d\n- [link](x) e\n- [12] f\n";
	const { issues, problems } = readItems(
		"specs/a/tasks.md",
		Buffer.from(text),
		{ files: "specs/{project}/tasks.md" },
		readLayout(),
	);
	expect(problems).toEqual([]);
	expect(issues.map(({ id, state }) => [id, state])).toEqual([
		["T1", "done"],
		["T2", "planned"],
		["T3", "[]"],
		["T4", "planned"],
	]);
});

test("an item's title goes without a dash before it, and a box that has no id is told with the rule", () => {
	const text = "- [ ] T1 - One\n- [ ] **T2** — Two\n- [ ] T3: Three\n- [ ] T4 -1 degree\n";
	const { issues, problems } = readItems(
		"specs/a/tasks.md",
		Buffer.from(text),
		{ files: "specs/{project}/tasks.md" },
		readLayout(),
	);
	expect(issues.map(({ title }) => title)).toEqual(["One", "Two", "-1 degree"]);
	expect(problems).toMatchObject([
		{
			line: 3,
			what: "T3: Three",
			expected: expect.stringMatching(/^`- \[ \] \{id\} \{title\}` \(`item`\), with an id of 1 to/),
		},
	]);
});
