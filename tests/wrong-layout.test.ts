import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { asWritten } from "./support/edited-orchfile.ts";
import { createWorld, ORCHFILE } from "./support/world.ts";

const DOCUMENT = "---\nid: A-1\ntitle: T\nstatus: done\n---\n";
const OPEN = "---\nid: A-2\ntitle: T\nstatus: todo\nblocked_by: [../other/x.md]\n---\n";
const BOXES = "# A\n\n- [x] T1 One\n- [-] T2 Two\n";

/** What is written into an orchfile at first, and what is said of it: by `check`, and by `plan`, with their exit codes. */
const FIRST: readonly (readonly [layout: string, items: string, exitCodes: readonly [number, number], said: RegExp])[] =
	[
		[
			'{ issues: "backlog/task/*.md" }',
			"",
			[2, 2],
			/no file is called \S+\/backlog\/task\/\*\.md\.\n *Markdown is in backlog\/tasks \(2\), plans \(1\)\.\n *Say in the orchfile [^\n]*`layout: \{ issues: "backlog\/tasks\/\*\.md" \}`/,
		],
		[
			'{ issues: "plans/*.md" }',
			"",
			[2, 2],
			/There is no issue: 1 file [^\n]*:\n *plans\/a\.md\n[^\n]*`layout: \{ fields: \{ id: "\{id\}-\*\.md" \} \}`/,
		],
		["{}", '{ files: "plan/{project}.md" }', [2, 2], /Markdown is in [^\n]*\n[^\n]*`files: "backlog\/tasks\/\*\.md"`/],
		[
			"{}",
			'{ files: "plans/{project}.md", item: "### Task {id}: {title}" }',
			[2, 2],
			/There is no issue: 1 file, none with an item such as `### Task \{id\}: \{title\}`:\n *plans\/a\.md\n[^\n]*`item` of `verb\.discoverItems`/,
		],
		[
			"{}",
			'{ files: "plans/{project}.md" }',
			[0, 0],
			/plans\/a\.md:4: warning: state \[-\] is unknown, so the issue is not run\. To say/,
		],
		[
			'{ issues: "backlog/tasks/*.md", project: "app" }',
			"",
			[2, 2],
			/a\.md:4: error: status is not read; expected `state`, or in the orchfile `layout: \{ fields: \{ state: "status" \} \}`/,
		],
		[
			'{ issues: "backlog/tasks/*.md", project: "app", fields: { state: "status" } }',
			"",
			[2, 2],
			/b\.md:5: error: blocked_by names \.\.\/other\/x\.md, expected the document of an issue; correct the id/,
		],
		[
			'{ issues: ["backlog/tasks/*.md", "!backlog/tasks/b.md"], project: "app", fields: { state: "status" } }',
			"",
			[0, 0],
			/1 issue checked: 0 errors/,
		],
	];

test("what a first layout gets wrong is told with what to write", async () => {
	await using world = await createWorld([]);
	const { repository } = world;
	await repository.write("backlog/tasks/a.md", DOCUMENT);
	await repository.write("backlog/tasks/b.md", OPEN);
	await repository.write("plans/a.md", BOXES);
	await repository.commit("a backlog");
	const own = await readFile(ORCHFILE, "utf8");
	for (const [layout, items, exitCodes, said] of FIRST) {
		const text = own.replace("export const graph = {", () => `export const graph = {\n\tlayout: ${layout} as any,`);
		const settings = await asWritten(
			items === "" ? text : text.replace("verb.discover)", () => `verb.discoverItems(${items}))`),
		);
		const checked = await world.run(["check"], settings);
		const plan = await world.run(["plan"], settings);
		expect(`${checked.stdout}${checked.stderr}`).toMatch(said);
		expect([checked.exitCode, plan.exitCode], `${layout} ${items} ${plan.stdout} ${plan.stderr}`).toEqual(exitCodes);
	}
});
