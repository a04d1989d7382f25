import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { editAndPass, failTurn } from "./support/scripts.ts";
import { createWorld } from "./support/world.ts";

const ISSUES = [
	{ id: "A-1", project: "a", milestone: "M1", priority: 2 },
	{ id: "A-2", project: "a", milestone: "M2", priority: 1, blocked_by: ["A-3"] },
	{ id: "A-3", project: "a", milestone: null },
	{ id: "A-4", project: "a", milestone: "M1", state: "done" },
	{ id: "A-5", project: "a", milestone: null, state: "in-review" },
	{ id: "B-1", project: "b", milestone: "M1", priority: 1 },
	{ id: "B-2", project: "b", milestone: "M9" },
];

const ids = (stdout: string) =>
	(JSON.parse(stdout) as readonly { id: string; standing?: string }[]).map(({ id }) => id);

test("all that is open of a project, and all there is: plan, status, -n, -q, and a run in one order across milestones", async () => {
	await using world = await createWorld(ISSUES, { script: editAndPass });
	const { repository, model } = world;
	expect(ids((await world.run(["plan", "--project", "a", "--json"])).stdout)).toEqual(["A-1", "A-3", "A-2", "A-5"]);
	const dry = await world.run(["dev", "--project", "a", "-n"]);
	expect(dry).toMatchObject({ exitCode: 0 });
	expect(dry.stdout).toContain(", 3 to run");
	expect(model.requests).toEqual([]);
	expect((await world.run(["dev", "--project", "a", "-q"])).exitCode).toBe(1);
	expect((await world.run(["graph", "--project", "b"])).stdout).toContain("B-2");

	const junit = join(repository.folder, "junit.xml");
	const ran = await world.run(["dev", "--project", "a", "--report-junit", junit]);
	expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
	expect(model.issuesSeen).toEqual(["A-1", "A-3", "A-2"]);
	expect(ran.stderr).toMatch(/^dev --project a: reading the backlog/m);
	expect(await readFile(junit, "utf8")).toContain('name="orchfile dev --project a"');
	for (const [folder, milestoneId] of [
		["M1/A-1", "M1"],
		["_no-milestone/A-3", ""],
		["M2/A-2", "M2"],
	])
		expect(await world.log(`${folder}/dev-run.json`)).toMatchObject({ outcome: "pass", milestoneId });
	expect((await world.run(["dev", "--project", "a", "-q"])).exitCode).toBe(0);

	expect(ids((await world.run(["status", "--all", "--json"])).stdout)).toEqual(
		ids((await world.run(["status", "--json"])).stdout),
	);
	const rest = await world.run(["dev", "--all"]);
	expect(rest, rest.stderr).toMatchObject({ exitCode: 0 });
	expect(model.issuesSeen).toEqual(["A-1", "A-3", "A-2", "B-1", "B-2"]);
	expect((await world.run(["dev", "--all", "-q"])).exitCode).toBe(0);
	expect((await world.run(["clean", "--project", "b", "--yes"])).stdout).not.toContain("A-1");
});

test("what costs money asks which issues: no variable says so, and an issue that fails is told as in a milestone", async () => {
	await using world = await createWorld([{ id: "A-1" }, { id: "A-2", milestone: null, blocked_by: ["A-1"] }], {
		script: failTurn("no"),
	});
	for (const env of [{}, { ORCH_PROJECT: "p" }]) {
		const { exitCode, stderr } = await world.run(["dev"], { env });
		expect(exitCode).toBe(2);
		expect(stderr).toContain('"dev" takes a target');
	}
	expect((await world.run(["dev", "--project", "q"])).stderr).toContain('No issue belongs to a project "q".');
	expect((await world.run(["dev", "M1", "--all"])).exitCode).toBe(2);
	expect(world.model.requests).toEqual([]);
	const failed = await world.run(["dev", "--all"]);
	expect(failed).toMatchObject({ exitCode: 1 });
	expect(failed.stdout).toMatch(/^A-1 +failed/m);
	expect(failed.stdout).toMatch(/^A-2 +blocked/m);
	expect(failed.stderr).toMatch(/dev --all$/m);
});
