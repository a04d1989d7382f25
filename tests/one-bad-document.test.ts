import { describe, expect, test } from "vitest";
import { createWorld, type World } from "./support/world.ts";

const MATTER = { id: "B-1", title: "T", project: "p", milestone: "M1" };

/** Front matter that differs from the usual in these lines; `null` leaves one out. */
function document(changes: Readonly<Record<string, string | null>>): string {
	const lines = Object.entries({ ...MATTER, ...changes }).flatMap(([key, value]) =>
		value === null ? [] : [`${key}: ${value}`],
	);
	return `---\n${lines.join("\n")}\n---\n\nDo it.\n`;
}

async function withBad(text: string, more: Readonly<Record<string, unknown>> = {}): Promise<World> {
	const world = await createWorld([{ id: "A-1", ...more }]);
	await world.repository.write("docs/projects/p/issues/B-1.md", text);
	await world.repository.commit();
	return world;
}

const BROKEN = {
	"a strange priority": { priority: "soon" },
	"no title": { title: null },
	"a list for a state": { state: "[a]" },
	"a milestone that is a map": { milestone: "{ a: b }" },
	"a blocker that is no id": { blocked_by: "[../x]" },
	"checks that are none": { checks: "7" },
	"YAML that can't be read": { title: "[x" },
	"an id that is no file name": { id: '"../x"' },
} satisfies Record<string, Record<string, string | null>>;

/** What nothing is said about in a document that can't be read: it may be in the way. */
const UNTOLD = ["a milestone that is a map"];

describe.each(Object.entries(BROKEN))("a document with %s", (what, changes) => {
	test("is an error where it is selected and open, and a warning that is counted elsewhere", async () => {
		await using world = await withBad(document(changes));
		for (const args of [["plan", "M1"], ["plan"], ["plan", "--project", "p"], ["check"]]) {
			const { exitCode, stdout, stderr } = await world.run(args);
			expect({ exitCode, args }, stderr).toEqual({ exitCode: 2, args });
			expect(`${stdout}${stderr}`).toMatch(/docs\/projects\/p\/issues\/B-1\.md:\d+: /);
		}
		const alone = await world.run(["plan", "A-1"]);
		expect(alone, alone.stderr).toMatchObject({ exitCode: 0 });
		expect(alone.stderr).toMatch(
			/^\d faults? in documents that this run does not rest on\. To see what is wrong: .* check$/m,
		);
	});

	test("stops nothing in another milestone, without one, or in another project", async () => {
		const elsewhere = [{ milestone: "M2" }, { milestone: null }, { project: "q" }];
		for (const place of UNTOLD.includes(what) ? elsewhere.slice(2) : elsewhere) {
			// Where nothing can be read, what is not found may be written in another form, and the folder tells the project.
			if (what.startsWith("YAML") && place !== elsewhere[0]) continue;
			await using world = await withBad(document({ ...place, ...changes }));
			const ran = await world.run(["plan", "M1", "--project", "p"]);
			expect(ran, JSON.stringify(place) + ran.stderr).toMatchObject({ exitCode: 0 });
			expect(ran.stderr).toContain("in documents that this run does not rest on");
			expect((await world.run(["check"])).stdout).toMatch(/B-1\.md:\d+: error/);
		}
	});

	test.runIf(!what.includes("state"))("stops nothing once it is closed, and check tells it as a warning", async () => {
		await using world = await withBad(document({ state: "completed", ...changes }));
		for (const args of [["plan", "M1"], ["plan"], ["plan", "--project", "p"]]) {
			const ran = await world.run(args);
			expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
			expect(ran.stderr).toContain("in documents that this run does not rest on");
		}
		const checked = await world.run(["check"]);
		expect(checked.exitCode, checked.stdout).toBe(0);
		expect(checked.stdout).toMatch(/B-1\.md:\d+: warning/);
	});
});

test.each(["a strange priority", "no title", "YAML that can't be read"] as const)(
	"%s in what a selected issue waits for is an error, wherever that is",
	async (what) => {
		await using world = await withBad(document({ milestone: "M9", ...BROKEN[what] }), { blocked_by: ["B-1"] });
		for (const target of ["M1", "A-1"]) {
			const { exitCode, stderr } = await world.run(["plan", target]);
			expect(exitCode).toBe(2);
			expect(stderr).toMatch(/B-1\.md:\d+: /);
			expect(stderr).not.toContain("there is no such issue");
		}
	},
);

test("what a closed document lacks does not keep those back that wait for it", async () => {
	await using world = await withBad(document({ title: null, priority: "soon", state: "done" }), {
		blocked_by: ["B-1"],
	});
	const { exitCode, stdout } = await world.run(["plan", "A-1"]);
	expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("1 to run") });
});

describe("what has no effect is a warning in whatever document", () => {
	test.each([
		["related_to", "[docs/x.md]"],
		["related_to", "[A-1, ../notes]"],
		["parent", '"../up"'],
		["children", "[a b]"],
		["labels", "{ a: b }"],
		["assignees", "{ a: b }"],
		["estimate", "soon"],
		["related_to", "[NOBODY]"],
		["parent", "NOBODY"],
		["children", "[NOBODY]"],
		["parent", "B-1"],
	])("%s: %s", async (key, value) => {
		await using world = await withBad(document({ [key]: value }));
		const ran = await world.run(["plan", "M1"]);
		expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
		expect(ran.stdout).toContain("2 to run");
		const checked = await world.run(["check"]);
		expect(checked.exitCode, checked.stdout).toBe(0);
		expect(checked.stdout).toMatch(new RegExp(`B-1\\.md:\\d+: warning: ${key}`));
	});
});

test.each([
	["planned", 2],
	["done", 0],
	["in-review", 0],
	["nobody-knows", 0],
])("a blocker that there is not, in a document that is %s", async (state, exitCode) => {
	await using world = await withBad(document({ state, blocked_by: "[NOBODY]" }));
	expect((await world.run(["plan", "M1"])).exitCode).toBe(exitCode);
	const checked = await world.run(["check"]);
	expect(checked.exitCode, checked.stdout).toBe(exitCode);
	expect(checked.stdout).toContain("blocked_by names NOBODY");
});

test("twice in one project stops nothing in another milestone, nor where both are closed", async () => {
	await using world = await withBad(document({ id: "X", milestone: "M2" }));
	await world.repository.write("docs/projects/p/issues/C-1.md", document({ id: "x", milestone: "M3" }));
	await world.repository.commit();
	expect((await world.run(["plan", "M1"])).exitCode).toBe(0);
	for (const args of [["plan", "M2"], ["plan", "M3"], ["plan", "X"], ["plan"], ["check"]])
		expect((await world.run(args)).exitCode, args.join(" ")).toBe(2);
	for (const [file, id] of [
		["B-1", "X"],
		["C-1", "x"],
	] as const)
		await world.repository.write(`docs/projects/p/issues/${file}.md`, document({ id, state: "done" }));
	await world.repository.commit();
	for (const args of [["plan"], ["check"]]) expect((await world.run(args)).exitCode, args.join(" ")).toBe(0);
	expect((await world.run(["check"])).stdout).toMatch(/warning: The ids .* stand in 2 documents/);
});
