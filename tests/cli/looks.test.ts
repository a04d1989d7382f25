import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerDeferred, answerProse, editAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { createWorld, type World } from "../support/world.ts";

/** Shared by all tests, which only look. A, B and C have run; D waits for C, which failed; E has never run. */
let world: World;

beforeAll(async () => {
	world = await createWorld([
		{ id: "A", script: editAndPass, title: 'A title with "quotes"' },
		{ id: "B", script: answerDeferred },
		{ id: "C", script: answerProse, blocked: ["D"] },
		{ id: "D", script: editAndPass, blocked_by: ["C"] },
	]);
	await world.run(["dev", "M1"]);
	await world.repository.writeIssue({ id: "E" });
	await world.repository.commit("one more issue");
});

afterAll(() => world[Symbol.asyncDispose]());

test("looking changes nothing: no file, no ref, no worktree, no time stamp", async () => {
	const before = [await snapshot(world.repository, { everything: true }), await times(world.repository.path)];
	const requests = world.model.requests.length;
	const looks = [
		"plan M1",
		"status M1",
		"check",
		"check M1",
		"why B",
		"graph M1",
		"graph",
		"discover",
		"dev M1 -n",
		"dev M1 -q",
		"status M1 --json",
		"doctor",
	];
	for (const look of looks) {
		const { exitCode, stderr } = await world.run(look.split(" "));
		expect([0, 1], `${look}: ${stderr}`).toContain(exitCode);
	}
	expect([await snapshot(world.repository, { everything: true }), await times(world.repository.path)]).toEqual(before);
	expect(world.model.requests).toHaveLength(requests);
});

test("why names the unmet condition and the next command", async () => {
	const why = async (id: string) => (await world.run(["why", id])).stdout;
	expect(await why("A")).toMatch(/^A is up to date: it passed .* ago for this document, and its work is on issue\/A\./);
	const deferred = await why("B");
	expect(deferred).toMatch(/B is not up to date: its last attempt, .* ago, ended deferred/);
	expect(deferred).toContain("A person has to answer first:\n  Which of the two formats is meant?");
	expect(deferred).toMatch(/Next: npx tsx .*orchfile\.[jt]s answer B --commit$/m);
	expect(await why("C")).toMatch(/ended failed: invalid-result\.\n {2}not JSON/);
	const blocked = await why("D");
	expect(blocked).toContain(
		`D is blocked by C: its dev phase ended failed: invalid-result, log ${world.repository.path}/logs/orch/M1/C.`,
	);
	expect(blocked).toMatch(/Next: npx tsx .*orchfile\.[jt]s dev C/);
	expect(await why("E")).toContain("its dev phase has never run");
	expect((await world.run(["why"])).exitCode).toBe(2);
});

test("status and plan tell where every issue stands, for people and for programs", async () => {
	const table = (await world.run(["status", "M1"])).stdout;
	expect(table).toMatch(/^A +up to date +pass +issue\/A +1 +\S+ +240 /m);
	expect(table).toMatch(/^D +waits for C +- +- +- +- +- /m);
	expect((await world.run(["plan", "M1"])).stdout).toMatch(/^5 issues from main \([0-9a-f]{10}\), 4 to run/);
	const data = JSON.parse((await world.run(["status", "M1", "--json"])).stdout);
	expect(data.map(({ id, upToDate, because }: Record<string, unknown>) => ({ id, upToDate, because }))).toEqual([
		{ id: "A", upToDate: true, because: null },
		{ id: "B", upToDate: false, because: "last-attempt" },
		{ id: "C", upToDate: false, because: "last-attempt" },
		{ id: "D", upToDate: false, because: "never-run" },
		{ id: "E", upToDate: false, because: "never-run" },
	]);
	expect(data[1].openQuestions).toEqual(["Which of the two formats is meant?"]);
	expect(data[3].waitsFor).toEqual([
		{ id: "C", lastOutcome: "failed", logDir: join(world.repository.path, "logs/orch/M1/C") },
	]);
});

test.each([80, 40])(
	"on a terminal of %i columns whatever is looked at has room; an id and where it stands are whole",
	async (columns) => {
		for (const look of ["plan M1", "status M1", "discover", "graph M1", "clean", "dev M1 -n", "--list"]) {
			const { stdout } = await world.run(look.split(" "), { columns });
			const lines = stdout.split("\n").filter((line) => !line.includes("npx tsx "));
			expect(lines.filter((line) => line.length > columns)).toEqual([]);
			if (/^(?:plan|status|graph)/.test(look)) expect(stdout).toMatch(/^(?:\d +)?B +(?:- +)*deferred/m);
		}
	},
);

test("the graph of issues and the graph of tasks, in every format", async () => {
	const graph = async (...args: string[]) => (await world.run(["graph", ...args])).stdout;
	expect(await graph("M1")).toMatch(/^D +waits for C +← C$/m);
	const mermaid = await graph("M1", "--format", "mermaid");
	expect(mermaid).toMatch(/^flowchart LR\n {2}n0\["A: up to date"\]/);
	expect(mermaid).toContain("n2 --> n3");
	expect(await graph("M1", "--format", "dot")).toMatch(/^digraph \{[\s\S]*n2 -> n3;\n\}/);
	const nodes = JSON.parse(await graph("M1", "--format", "json"));
	expect(nodes.find((node: { name: string }) => node.name === "D").from).toEqual(["C"]);
	expect(await graph()).toMatch(/^phase:dev +once per issue +← preflight:runner, worktree:create$/m);
	expect((await world.run(["graph", "M1", "--format", "png"])).stderr).toContain("text, mermaid, dot, json");
});

/** The modification time of everything below a folder, `.git` included. */
async function times(folder: string): Promise<Record<string, number>> {
	const entries = await readdir(folder, { recursive: true });
	const all = entries.sort().map(async (name) => [name, (await lstat(join(folder, name))).mtimeMs] as const);
	return Object.fromEntries(await Promise.all(all));
}
