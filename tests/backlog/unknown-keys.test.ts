import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { findUnknownKeys } from "../../tasks/backlog/unknown-keys.ts";
import type { LayoutSettings } from "../../tasks/contract/layout.ts";
import { asWritten } from "../support/edited-orchfile.ts";
import { createWorld, ORCHFILE } from "../support/world.ts";

/** What is found on the line under the id. */
function found(line: string, settings: LayoutSettings = {}, more = ""): (string | undefined)[] {
	const document = Buffer.from(`---\nid: A-1\n${line}\n${more}---\n\nDo it.\n`);
	return findUnknownKeys(document, readLayout(settings)).map(
		({ key, meant, line }) => `${line} ${key} ${meant ?? "-"}`,
	);
}

describe("a key that is like a field", () => {
	test.each([
		["priorty: 1", "priority"],
		["prioirty: 1", "priority"],
		["priorities: 1", "priority"],
		["Priority: 1", "priority"],
		["PRIORITY: 1", "priority"],
		["blocked-by: [A-2]", "blocked_by"],
		["blockedBy: [A-2]", "blocked_by"],
		["Blocked By: [A-2]", "blocked_by"],
		["blocekd: [A-2]", "blocked"],
		["blocks: [A-2]", "blocked"],
		["depends_on: [A-2]", "blocked_by"],
		["depends-on: [A-2]", "blocked_by"],
		["dependencies: [A-2]", "blocked_by"],
		["label: [x]", "labels"],
		["assignee: [x]", "assignees"],
		["estimates: 3", "estimate"],
		["milestones: M1", "milestone"],
		["mileston: M1", "milestone"],
		["stat: done", "state"],
		["status: done", "state"],
		["titel: x", "title"],
		["ID: A-2", "id"],
		["related-to: [A-2]", "related_to"],
		["childs: [A-2]", "children"],
		["parents: A-2", "parent"],
	])("%s", (line, meant) => {
		expect(found(line)).toEqual([`3 ${line.split(":")[0]} ${meant}`]);
	});

	test("in the names that the layout has for them, and ours for what is called otherwise", () => {
		const fields = { milestone: "sprint", blocked_by: "needs" };
		expect(found("sprnit: M1", { fields })).toEqual(["3 sprnit sprint"]);
		expect(found("milestone: M1", { fields })).toEqual(["3 milestone sprint"]);
		expect(found("blocked_by: [A-2]", { fields })).toEqual(["3 blocked_by needs"]);
		expect(found("sprint: M1", { fields })).toEqual([]);
	});
});

describe("a key that is somebody else's", () => {
	test.each([
		"github_issue: 1",
		"epic: E",
		"due: 2026-01-01",
		"uid: 7",
		"url: x",
		"type: bug",
		"created_at: x",
		"jira: { priority: 1, id: 2 }",
	])("%s is like none", (line) => expect(found(line)).toEqual([`3 ${line.split(":")[0]} -`]));

	test("is near to a field that is there as well", () => {
		expect(found("priorty: 3", {}, "priority: 1\n")).toEqual(["3 priorty -"]);
		expect(found("Priority: 3", {}, "priority: 1\n")).toEqual(["3 Priority priority"]);
	});

	test.each([
		["priorty: 1", ["priorty"]],
		["github_issue: 1", ["github_*"]],
		["x: 1", ["*"]],
	])("%s is named by the layout: %j", (line, foreign) => expect(found(line, { foreign })).toEqual([]));

	test.each([
		{ foreign: "github_issue" },
		{ foreign: [1] },
		{ foreign: [""] },
		{ foreign: ["priority"] },
		{ foreign: ["sprint"], fields: { milestone: "sprint" } },
	] as unknown as LayoutSettings[])("%j can't be", (settings) => {
		expect(() => readLayout(settings)).toThrow("layout-invalid");
	});
});

test("check warns of what was meant, counts the rest in one line, and no run stops for either", async () => {
	await using world = await createWorld([]);
	const { repository } = world;
	const write = (id: string, lines: string) =>
		repository.write(`docs/projects/p/issues/${id}.md`, `---\nid: ${id}\ntitle: T\nproject: p\n${lines}---\n`);
	await write("A-1", "github_issue: 1\npriorty: 1\n");
	await write("A-2", "github_issue: 2\nephemeral: 1\n");
	await repository.write("docs/projects/p/issues/A-3.md", "---\nid: A-3\nTitel: x\nproject: p\n---\n");
	await write("A-4", "priority: 1\npriority: 2\n");
	await repository.commit();
	const { exitCode, stdout } = await world.run(["check"]);
	expect(stdout).toContain("docs/projects/p/issues/A-1.md:6: warning: priorty is not read; did you mean priority?\n");
	expect(stdout).toContain("docs/projects/p/issues/A-3.md:3: warning: Titel is not read; did you mean title?\n");
	expect(stdout).toMatch(/A-4\.md:6: error: duplicated mapping key/);
	expect(stdout).toContain(
		"\nKeys that are not read, with the number of documents: ephemeral (1), github_issue (2). To have them left out here: layout.foreign\n",
	);
	expect(exitCode).toBe(2);
	expect(JSON.parse((await world.run(["check", "--json"])).stdout).unknownKeys).toEqual([
		{ key: "github_issue", documents: 2 },
		{ key: "ephemeral", documents: 1 },
	]);
	await repository.git(["rm", "-q", "docs/projects/p/issues/A-3.md", "docs/projects/p/issues/A-4.md"]);
	await repository.commit();
	expect((await world.run(["check"])).exitCode).toBe(0);
	expect((await world.run(["plan", "A-1"])).exitCode).toBe(0);

	// The remedy of that line.
	const own = await readFile(ORCHFILE, "utf8");
	const layout = 'export const graph = {\n\tlayout: { foreign: ["github_*", "ephemeral", "priorty"] },';
	const silent = await world.run(["check"], await asWritten(own.replace("export const graph = {", () => layout)));
	expect(silent).toMatchObject({ exitCode: 0, stdout: "2 issues checked: 0 errors, 0 warnings.\n" });
});
