import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findMilestoneDocs } from "../../tasks/backlog/backlog.ts";
import { issuesPattern } from "../../tasks/backlog/layout-patterns.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { DEFAULT_LAYOUT, type LayoutSettings } from "../../tasks/contract/layout.ts";
import { branchOf, issueOfBranch, issueOfWorktree, verifyAddresses, worktreeOf } from "../../tasks/repo/addresses.ts";
import { problemsAfter, problemsOf } from "../support/documents.ts";
import { asWritten } from "../support/edited-orchfile.ts";
import { createRepository } from "../support/repository.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld, ORCHFILE } from "../support/world.ts";

const LAYOUT: LayoutSettings = {
	issues: "work/items/*.md",
	milestones: "work/sprints/{milestone}/README.md",
	project: "app",
	fields: { milestone: "sprint", blocked_by: "depends_on" },
	branch: "work/{id}/dev",
	worktree: "../trees of {repository}/tree-{id}",
};

test("a repository laid out otherwise: its documents, its names of fields, its branches and worktrees", async () => {
	await using world = await createWorld(
		[
			{ id: "A-1", script: editAndPass },
			{ id: "A-2", script: editAndPass },
		],
		{ name: "app" },
	);
	const { repository, model } = world;
	const { git } = repository;
	await git(["rm", "-rq", "docs"]);
	const write = (id: string, ...lines: string[]) =>
		repository.write(
			`work/items/${id}.md`,
			`---\nid: ${id}\ntitle: T\nsprint: M1\n${lines.join("\n")}\n---\n\nDo it.\n`,
		);
	await write("A-1", "depends_on: [A-2]");
	await write("A-2");
	await repository.write("work/sprints/M1-first/README.md", "# M1\n");
	await repository.write("work/items/notes/A-3.md", "---\nid: A-3\n---\n");
	await repository.commit("laid out otherwise");
	// Not in the repository: the orchfile of a clone need not lie there either.
	const own = await readFile(ORCHFILE, "utf8");
	const layout = `export const graph = {\n\tlayout: ${JSON.stringify(LAYOUT)},`;
	const settings = await asWritten(own.replace("export const graph = {", () => layout));

	const ran = await world.run(["dev", "M1"], settings);
	expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
	expect(model.issuesSeen).toEqual(["A-2", "A-1"]);
	expect(await git(["branch", "--list", "work/*", "--format=%(refname:short)"])).toBe("work/A-1/dev\nwork/A-2/dev");
	expect(await git(["merge-base", "--is-ancestor", "work/A-2/dev", "work/A-1/dev"])).toBe("");
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({
		worktreePath: `${repository.folder}/trees of app/tree-A-1`,
		branch: "work/A-1/dev",
	});

	const made = JSON.parse((await world.run(["clean", "--json"], settings)).stdout);
	expect(JSON.stringify(made)).toContain('"work/A-2/dev"');

	await write("A-2", "state: planned", "depends_on: [A-9]");
	await repository.write("work/items/A-1.md", "---\nid: A-1\ntitle: T\nsprint: 7.0\n---\n");
	const { exitCode, stdout } = await world.run(["check"], settings);
	expect(exitCode).toBe(2);
	expect(stdout).toMatch(/^work\/items\/A-1\.md:4: error: sprint: 7; expected a string/m);
	expect(stdout).toMatch(/^work\/items\/A-2\.md:6: error: depends_on names A-9/m);
});

test("patterns that only git and the repository can judge", async () => {
	await using repository = await createRepository();
	const paths = { root: repository.path, commonDir: `${repository.path}/.git` };
	const refused = (layout: LayoutSettings) => problemsAfter(verifyAddresses(readLayout(layout), paths));
	for (const branch of ["issue..{id}", "{id}.lock", "-{id}", "a b/{id}", "{id}/"])
		expect(await refused({ branch })).toMatchObject([{ kind: "layout-invalid", key: "branch" }]);
	const outside = `a folder outside of ${repository.path}`;
	for (const worktree of ["trees/{id}", "{id}", "../{repository}/x{id}"])
		expect(await refused({ worktree })).toMatchObject([{ key: "worktree", expected: outside }]);
	await verifyAddresses(readLayout({ branch: "{id}-work", worktree: "../{id}" }), paths);
});

describe("settings that can't be used are all told at once, with what is expected", () => {
	const expectations: readonly (readonly [LayoutSettings | Record<string, unknown>, string, RegExp])[] = [
		[{ branch: "issue" }, "branch", /\{id\}, once/],
		[{ branch: "{id}/{id}" }, "branch", /\{id\}, once/],
		[{ branch: "{milestone}/{id}" }, "branch", /only placeholder/],
		[{ worktree: "../trees/{id}/here" }, "worktree", /after the last slash/],
		[{ worktree: "../{branch}/{id}" }, "worktree", /only placeholders/],
		[{ issues: "**/*.md" }, "issues", /starts with the name of a folder/],
		[{ issues: "/srv/issues/*.md" }, "issues", /relative/],
		[{ issues: "docs/../../x/*.md" }, "issues", /relative/],
		[{ issues: "docs/*.txt" }, "issues", /end in \.md/],
		[{ issues: "docs/{a,b}/*.md" }, "issues", /nothing else/],
		[{ issues: "docs/a**.md" }, "issues", /nothing else/],
		[{ milestones: "docs/{project}.md" }, "milestones", /\{milestone\}, once/],
		[{ milestones: "docs/*/{milestone}.md" }, "milestones", /only placeholders/],
		[{ project: "two words" }, "project", /letters, digits/],
		[{ fields: { sprint: "milestone" } }, "fields.sprint", /one of id, title/],
		[{ fields: { milestone: "" } }, "fields.milestone", /name of a field/],
		[{ fields: { milestone: "project" } }, "fields.milestone", /another name than that of project/],
		[{ isues: "docs/*.md" }, "isues", /did you mean issues/],
		[{ branch: 7 }, "branch", /a string/],
		[{ fields: ["id"] }, "fields", /names by names/],
	];
	test.each(expectations)("%j", (settings, key, expected) => {
		const problems = problemsOf(() => readLayout(settings as LayoutSettings));
		expect(problems).toContainEqual(
			expect.objectContaining({ kind: "layout-invalid", key, expected: expect.stringMatching(expected) }),
		);
	});
	test("two of them", () => {
		expect(problemsOf(() => readLayout({ branch: "x", worktree: "y" }))).toHaveLength(2);
	});
});

test("without settings everything is as it is here", () => {
	expect(readLayout()).toEqual(DEFAULT_LAYOUT);
	expect(branchOf(DEFAULT_LAYOUT, "A-1")).toBe("issue/A-1");
	expect(worktreeOf(DEFAULT_LAYOUT, "/srv/repo", "A-1")).toBe("/srv/repo.worktrees/A-1");
	const isIssue = issuesPattern(DEFAULT_LAYOUT);
	const files = ["docs/projects/p/issues/A.md", "docs/projects/p/q/issues/r/A.md", "docs/projects/issues/A.md"];
	expect(files.filter((file) => !isIssue.test(file))).toEqual([]);
	const others = [
		"docs/projects/p/A.md",
		"docs/projects/p/issues.md",
		"x/docs/projects/p/issues/A.md",
		"docs/projects/p/issues/A.txt",
	];
	expect(others.filter((file) => isIssue.test(file))).toEqual([]);
});

test("an issue is found again by its branch and its worktree, whatever their patterns", () => {
	const id = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9_-]|\.[A-Za-z0-9]){0,5}$/);
	const around = fc.constantFrom("", "a", "issue/", "x/y-", "{repository}-", ".");
	fc.assert(
		fc.property(id, around, around, (name, before, after) => {
			const layout = { ...DEFAULT_LAYOUT, branch: `${before}{id}${after}`, worktree: `../t/${before}{id}${after}` };
			expect(issueOfBranch(layout, branchOf(layout, name))).toBe(name);
			if (after.includes("/")) return;
			expect(issueOfWorktree(layout, "/srv/repo", worktreeOf(layout, "/srv/repo", name))).toBe(name);
		}),
	);
	expect(issueOfBranch(DEFAULT_LAYOUT, "feature/A-1")).toBeUndefined();
	expect(issueOfWorktree(DEFAULT_LAYOUT, "/srv/repo", "/srv/other.worktrees/A-1")).toBeUndefined();
});

test("a milestone's document: the exact name first, then names that go on", () => {
	const layout = readLayout({ milestones: "plans/{milestone} (plan).md" });
	const milestoneDocs = ["plans/M1 (plan).md", "plans/M1-x (plan).md", "plans/M10 (plan).md"];
	const of = (milestone: string) => findMilestoneDocs({ milestoneDocs }, { project: "p", milestone }, layout);
	expect(of("M1")).toEqual(["plans/M1 (plan).md"]);
	expect(of("M10")).toEqual(["plans/M10 (plan).md"]);
	expect(
		findMilestoneDocs({ milestoneDocs: milestoneDocs.slice(1) }, { project: "p", milestone: "M1" }, layout),
	).toEqual(["plans/M1-x (plan).md"]);
});

test("a milestone's document may go on after a blank", () => {
	const layout = readLayout({ milestones: "backlog/milestones/{milestone}.md" });
	const milestoneDocs = ["m-8 - first.md", "m-80 - other.md", "m-9 (next).md"].map(
		(name) => `backlog/milestones/${name}`,
	);
	const of = (milestone: string) => findMilestoneDocs({ milestoneDocs }, { project: "p", milestone }, layout);
	expect(of("m-8")).toEqual(["backlog/milestones/m-8 - first.md"]);
	expect(of("m-9")).toEqual(["backlog/milestones/m-9 (next).md"]);
	expect(of("m")).toEqual(milestoneDocs);
	const none = readLayout({ milestones: null });
	expect(findMilestoneDocs({ milestoneDocs }, { project: "p", milestone: "m-8" }, none)).toEqual([]);
});
