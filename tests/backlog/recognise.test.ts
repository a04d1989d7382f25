import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldersOf, readProposal } from "../../tasks/backlog/families/read-proposal.ts";
import { recognise } from "../../tasks/backlog/families/recognise.ts";
import { asSeen } from "../../tasks/backlog/families/seen.ts";
import { milestonesPattern } from "../../tasks/backlog/layout-patterns.ts";
import { orchfileText } from "../../tasks/cli/orchfile-text.ts";
import { meaningOf } from "../../tasks/contract/state.ts";
import { FAMILIES } from "../support/families.ts";

type Files = Readonly<Record<string, string>>;

function look(files: Files) {
	const seen = (file: string) => asSeen(file, Buffer.from(files[file] ?? ""));
	const { proposals, doubts } = recognise(Object.keys(files), seen, "app");
	const found = proposals.map((proposal) => {
		const folders = foldersOf(proposal);
		const own = Object.keys(files).filter((file) => folders.some((each) => file.startsWith(`${each}/`)));
		return { proposal, own, ...readProposal(proposal, own.filter((file) => file.endsWith(".md")).sort(), seen) };
	});
	return { found, doubts };
}

/** Front matter with these lines. */
function doc(...lines: readonly string[]): string {
	return `---\n${lines.join("\n")}\n---\n\nText.\n`;
}

test.each<readonly [string, Files]>([
	["decisions", { "docs/adr/0001-x.md": "# X\n\nStatus: accepted\n", "docs/adr/0002-y.md": "# Y\n\nStatus: open\n" }],
	["posts", { "_posts/2025-01-01-x.md": doc("title: X", "status: draft") }],
	["pages about tasks", { "docs/tasks/run.md": doc("title: Run", "weight: 3"), "docs/tasks/a.md": doc("title: A") }],
	["forms for issues", { ".github/ISSUE_TEMPLATE/bug.md": doc("name: Bug", "title: ''", "labels: bug") }],
	["prose in a folder of that name", { "issues/README.md": "# Issues\n\nStatus: open\n", "tasks/todo.md": "# Todo\n" }],
	["what others wrote", { "node_modules/x/backlog/tasks/task-1 - x.md": doc("id: task-1", "status: To Do") }],
	["what is made up", { "tests/fixtures/backlog/tasks/task-1 - x.md": doc("id: task-1", "status: To Do") }],
	["a specification without tasks", { "specs/001-x/tasks.md": "# Tasks\n\n- [ ] write them\n" }],
	["plans without tasks", { "docs/plans/x.md": "# Plan\n\n## Task list\n\n- [ ] a\n" }],
])("%s are no backlog", (_, files) => {
	expect(look(files).found).toEqual([]);
});

test.each<readonly [what: string, files: Files, layout: object]>([
	[
		"some folders down",
		{ "packages/web/backlog/tasks/task-1 - x.md": doc("id: task-1", "title: X", "status: To Do", "project: web") },
		{ issues: "packages/web/backlog/tasks/*.md", fields: { state: "status" } },
	],
	[
		"keys with a capital letter",
		{
			"issues/a.md": doc("ID: A-1", "Title: X", "Status: open"),
			"issues/b.md": doc("ID: A-2", "Title: Y", "Status: done"),
		},
		{ issues: "issues/**/*.md", project: "app", fields: { id: "ID", title: "Title", state: "Status" } },
	],
	[
		"keys that mean something else",
		{
			"tasks/1.md": doc(
				"id: 1",
				"title: X",
				"status: todo",
				"estimate: 2h",
				"model: opus",
				"effort: large",
				"priority: soon",
			),
		},
		{
			issues: "tasks/**/*.md",
			project: "app",
			fields: { state: "status", estimate: null, model: null, effort: null, priority: null },
		},
	],
	[
		"projects that are no names",
		{ "tasks/1.md": doc("id: 1", "title: X", "status: todo", "project: The Web Site") },
		{ issues: "tasks/**/*.md", project: "app", fields: { state: "status", project: null } },
	],
	[
		"projects that are",
		{ "tasks/1.md": doc("id: 1", "title: X", "status: todo", "project: web") },
		{ issues: "tasks/**/*.md", fields: { state: "status" } },
	],
	[
		"ids that are their own in each folder",
		{
			".claude/epics/a/001.md": doc("name: X", "status: open"),
			".claude/epics/b/001.md": doc("name: Y", "status: open"),
			".claude/epics/b/002-analysis.md": "# What is to be done\n",
		},
		{
			issues: [".claude/epics/*/*.md", "!.claude/epics/*/*-analysis.md"],
			milestones: ".claude/epics/{milestone}/epic.md",
			fields: {
				...{ id: "{file}", title: "name", project: ".claude/epics/{project}/*.md", state: "status" },
				milestone: ".claude/epics/{milestone}/*.md",
			},
		},
	],
	[
		"file names that have one number twice",
		{ "issues/2025-01-a.md": "# A\n\nStatus: open\n", "issues/2025-01-b.md": "# B\n\nStatus: open\n" },
		{
			issues: "issues/**/*.md",
			project: "app",
			fields: { id: "{file}", title: "# {title}", state: "Status: {state}" },
		},
	],
	[
		"a title with a dash, which is no id",
		{ "issues/01-a.md": "# Tidy - at last\n\nStatus: open\n", "issues/02-b.md": "# 02 - Sweep\n\nStatus: open\n" },
		{
			issues: "issues/**/*.md",
			project: "app",
			fields: { id: "{id}-*.md", title: "# {title}", state: "Status: {state}" },
		},
	],
	[
		"a section of what is no issue",
		{ "issues/01-a.md": "# A\n\nStatus: open\n\n## Dependencies\n\n- the npm package of that name\n- a server\n" },
		{
			issues: "issues/**/*.md",
			project: "app",
			fields: { id: "{id}-*.md", title: "# {title}", state: "Status: {state}" },
		},
	],
	[
		"what only explains",
		{
			"tasks/1.md": doc("id: 1", "title: X", "status: todo"),
			"tasks/_template.md": doc("id: ID", "title: T", "status: todo"),
		},
		{ issues: ["tasks/**/*.md", "!tasks/_template.md"], project: "app", fields: { state: "status" } },
	],
	[
		"plans of which a folder is done, and one beside",
		{
			...Object.fromEntries(
				["01-a/01-01", "01-a/01-02", "02-b/02-01", "02-b/02-02"].map((name) => [
					`.planning/phases/${name}-PLAN.md`,
					doc("phase: x", "plan: 1"),
				]),
			),
			...Object.fromEntries(
				["01-a/01-01", "01-a/01-02", "02-b/02-01"].map((name) => [`.planning/phases/${name}-SUMMARY.md`, "# Done\n"]),
			),
		},
		{
			issues: ".planning/phases/*/*-PLAN.md",
			milestones: null,
			finished: ["01-a/01-01", "01-a/01-02", "02-b/02-01"].map((name) => `.planning/phases/${name}-PLAN.md`),
			project: "app",
			fields: { id: "{id}-PLAN.md", title: "{file}", milestone: ".planning/phases/{milestone}/*.md" },
		},
	],
	[
		"packages whose states are in a list of events, beside what reviewers wrote",
		{
			...Object.fromEntries(
				["a/tasks/WP01-x", "a/tasks/WP02-y", "a/tasks/WP03-z", "b/tasks/WP01-x"].map((name) => [
					`kitty-specs/${name}.md`,
					doc(`work_package_id: ${name.slice(8, 12)}`, `title: ${name}`, "phase: Phase 1", "dependencies: []"),
				]),
			),
			"kitty-specs/a/tasks/WP01-x/review-cycle-1.md": doc("wp_id: WP01", "cycle_number: 1"),
			"kitty-specs/a/status.events.jsonl": [
				'{"wp_id": "WP01", "to_lane": "planned", "at": "2026-01-01T10:00:00Z"}',
				'{"wp_id": "WP01", "to_lane": "done", "at": "2026-01-03T10:00:00Z"}',
				'{"wp_id": "WP01", "to_lane": "for_review", "at": "2026-01-02T10:00:00Z"}',
				'{"wp_id": "WP02", "to_lane": "for_review", "at": "2026-01-02T10:00:00Z"}',
				'{"wp_id": "WP03", "to_lane": "canceled"}',
				...["not JSON", "null", "7", '{"wp_id": 7}', ""],
			].join("\n"),
		},
		{
			issues: "kitty-specs/*/tasks/**/WP*.md",
			finished: ["kitty-specs/a/tasks/WP01-x.md", "kitty-specs/a/tasks/WP03-z.md"],
			fields: {
				...{ id: "work_package_id", project: "kitty-specs/{project}/**", state: "lane", blocked_by: "dependencies" },
			},
		},
	],
	[
		"features with a document of their own",
		{
			".scratch/a/spec.md": "# A\n",
			".scratch/a/issues/01-x.md": "# X\n\nStatus: ready-for-agent\n",
			".scratch/b/issues/01-y.md": "# Y\n\nStatus: claimed\n",
		},
		{
			issues: ".scratch/*/issues/*.md",
			milestones: ".scratch/{milestone}/spec.md",
			fields: {
				...{ id: "{id}-*.md", title: "# {title}", project: ".scratch/{project}/**", state: "Status: {state}" },
				milestone: ".scratch/{milestone}/**",
			},
		},
	],
	[
		"what was written while working",
		{
			"tasks/1.md": doc('id: "1"', "title: X", "status: pending"),
			...Object.fromEntries(["1", "2", "3"].map((name) => [`tasks/.worklogs/${name}.md`, "## Noon\n"])),
		},
		{ issues: ["tasks/**/*.md", "!tasks/**/.worklogs/*.md"], project: "app", fields: { state: "status" } },
	],
	[
		"one of many that lacks its heading",
		{
			"work/T-1/PROMPT.md": "# Task: T-1 - X\n",
			"work/T-2/PROMPT.md": "# Task: T-2 - Y\n",
			"work/T-3/PROMPT.md": "# Something\n",
			"work/T-1/.DONE": "",
		},
		{
			issues: "work/*/PROMPT.md",
			finished: ["work/T-1/PROMPT.md"],
			project: "app",
			fields: { id: "# Task: {id} - {title}", title: "# Task: {id} - {title}" },
		},
	],
	["the form that needs no word", { "docs/projects/p/issues/1.md": doc("id: A-1", "title: X", "project: p") }, {}],
	[
		"the same without a project in it",
		{ "docs/projects/p/issues/1.md": doc("id: A-1", "title: X") },
		{ fields: { project: "docs/projects/{project}/**" } },
	],
])("%s", (_, files, layout) => {
	const { found } = look(files);
	expect(found.map(({ proposal }) => proposal.layout)).toEqual([layout]);
});

test("several backlogs are all found, and what is like one is told", () => {
	const { found, doubts } = look({
		...FAMILIES[0]?.files,
		...FAMILIES[3]?.files,
		"issues/1-a.md": "# A\n\nStatus: open\n",
		"issues/b.md": "# B\n",
		"issues/c.md": "# C\n",
	});
	expect(found.map(({ proposal }) => proposal.family)).toEqual(["Backlog.md", "spec-kit"]);
	expect(doubts).toEqual([{ family: "lines", folder: "issues", documents: 3, fitting: 1 }]);
});

test("an issue without a state, where others have one, is counted as such", () => {
	const { found } = look({
		"tasks/1.md": doc("id: 1", "title: X", "status: todo"),
		"tasks/2.md": doc("id: 2", "title: X", "status: done"),
		"tasks/3.md": doc("id: 3", "title: X"),
		"tasks/4.md": doc("title: X", "status: todo"),
		"tasks/notes/5.md": "# Notes\n",
	});
	expect(found[0]).toMatchObject({ stateless: ["3"], broken: ["tasks/4.md"], others: ["tasks/notes/5.md"] });
});

describe("whatever lies there", () => {
	const value = fc.oneof(
		fc.constantFrom(
			"todo",
			"done",
			"blocked",
			"qa",
			"[A-1]",
			"A-1",
			"7",
			"high",
			"2h",
			"null",
			"[",
			"'x",
			"{a: b}",
			"",
		),
		fc.string({ maxLength: 12 }),
	);
	const key = fc.constantFrom(
		...["id", "title", "status", "state", "project", "milestone", "priority", "blocked_by", "dependencies"],
		...["estimate", "effort", "model", "lane", "plan", "work_package_id", "name", "checks", "blocked", "tags"],
	);
	const line = fc.oneof(
		fc.constantFrom("# A: b", "# Task: A-1 - b", "### Task 1: x", "- [ ] T001 x", "- [x] T002 [P] y", "## Blocked by"),
		fc.constantFrom("Status: open", "State: qa", "- 01", "Depends on: 02, #3", "```", "---", "<!--", "- [ ] z"),
		fc.string({ maxLength: 20 }),
	);
	const front = fc.array(fc.tuple(key, value), { maxLength: 6 });
	const text = fc.tuple(fc.option(front), fc.array(line, { maxLength: 6 })).map(([fields, lines]) => {
		const matter = fields ? `---\n${fields.map(([name, said]) => `${name}: ${said}`).join("\n")}\n---\n` : "";
		return `${matter}${lines.join("\n")}\n`;
	});
	const folder = fc.constantFrom(
		...["backlog/tasks", "backlog/completed", "backlog", "backlog/milestones", "tasks", "tasks/a/b", ".claude/epics/a"],
		...["specs/001-a", "kitty-specs/a/tasks", ".scratch/a/issues", ".planning/phases/01-a", "work/T-1", "docs/plans"],
		...["docs/projects/p/issues", "issues", "packages/x/tasks"],
	);
	const name = fc.constantFrom(
		...["1.md", "01-x.md", "task-1 - X y.md", "README.md", "tasks.md", "PROMPT.md", ".DONE", "01-01-PLAN.md"],
		...["01-01-SUMMARY.md", "epic.md", "WP01-x.md", "a [b]{c}!.md", "m-1 - x.md", "2025-01-01-x.md"],
	);
	const files = fc
		.array(fc.tuple(folder, name, text), { maxLength: 14 })
		.map((all): Files => Object.fromEntries(all.map(([at, of, said]) => [`${at}/${of}`, said])));

	test("what is proposed can be read, and every document is counted once", () => {
		fc.assert(
			fc.property(files, (all) => {
				for (const { proposal, own, layout, issues, broken, twice, others, stateless } of look(all).found) {
					const isMilestone = milestonesPattern(layout);
					const inIssues = new Set(issues.map(({ docPath }) => docPath));
					const documents = own.filter((file) => file.endsWith(".md"));
					const counted = (file: string) =>
						[inIssues.has(file), broken.includes(file), twice.includes(file), others.includes(file)].filter(Boolean);
					for (const file of documents) {
						const isDropped = counted(file).length === 0 && !isMilestone.test(file);
						expect({ file, isDropped }).toEqual({ file, isDropped: false });
						// A list may have items of both kinds.
						if (!proposal.items) expect({ file, times: counted(file).length }).not.toMatchObject({ times: 2 });
					}
					// What is open says so, or is told as saying nothing.
					for (const issue of issues.filter((each) => meaningOf(each, layout.states) === "open"))
						if (issue.state === "planned" && !proposal.items)
							expect([...stateless, ...saysPlanned(all, issue.docPath)]).toContain(issue.id);
					const sample = 'const backlog = task("discover", verb.discover);\nexport const graph = {\n};\n';
					expect(orchfileText(sample, proposal, ["*/ x", "a\u2028b"])).toContain("export const graph = {");
				}
			}),
			{ numRuns: 300 },
		);
	});

	/** None of these texts says it. */
	function saysPlanned(all: Files, file: string): string[] {
		return /planned/i.test(all[file] ?? "") ? ["any"] : [];
	}
});
