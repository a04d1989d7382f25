import { expect, test } from "vitest";
import { answer } from "../tasks/rehearsal/answers.ts";
import type { Script } from "./support/scripted-model.ts";
import { devResult, editAndPass, gate, gated } from "./support/scripts.ts";
import { createWorld, type World } from "./support/world.ts";

const FOLDER = "docs/projects/p/issues";
/** Tells what stands in its document. */
const reads: Script = async function* (prompted) {
	const seen = yield { kind: "run", command: `cat ${FOLDER}/${prompted.issueId}.md` };
	yield { kind: "run", command: `echo work > ${prompted.issueId}.txt` };
	yield answer(devResult(prompted, { summary: seen }));
};

interface Change {
	readonly name: string;
	/** What is committed on main while A-1 is worked on. */
	readonly change: (world: World) => Promise<unknown>;
	readonly exitCode: 0 | 1;
	/** A-2 in the closing table. */
	readonly row: RegExp;
	readonly says: RegExp;
}

const withdrawn = (text: string) => new RegExp(`A-2: not run, since ${text} on main since this run began\\.`);

const CHANGES: readonly Change[] = [
	{
		name: "archived",
		change: ({ repository }) => {
			const archive = "docs/projects/p/archive";
			return repository
				.write(`${archive}/README.md`, "Old.\n")
				.then(() => repository.git(["mv", `${FOLDER}/A-2.md`, archive]));
		},
		exitCode: 0,
		row: /^A-2 +not run: document removed/m,
		says: withdrawn(`${FOLDER}/A-2.md was removed`),
	},
	{
		name: "deleted",
		change: ({ repository }) => repository.git(["rm", "-q", `${FOLDER}/A-2.md`]),
		exitCode: 0,
		row: /^A-2 +not run: document removed/m,
		says: withdrawn(`${FOLDER}/A-2.md was removed`),
	},
	...["done", "canceled", "Duplicate"].map(
		(state): Change => ({
			name: `set to ${state}`,
			change: ({ repository }) => repository.writeIssue({ id: "A-2", state }),
			exitCode: 0,
			row: /^A-2 +not run: closed/m,
			says: withdrawn(`its document was set to ${state}`),
		}),
	),
	{
		name: "moved to another milestone",
		change: ({ repository }) => repository.writeIssue({ id: "A-2", milestone: "M7" }),
		exitCode: 0,
		row: /^A-2 +not run: moved/m,
		says: withdrawn("its document was moved to p, M7"),
	},
	{
		name: "given a new blocker",
		change: ({ repository }) => repository.writeIssue({ id: "A-2", blocked_by: ["Z-1"] }),
		exitCode: 1,
		row: /^A-2 +blocked by Z-1/m,
		says: /A-2 was not begun: since this run began, its document on main says that it waits for Z-1/,
	},
	{
		name: "broken",
		change: ({ repository }) => repository.write(`${FOLDER}/A-2.md`, "---\nid: [\n---\n"),
		exitCode: 1,
		row: /^A-2 +failed: document-invalid/m,
		says: /A-2\.md:\d+: /,
	},
];

for (const { name, change, exitCode, row, says } of CHANGES) {
	test(`an issue that is ${name} on its base while the run goes on is not begun, and it is said why`, async () => {
		await using world = await startWorld();
		const { code, stdout, stderr } = await runWhile(world, change);
		expect(code, stderr).toBe(exitCode);
		expect(stdout).toMatch(row);
		expect(stderr).toMatch(says);
		expect(stdout).toMatch(/^A-3 +pass/m);
		expect(world.model.issuesSeen).toEqual(["A-1", "A-3"]);
		expect(await world.repository.git(["branch", "--list", "issue/A-2"])).toBe("");
	});
}

test("an issue that is edited while the run goes on is done as it is now, from the base as it is now, and once", async () => {
	await using world = await startWorld();
	const { code, stderr } = await runWhile(world, ({ repository }) =>
		repository.writeIssue({ id: "A-2", title: "Better", body: "Wanted is something else." }),
	);
	expect(code, stderr).toBe(0);
	const { summary } = await world.log<{ summary: string }>("M1/A-2/dev-result.json");
	expect(summary).toContain("Wanted is something else.");
	const { base } = await world.log<{ base: { commit: string } }>("M1/A-2/dev-run.json");
	expect(base.commit).toBe(await world.repository.git(["rev-parse", "main"]));
	expect(await world.repository.git(["log", "-1", "--format=%s", "issue/A-2"])).toBe("A-2: Better");
	const again = await world.run(["dev", "M1"]);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-2", "A-3"]);
});

test("what depends on an issue that was done on the base meanwhile goes on, with what the base has of it", async () => {
	const holding = gate();
	await using world = await createWorld([
		{ id: "A-1", script: gated(editAndPass, holding) },
		{ id: "A-2", script: editAndPass },
		{ id: "A-3", blocked_by: ["A-2"], script: editAndPass },
	]);
	const run = world.start(["dev", "M1"]);
	await holding.reached;
	await world.repository.write("by-hand.txt", "done\n");
	await world.repository.writeIssue({ id: "A-2", state: "done" });
	await world.repository.commit();
	holding.release();
	const { exitCode, stderr } = await run.finished;
	expect(exitCode, stderr).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-3"]);
	expect(await world.repository.git(["show", "issue/A-3:by-hand.txt"])).toBe("done");
});

test("a base that moves elsewhere changes nothing, and what only tidies up asks nobody", async () => {
	await using world = await startWorld();
	const { code, stderr } = await runWhile(world, ({ repository }) => repository.write("other.txt", "more\n"));
	expect(code, stderr).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-2", "A-3"]);
	const { base } = await world.log<{ base: { commit: string } }>("M1/A-2/dev-run.json");
	expect(base.commit).toBe(await world.repository.git(["rev-parse", "main~1"]));
});

const holdings = new WeakMap<World, ReturnType<typeof gate>>();

async function startWorld(): Promise<World> {
	const holding = gate();
	const world = await createWorld([
		{ id: "A-1", script: gated(editAndPass, holding) },
		{ id: "A-2", script: reads },
		{ id: "A-3", script: editAndPass },
		{ id: "Z-1", milestone: "M9", script: editAndPass },
	]);
	holdings.set(world, holding);
	return world;
}

/** Runs the milestone, and commits a change on main while its first issue is worked on. */
async function runWhile(world: World, change: (world: World) => Promise<unknown>) {
	const holding = holdings.get(world);
	const run = world.start(["dev", "M1"]);
	await holding?.reached;
	await change(world);
	await world.repository.commit();
	holding?.release();
	const { exitCode, stdout, stderr } = await run.finished;
	return { code: exitCode, stdout, stderr };
}
