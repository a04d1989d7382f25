import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { IssuePlan } from "../tasks/contract/issue.ts";
import { DEFAULT_LAYOUT } from "../tasks/contract/layout.ts";
import { problemOf } from "../tasks/contract/problem.ts";
import type { Withdrawn } from "../tasks/contract/standing.ts";
import { BlockedError, SkippedError } from "../tasks/engine/outcome.ts";
import { answer } from "../tasks/rehearsal/answers.ts";
import { lookAgain } from "../tasks/standing/look-again.ts";
import { issue } from "./support/documents.ts";
import { createRepository, type IssueFields } from "./support/repository.ts";
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
	/** What is written on main about an issue while A-1 is worked on. */
	readonly change: (world: World, id: string) => Promise<unknown>;
	/** Beside its id in the closing table. */
	readonly row: string;
	readonly says: (id: string) => string;
}

const withdrawn = (text: string) => (id: string) =>
	`${id}: not run, since ${text.replace("ID", id)} on main since this run began.`;

const WITHDRAWN: readonly Change[] = [
	{
		name: "archived",
		change: async ({ repository }, id) => {
			const archive = "docs/projects/p/archive";
			await repository.write(`${archive}/README.md`, "Old.\n");
			await repository.git(["mv", `${FOLDER}/${id}.md`, archive]);
		},
		row: "not run: document removed",
		says: withdrawn(`${FOLDER}/ID.md was removed`),
	},
	{
		name: "set to done",
		change: ({ repository }, id) => repository.writeIssue({ id, state: "done" }),
		row: "not run: closed",
		says: withdrawn("its document was set to done"),
	},
	{
		name: "moved to another milestone",
		change: ({ repository }, id) => repository.writeIssue({ id, milestone: "M7" }),
		row: "not run: moved",
		says: withdrawn("its document was moved to p, M7"),
	},
];

const REFUSED: readonly Change[] = [
	{
		name: "given a new blocker",
		change: ({ repository }, id) => repository.writeIssue({ id, blocked_by: ["Z-1"] }),
		row: "blocked by Z-1",
		says: (id) => `${id} was not begun: since this run began, it waits for Z-1, as ${FOLDER}/${id}.md on main says.`,
	},
	{
		name: "broken",
		change: ({ repository }, id) => repository.write(`${FOLDER}/${id}.md`, "---\nid: [\n---\n"),
		row: "failed: document-invalid",
		says: (id) => `${id}.md:2: `,
	},
];

test.each([
	[0, WITHDRAWN],
	[1, REFUSED],
] as const)(
	"issues that are changed on their base while the run goes on are not begun, and it is said why: exit code %i",
	async (exitCode, changes) => {
		const ids = changes.map((_, at) => `A-2-${at}`);
		await using world = await startWorld(ids);
		const { code, stdout, stderr } = await runWhile(world, async () => {
			for (const [at, { change }] of changes.entries()) await change(world, ids[at] ?? "");
		});
		expect(code, stderr).toBe(exitCode);
		for (const [at, { name, row, says }] of changes.entries()) {
			const id = ids[at] ?? "";
			expect(stdout, name).toMatch(new RegExp(`^${id} +${row}`, "m"));
			expect(stderr, name).toContain(says(id));
			expect(await world.repository.git(["branch", "--list", `issue/${id}`]), name).toBe("");
		}
		expect(stdout).toMatch(/^A-3 +pass/m);
		expect(world.model.issuesSeen).toEqual(["A-1", "A-3"]);
	},
);

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

async function startWorld(ids: readonly string[] = ["A-2"]): Promise<World> {
	const holding = gate();
	const world = await createWorld([
		{ id: "A-1", script: gated(editAndPass, holding) },
		...ids.map((id) => ({ id, script: reads })),
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

describe("looked at again", () => {
	const open = { id: "Z-1", milestone: "M9" };
	const own = { id: "A-2", blocked_by: ["A-1"] };
	const ownPath = `${FOLDER}/A-2.md`;
	/** What is written on main since A-2 was planned, and what keeps it from being begun: its new blocker and who says so, or a kind of reason. */
	const rows: readonly (readonly [name: string, write: readonly IssueFields[], kept?: string])[] = [
		["nothing of it", [{ id: "A-3", title: "Other" }]],
		["a new blocker in its own document", [{ ...own, blocked_by: ["A-1", "Z-1"] }], `Z-1 ${ownPath}`],
		["a new blocker in the blocker's document", [{ ...open, blocked: ["A-2"] }], `Z-1 ${FOLDER}/Z-1.md`],
		["a new issue that blocks it", [{ id: "Z-2", blocked: ["A-2"] }], `Z-2 ${FOLDER}/Z-2.md`],
		["a blocker that was done and is open again", [{ id: "Z-3", state: "planned" }], `Z-3 ${FOLDER}/Z-3.md`],
		[
			"a new blocker that is done",
			[
				{ ...own, blocked_by: ["A-1", "Z-3"] },
				{ id: "Z-3", state: "Done" },
			],
		],
		["a new blocker that was done all along", [{ ...own, blocked_by: ["Z-4"] }]],
		["a new blocker that is canceled, in its own document", [{ ...open, state: "canceled", blocked: ["A-2"] }]],
		["a blocker less", [{ ...own, blocked_by: [] }]],
		["a blocker that it had, said from the other side", [{ id: "A-1", blocked: ["A-2"] }]],
		["a blocker that there is not", [{ ...own, blocked_by: ["Z-9"] }], "unknown-blocker"],
		["canceled", [{ ...own, state: "canceled" }], "closed"],
		["completed", [{ ...own, state: "completed" }], "closed"],
		["in review", [{ ...own, state: "In Review" }], "held-back"],
		["a state that nobody has declared", [{ ...own, state: "qa" }], "held-back"],
		["a blocker that a person has taken meanwhile", [{ id: "A-1", state: "blocked" }], `A-1 ${FOLDER}/A-1.md`],
		["a new blocker that a person has", [{ ...open, state: "in-review", blocked: ["A-2"] }], `Z-1 ${FOLDER}/Z-1.md`],
		["Duplicate", [{ ...own, state: "Duplicate" }], "closed"],
		["itself", [{ ...own, blocked_by: ["A-2"] }], "blocker-cycle"],
	];

	test("its own document, those of others, and the states of both", async () => {
		await using repository = await createRepository([
			{ id: "A-1" },
			{ ...own, blocked_by: ["A-1", "Z-3"] },
			open,
			{ id: "Z-3", state: "done" },
			{ id: "Z-4", state: "done" },
		]);
		const { path: root, git, writeIssue, write, commit } = repository;
		const commitOf = async (name: string) => ({ name, commit: await git(["rev-parse", name]) });
		const base = await commitOf("main");
		const planned = {
			...issue("A-2", { blockedBy: ["A-1", "Z-3"] }),
			repository: { root, commonDir: join(root, ".git") },
			base,
			blockers: ["A-1"],
			outside: [],
			stack: [{ issue: "A-1", branch: "issue/A-1", logDir: "" }],
		} as unknown as IssuePlan;
		const ask = async () => {
			const kept = await lookAgain(planned, DEFAULT_LAYOUT).catch((thrown: Error) => thrown);
			if (!(kept instanceof Error)) return undefined;
			if (kept instanceof SkippedError) return (kept.because as Withdrawn).kind;
			const problem = problemOf(kept instanceof BlockedError ? (kept.cause as Error) : kept);
			return problem?.kind === "newly-blocked" ? `${problem.by} ${problem.file}` : problem?.kind;
		};
		for (const [name, written, kept] of rows) {
			for (const each of written) await writeIssue(each);
			await commit();
			expect(await ask(), name).toBe(kept);
			await git(["reset", "-q", "--hard", base.commit]);
		}
		await git(["rm", "-q", ownPath]);
		await commit();
		expect(await ask()).toBe("document-removed");
		await git(["reset", "-q", "--hard", base.commit]);
		// A document that is called otherwise is still its document.
		await git(["mv", ownPath, `${FOLDER}/A-2 bètter.md`]);
		await write(`${FOLDER}/old.md`, Buffer.from([0xff, 0xfe, 0]));
		await commit();
		expect(await lookAgain(planned, DEFAULT_LAYOUT)).toMatchObject({
			docPath: `${FOLDER}/A-2 bètter.md`,
			base: await commitOf("main"),
		});
	});
});
