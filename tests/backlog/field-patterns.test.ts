import { describe, expect, test } from "vitest";
import { readDocument } from "../../tasks/backlog/document.ts";
import { identify } from "../../tasks/backlog/identify.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { referencesIn } from "../../tasks/backlog/references.ts";
import type { LayoutSettings } from "../../tasks/contract/layout.ts";
import { problemsIn, problemsOf } from "../support/documents.ts";

type Fields = NonNullable<LayoutSettings["fields"]>;

function readAt(file: string, text: string, fields: Fields, more: LayoutSettings = {}) {
	return readDocument(file, Buffer.from(text), readLayout({ project: "p", ...more, fields }));
}

function issueAt(file: string, text: string, fields: Fields, more: LayoutSettings = {}) {
	const reading = readAt(file, text, fields, more);
	if (reading.kind !== "issue") throw new Error(JSON.stringify(reading));
	return reading.issue;
}

describe("an id from the name or path of its file", () => {
	test.each([
		["{file}", "x/TP-1.md", "TP-1"],
		["{id}.md", "x/task.md", "task"],
		["{id}-*.md", "issues/0012-add-a-door.md", "0012"],
		["{id}-*.md", "issues/7-door-2-of-3.md", "7"],
		["{id}-*.md", "issues/FEAT-12-door.md", "FEAT-12"],
		["{id}-*.md", "issues/WP01-door-2.md", "WP01"],
		["{id} - *.md", "backlog/task-7 - A door - or two.md", "task-7"],
		["{id}-PLAN.md", "phases/01-x/01-02-PLAN.md", "01-02"],
		["work/{id}-*/PROMPT.md", "work/TP-004-door/PROMPT.md", "TP-004"],
		["**/{id}/spec.md", "a/b/S1/spec.md", "S1"],
		["# Task: {id} - {title}", "x.md", "H-3"],
		["Ticket: {id}", "x.md", "L-9"],
	])("%s of %s", (id, file, expected) => {
		const text = "# Task: H-3 – A door\n\n- **Ticket:** `L-9`\n";
		expect(issueAt(file, text, { id, title: "# {title}" }).id).toBe(expected);
	});

	test.each([
		["{id}-*.md", "issues/how-to-write.md"],
		["{id}-*.md", "issues/0012.md"],
		["{id} - *.md", "issues/README.md"],
	])("%s does not fit %s: without front matter it is counted as no issue, with it the id is told", (id, file) => {
		const fields = { id, title: ["title", "# {title}"] };
		expect(readAt(file, "# A door\n", fields)).toEqual({ kind: "no-front-matter", file });
		expect(problemsIn(readAt(file, "---\ntitle: A door\n---\n", fields))).toMatchObject([
			{ file, line: 1, what: "id: nothing", expected: expect.stringContaining(`\`${id}\``) },
		]);
	});

	test("what can be no branch and no folder is refused as in front matter", () => {
		for (const file of ["x/a b.md", "x/.hidden.md", "x/con.md", "x/a.lock.md"])
			expect(problemsIn(readAt(file, "# T\n", { id: "{file}", title: "# {title}" }))).toMatchObject([
				{ what: expect.stringMatching(/^id: /), expected: expect.stringContaining("1 to 64 letters") },
			]);
	});
});

const DOCUMENT = `<!-- Status: hidden -->
\`\`\`
# not this
Status: nor this
\`\`\`
# 03 — Open the door ##

- **Status:** \`ready-for-agent\`
- **Priority**: high
- Labels: wood, iron

## Blocked by

- [x] [the frame](./01-frame.md): it has to stand
- \`02-hinges.md\` (both of them)

### What else

- 9

## Parent

None
`;

test("title, state, priority, labels and relations from headings, lines and sections", () => {
	const fields: Fields = {
		...{ id: "{id}-*.md", title: "# {id} - {title}", state: "Status: {state}", priority: "Priority: {priority}" },
		...{ labels: "Labels: {labels}", parent: "## Parent", project: ".scratch/{project}/**" },
		...{ milestone: ".scratch/{milestone}/issues/*.md", blocked_by: "## Blocked by" },
	};
	const file = ".scratch/house/issues/03-door.md";
	expect(problemsIn(readAt(file, DOCUMENT, fields))).toEqual([
		expect.objectContaining({ line: 17, what: 'blocked_by.2: "### What else"' }),
	]);
	expect(issueAt(file, DOCUMENT.replace("### What else\n\n", ""), fields)).toMatchObject({
		...{ id: "03", title: "Open the door", state: "ready-for-agent", priority: 2, labels: ["wood", "iron"] },
		...{ project: "house", milestone: "house", parent: null },
		blockedBy: ["./01-frame.md", "02-hinges.md", "9"],
	});
});

test("front matter comes before patterns, where its field is named before them", () => {
	const text = "---\nname: From above\nstate: done\n---\n\n# From below\n\nStatus: open\n";
	expect(issueAt("a/7.md", text, { id: "{file}", title: ["name", "# {title}"] }).title).toBe("From above");
	expect(issueAt("a/7.md", text, { id: "{file}", title: "# {title}", state: "Status: {state}" })).toMatchObject({
		...{ title: "From below", state: "open" },
	});
	expect(issueAt("a/7.md", "---\nname: ''\n---\n# B\n", { id: "{file}", title: ["name", "# {title}"] }).title).toBe(
		"B",
	);
});

test("a document that has lost its fence is told, and not read by its patterns", () => {
	const reading = readAt("a/7.md", "title: A door\nstate: done\n---\n\n# T\n", {
		id: "{file}",
		title: ["title", "# {title}"],
	});
	expect(reading).toMatchObject({ kind: "no-front-matter", lost: { line: 1 } });
});

test.each([
	["01", ["01"]],
	["#12", ["12"]],
	["WP01, WP02 and WP03", ["WP01", "WP02", "WP03"]],
	["p/A-1: because", ["p/A-1"]],
	["**Task:** TP-000 (the base)", ["TP-000"]],
	["01 — The frame, and 02", ["01"]],
	["[x](<./task-7 - A door.md>)", ["./task-7 - A door.md"]],
	["[x](../b/0003-x.md#done), [[WP02|the second]]", ["../b/0003-x.md", "WP02"]],
	["task-7 - A door.md", ["task-7 - A door.md"]],
	["A-1.", ["A-1"]],
	["None", []],
	["None - can start at once.", []],
	["—", []],
	["**Task:** None", []],
	["wait for the design", ["wait for the design"]],
	["01 and then 02", ["01 and then 02"]],
	["[x](https://example.org/1)", ["[x](https://example.org/1)"]],
])("an item of a list, %j, names %j", (text, names) => {
	expect(referencesIn(text)).toEqual(names);
});

describe("relations", () => {
	const at = (file: string, blockedBy: string) =>
		issueAt(file, `---\nblocked_by: ${blockedBy}\n---\n# T\n`, {
			...{ id: ["id", "{id}-*.md"], title: "# {title}", project: "{project}/**" },
		});
	test.each([
		["1", "a/T-01"],
		["01", "a/T-01"],
		["T-01", "a/T-01"],
		["t-01", "a/T-01"],
		["b/T-01", "b/T-01"],
		["T-01-frame", "a/T-01"],
		["./T-01-frame.md", "a/T-01"],
		["T-01-frame.md", "a/T-01"],
		["../b/T-01-frame.md", "b/T-01"],
		["/b/T-01-frame.md", "b/T-01"],
		['"[frame](T-01-frame.md#why)"', "a/T-01"],
		['"#1"', "a/T-01"],
		["3", "3"],
		["../../T-01-frame.md", "../../T-01-frame.md"],
		["T-03-none.md", "T-03-none.md"],
	])("blocked_by: %s", (written, expected) => {
		const all = [at("a/T-01-frame.md", "[]"), at("a/T-02-door.md", written), at("b/T-01-frame.md", "[]")];
		const { issues } = identify(all, {});
		expect(issues.find(({ docPath }) => docPath === "a/T-02-door.md")?.blockedBy).toEqual([expected]);
	});

	test("a number that two issues of a folder have names neither", () => {
		const { issues } = identify([at("a/T-01-x.md", "[]"), at("a/U-1-y.md", "[]"), at("a/T-02-z.md", "1")], {});
		expect(issues[2]?.blockedBy).toEqual(["1"]);
	});

	test("a number is one's own folder's before it is another project's id", () => {
		const { issues } = identify([at("a/T-01-x.md", "[]"), at("b/1-y.md", "[]"), at("a/T-02-z.md", "1")], {});
		expect(issues[2]?.blockedBy).toEqual(["T-01"]);
	});
});

test.each<readonly [Fields, string, RegExp]>([
	[{ id: "{file}-x" }, "fields.id", /\{id\}, once/],
	[{ id: "{id}" }, "fields.id", /the name of a line first/],
	[{ id: "{id}*.md" }, "fields.id", /something between/],
	[{ id: "{id}{title}.md" }, "fields.id", /something between/],
	[{ id: "/x/{id}.md" }, "fields.id", /relative/],
	[{ id: "../{id}.md" }, "fields.id", /relative/],
	[{ id: "a**/{id}.md" }, "fields.id", /whole folders/],
	[{ id: ["{id}.md", "id"] }, "fields.id", /before all patterns/],
	[{ id: [] }, "fields.id", /the name of a field/],
	[{ title: "#{title}" }, "fields.title", /a blank after/],
	[{ title: "## Title" }, "fields.title", /a list below one is for/],
	[{ title: "# {titel}" }, "fields.title", /\{title\}, once/],
	[{ title: "# {titel}: {title}" }, "fields.title", /the only placeholders/],
	[{ milestone: "specs/{project}/**" }, "fields.milestone", /\{milestone\}, once/],
	[{ checks: "Checks: {checks}" }, "fields.checks", /in the front matter/],
	[{ state: "{state}:" }, "fields.state", /the name of a line first/],
	[{ blocked_by: [7] as unknown as string[] }, "fields.blocked_by", /the name of a field/],
])("%j can't be used", (fields, key, expected) => {
	expect(problemsOf(() => readLayout({ fields }))).toContainEqual(
		expect.objectContaining({ kind: "layout-invalid", key, expected: expect.stringMatching(expected) }),
	);
});

test("a heading or line that is too long is told, and not cut off or passed over", () => {
	const fields = { id: "{file}", title: "# {title}", state: "Status: {state}", blocked_by: "Waits for: {blocked_by}" };
	const long = Array.from({ length: 200 }, (_, at) => `A-${at}`).join(", ");
	for (const [text, line, what] of [
		[`# ${long}\n`, 1, "title"],
		[`# T\n\nWaits for: ${long}\n`, 3, "blocked_by.0"],
	] as const)
		expect(problemsIn(readAt("x/1.md", text, fields))).toMatchObject([{ line, what: expect.stringContaining(what) }]);
	expect(issueAt("x/1.md", `# T\n\nStatus: ${long}\n`, fields).state).toMatch(/characters/);
});

test("long lines take no time that grows with their square", () => {
	const fields = { id: "{id}-*.md", title: "# {id}: {title}", state: "Status: {state}", blocked_by: "## Blocked by" };
	const long = "# ".repeat(40_000);
	const text = `${long}\n\nStatus: ${"a ".repeat(30_000)}\n\n## Blocked by\n\n- ${"[".repeat(30_000)}\n- ${"1, ".repeat(10_000)}\n`;
	const from = process.cpuUsage();
	readAt("x/1-a.md", text, fields);
	const { user, system } = process.cpuUsage(from);
	expect(user + system).toBeLessThan(1_000_000);
});
