import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { asWritten } from "./support/edited-orchfile.ts";
import { editAndPass } from "./support/scripts.ts";
import { createWorld, ORCHFILE, type RunSettings, type World } from "./support/world.ts";

/** This repository's orchfile, whose `discover` makes another list of what was found. */
async function discovering(body: string): Promise<RunSettings> {
	const own = await readFile(ORCHFILE, "utf8");
	const discover = `task("discover", {
		...verb.discover,
		async run(input: unknown, context: any) {
			const found = await verb.discover.run(input, context);
			const issue = (id: string, more: object = {}) => ({ ...found.issues[0], id, title: id, ...more });
			${body}
		},
	} as any)`;
	const text = own.replace('task("discover", verb.discover)', () => discover);
	expect(text).not.toBe(own);
	return asWritten(text);
}

/** The line of the doctor about the backlog, and what stands below it. */
async function doctorOn(world: World, settings: RunSettings): Promise<string> {
	const { stdout } = await world.run(["doctor"], settings);
	return /^\S+ +backlog .*(?:\n {10,}.*)*/m.exec(stdout)?.[0] ?? stdout;
}

test("what is judged is the list that came out of the graph", async () => {
	await using world = await createWorld([{ id: "A" }]);
	const { repository } = world;
	await repository.write("docs/projects/p/issues/broken.md", "---\nid: 7.5\ntitle: T\nproject: p\n---\n");
	await repository.write("notes/B.md", "B\n");
	await repository.commit();
	const settings = await discovering(
		`return { ...found, broken: [], issues: [found.issues[0], issue("B", { docPath: "notes/B.md" })] };`,
	);
	expect(await doctorOn(world, {})).toMatch(/^error +backlog/);
	expect(await doctorOn(world, settings)).toMatch(/^\S+ +backlog +2 issues, 2 to run; 0 errors/);
	const { exitCode, stdout } = await world.run(["check"], settings);
	expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining("2 issues checked: 0 errors") });
	expect(stdout).not.toContain("not committed");
});

test("two issues with one id are noticed, and what names one in another case finds it", async () => {
	await using world = await createWorld([{ id: "A" }], { script: editAndPass });
	const twice = await discovering(`return { ...found, issues: [issue("A"), issue("a", { docPath: "other.md" })] };`);
	for (const args of [["plan"], ["dev", "M1"]]) {
		const { exitCode, stderr } = await world.run(args, twice);
		expect(exitCode).toBe(2);
		expect(stderr).toMatch(/The ids A and a stand in 2 documents/);
	}
	expect((await world.run(["check"], twice)).stdout).toMatch(/error: The ids A and a stand in 2 documents/);
	expect(await doctorOn(world, twice)).toMatch(/^error +backlog +The ids A and a stand/);

	const cases = await discovering(
		`return { ...found, issues: [issue("TASK-2", { blockedBy: ["task-1"] }), issue("TASK-1", { priority: 4 })] };`,
	);
	const { stdout } = await world.run(["plan"], cases);
	expect(stdout).toMatch(/^1 +TASK-1 .*\n2 +TASK-2 /m);
});

test("one id in two projects is told apart, as it is in documents", async () => {
	await using world = await createWorld([{ id: "A" }]);
	const settings = await discovering(`return { ...found, issues: [issue("A"), issue("A", { project: "q" })] };`);
	const { stdout } = await world.run(["plan", "--json"], settings);
	const plan = JSON.parse(stdout) as { readonly id: string; readonly branch: string }[];
	expect(plan.map(({ id }) => id).sort()).toEqual(["p/A", "q/A"]);
	expect(new Set(plan.map(({ branch }) => branch)).size).toBe(2);
});

test.each([
	["id", "../x"],
	["id", "x.lock"],
	["id", 7],
	["milestone", "../../m"],
	["project", "a b"],
])("an issue whose %s is %j is refused: it would be a branch or a folder", async (field, value) => {
	await using world = await createWorld([{ id: "A" }]);
	const settings = await discovering(
		`return { ...found, issues: [issue("B", { ${JSON.stringify(field)}: ${JSON.stringify(value)} })] };`,
	);
	const { exitCode, stderr } = await world.run(["plan"], settings);
	expect(exitCode).toBe(2);
	const rule = field === "milestone" ? "1 to 100 characters" : "1 to 64 letters";
	expect(stderr).toContain(`${field}: ${JSON.stringify(value)}; expected ${rule}`);
});

test("a discover that fails is told, and the doctor goes on", async () => {
	await using world = await createWorld([{ id: "A" }]);
	const settings = await discovering(`throw new Error("the tracker is away");`);
	const { exitCode, stdout } = await world.run(["doctor"], settings);
	expect(exitCode).not.toBe(0);
	expect(stdout).toMatch(/^error +backlog .*the tracker is away/m);
	expect(stdout).toMatch(/^ok +git /m);
});

test("a document that is named and not there", async () => {
	await using world = await createWorld([{ id: "A" }]);
	const settings = await discovering(
		`return { ...found, issues: [issue("B", { docPath: "gone.md", state: "qa", blockedBy: ["NOBODY"] })] };`,
	);
	const { stdout } = await world.run(["check"], settings);
	expect(stdout).toMatch(/^gone\.md:1: warning: blocked_by names NOBODY/m);
	expect(stdout).toMatch(/^gone\.md:1: warning: not committed/m);
});

test("a list that was added to is looked at again", async () => {
	await using world = await createWorld([{ id: "A" }]);
	const settings = await discovering(`(found.issues as any).push(issue("a")); return found;`);
	expect((await world.run(["plan"], settings)).exitCode).toBe(2);
});
