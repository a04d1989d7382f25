import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Script } from "./support/scripted-model.ts";
import { devResult, editAndPass, runAndPass } from "./support/scripts.ts";
import { typed } from "./support/typed.ts";
import { createWorld, type Finished, type World } from "./support/world.ts";

const changes = (text: string) => runAndPass(`echo ${text} > same.txt`);
/** Keeps its worktree: what only a rule of its own ignores is on no branch. */
const changesAndHides = (text: string) =>
	runAndPass(`echo ${text} > same.txt; echo hidden.txt > .gitignore; echo hidden > hidden.txt`);

/** Fails the first time, with its work on the branch, and passes then. */
function failsFirst(command: string): Script {
	let turns = 0;
	return async function* (prompted) {
		yield { kind: "run", command };
		yield { kind: "answer", text: JSON.stringify(devResult(prompted, { status: ++turns === 1 ? "failed" : "pass" })) };
	};
}

/** Where a person types a run: on a branch, or on none. */
const PLACES = {
	"on the base": [["switch", "-q", "main"]],
	"on a branch of their own": [["switch", "-q", "-c", "mine", "main"]],
	"on no branch": [["switch", "-q", "--detach", "main"]],
} as const;

interface Situation {
	readonly name: string;
	readonly from: keyof typeof PLACES;
	readonly issues: Parameters<typeof createWorld>[0];
	/** Leads into it, from main. */
	readonly lead: (world: World) => Promise<unknown>;
	/** What is refused there. */
	readonly says: RegExp;
	/** The lines of the remedy, each with its command in brackets. */
	readonly type: readonly RegExp[];
	/** True when the first stops at a conflict. */
	readonly conflicts?: true;
	/** The issue whose branch holds what was settled, where it is not the dependent's. */
	readonly settled?: string;
	/** Where the conflict is settled, when not in the person's checkout. */
	readonly inWorktreeOf?: string;
}

const MERGE = [/^ +Merge one into the other: (.+)$/m, /^ +and once what conflicts is settled: (.+)$/m];
const REBASE = [/^ +Bring it up to date: (.+)$/m, /^ +and where that stops at a conflict, once it is settled: (.+)$/m];

const trio = (eight: Script, nine: Script, more: readonly string[] = []) => [
	...more.map((id) => ({ id, script: editAndPass })),
	{ id: "N-8", script: eight },
	{ id: "N-9", script: nine },
	{ id: "N-10", blocked_by: [...more, "N-8", "N-9"], script: editAndPass },
];

const SITUATIONS: readonly Situation[] = [
	...(Object.keys(PLACES) as (keyof typeof PLACES)[]).map(
		(from): Situation => ({
			name: "two blockers changed the same line",
			from,
			issues: trio(changes("eight"), changes("nine")),
			lead: async () => {},
			says: /issue\/N-10 needs issue\/N-8 and issue\/N-9 together, and both changed same\.txt/,
			type: MERGE,
			conflicts: true,
			settled: "N-10",
		}),
	),
	{
		name: "two of three blockers, and not the first, changed the same line",
		from: "on the base",
		issues: trio(changes("eight"), changes("nine"), ["N-7"]),
		lead: async () => {},
		says: /issue\/N-10 needs issue\/N-8 and issue\/N-9 together/,
		type: MERGE,
		conflicts: true,
		settled: "N-10",
	},
	{
		name: "two blockers changed the same line, and the branch of one is checked out in its kept worktree",
		from: "on a branch of their own",
		issues: trio(changes("eight"), changesAndHides("nine")),
		lead: async () => {},
		says: /issue\/N-10 needs issue\/N-8 and issue\/N-9 together/,
		type: MERGE,
		conflicts: true,
		inWorktreeOf: "N-9",
		settled: "N-10",
	},
	{
		name: "the base has moved on against a blocker",
		from: "on the base",
		issues: trio(editAndPass, changes("nine")),
		lead: async ({ run, repository }) => {
			await run(["dev", "N-9"]);
			await repository.write("same.txt", "main\n");
			await repository.commit();
		},
		says: /issue\/N-10 needs main and issue\/N-9 together, and both changed same\.txt/,
		type: MERGE,
		conflicts: true,
		settled: "N-10",
	},
	{
		name: "a blocker has moved on against what its dependent had done",
		from: "on no branch",
		issues: [
			{ id: "N-9", script: editAndPass },
			{ id: "N-10", blocked_by: ["N-9"], script: failsFirst("echo ten > same.txt") },
		],
		lead: async ({ run, repository }) => {
			await run(["dev", "M1"]);
			await commitOn(repository.git, "issue/N-9", "same.txt", "nine\n", join(repository.folder, "aside"));
		},
		says: /issue\/N-10 needs what it has and issue\/N-9 together, and both changed same\.txt/,
		type: MERGE,
		conflicts: true,
		settled: "N-10",
	},
	...(["on no branch"] as const).map(
		(from): Situation => ({
			name: "the base has moved on against an issue",
			from,
			issues: [{ id: "A-1", script: failsFirst("echo one > same.txt") }],
			lead: async ({ run, repository }) => {
				await run(["dev", "A-1"]);
				await repository.write("same.txt", "main\n");
				await repository.commit();
			},
			says: /The branch issue\/A-1 and main both changed same\.txt/,
			type: REBASE,
			conflicts: true,
			settled: "A-1",
		}),
	),
	{
		name: "the base has moved on against an issue whose worktree is kept",
		from: "on the base",
		issues: [{ id: "A-1", script: changesAndHides("one") }],
		lead: async ({ run, repository }) => {
			await run(["dev", "A-1"]);
			await repository.write("same.txt", "main\n");
			await repository.writeIssue({ id: "A-1", body: "More is wanted." });
			await repository.commit();
		},
		says: /The branch issue\/A-1 and main both changed same\.txt/,
		type: REBASE,
		conflicts: true,
		inWorktreeOf: "A-1",
	},
	...(["on a branch of their own"] as const).flatMap((from) =>
		[/^ +Bring it up to date: (.+)$/m, /^ +or put it aside: (.+)$/m].map(
			(line): Situation => ({
				name: `somebody else's branch (${line.source.slice(4, 20)})`,
				from,
				issues: [{ id: "A-1", script: editAndPass }],
				lead: foreignBranch,
				says: /The branch issue\/A-1 exists, and does not contain all of main/,
				type: [line],
			}),
		),
	),
];

for (const { name, from, issues, lead, says, type, conflicts, settled, inWorktreeOf } of SITUATIONS) {
	test(`${name}: what is suggested, typed ${from}, settles it and leaves the person there`, async () => {
		await using world = await createWorld([...issues, { id: "X", milestone: "M2" }]);
		const { repository } = world;
		const { git } = repository;
		await repository.write("same.txt", "as it was\n");
		await repository.commit();
		await lead(world);
		for (const args of PLACES[from]) await git(args);
		const began = await headOf(world);
		const run = ["dev", "M1", "--base", "main"];
		const refused = await world.run(run);

		expect(refused.exitCode, refused.stderr).toBe(1);
		expect(refused.stderr).toMatch(says);
		const [first = "", second] = type.map((line) => line.exec(refused.stderr)?.[1] ?? "");
		const done = await enter(world, first);
		expect(done.exitCode, `${first}\n${done.stderr}`).toBe(conflicts ? 1 : 0);
		if (conflicts && second) {
			const place = inWorktreeOf ? join(`${repository.path}.worktrees`, inWorktreeOf) : repository.path;
			await writeFile(join(place, "same.txt"), "settled\n");
			await git(["add", "same.txt"], place);
			const went = await enter(world, second);
			expect(went.exitCode, `${second}\n${went.stderr}`).toBe(0);
		}
		expect(await headOf(world)).toBe(began);

		// What was refused is where the dependent of two blockers starts; the first of these situations goes on to its turn.
		const isTurn = settled !== "N-10" || (from === SITUATIONS[0]?.from && name === SITUATIONS[0].name);
		const passed = await world.run(isTurn ? run : ["worktree:create", settled, "--base", "main"]);
		expect(passed.exitCode, passed.stderr).toBe(0);
		if (settled) expect(await git(["show", `issue/${settled}:same.txt`])).toMatch(/^(?:settled|one|ten)$/);
		// What is begun next starts from the base and nothing else.
		await git(["switch", "-q", "main"]);
		const next = await world.run(["worktree:create", "X"]);
		expect(next.exitCode, next.stderr).toBe(0);
		expect(await git(["rev-parse", "issue/X"])).toBe(await git(["rev-parse", "main"]));
	});
}

test("an issue's branch is no base unless it is named: no task that starts from one is begun, and the way back is said", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", script: editAndPass },
	]);
	const { git } = world.repository;
	await world.run(["dev", "A-1"]);
	await git(["branch", "-m", "main", "production"]);
	await git(["switch", "-q", "issue/A-1"]);
	for (const words of [
		"dev M1",
		"dev A-2 -n",
		"dev A-2 -q",
		"plan M1",
		"status M1",
		"why A-2",
		"clean",
		"phase:dev A-2",
		"dev A-2 --rehearse",
		"plan M1 --rehearse",
		"clean --rehearse",
	]) {
		const refused = await world.run(words.split(" "));
		expect(refused, words).toMatchObject({ exitCode: 2, stdout: "" });
		expect(refused.stderr, words).toContain("issue/A-1 is checked out, which is the branch of an issue");
		expect(refused.stderr, words).toContain("--base issue/A-1");
	}
	const health = await world.run(["doctor"]);
	expect(health.stdout).toContain("issue/A-1 is checked out, which is the branch of an issue");
	expect(world.model.issuesSeen).toEqual(["A-1"]);

	const named = await world.run(["dev", "A-2", "-n", "--base", "issue/A-1"]);
	expect(named.exitCode, named.stderr).toBe(0);
	const rehearsed = await world.run(["dev", "A-2", "-n", "--rehearse", "--base", "issue/A-1"]);
	expect(rehearsed.exitCode, rehearsed.stderr).toBe(0);
	const refused = await world.run(["dev", "M1"]);
	const back = /start from: (git switch .+)$/m.exec(refused.stderr)?.[1] ?? "";
	expect((await enter(world, back)).exitCode, refused.stderr).toBe(0);
	const passed = await world.run(["dev", "M1"]);
	expect(passed.exitCode, passed.stderr).toBe(0);
	expect(await git(["diff", "--name-only", "production", "issue/A-2"])).toBe("A-2.txt");
});

test("a rehearsal's branch is no base either", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await world.repository.git(["switch", "-q", "-c", "rehearsal/A-1"]);
	const refused = await world.run(["dev", "A-1"]);
	expect(refused.exitCode).toBe(2);
	expect(refused.stderr).toContain("git switch main");
});

test("the issue's branch is checked out in the person's own checkout: they are led to the base, not to no branch", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { git } = world.repository;
	await git(["switch", "-q", "-c", "issue/A-1"]);
	const refused = await world.run(["dev", "A-1", "--base", "main"]);
	expect(refused.exitCode).toBe(1);
	const line = /^ +Go to main there: (.+)$/m.exec(refused.stderr)?.[1] ?? "";
	expect((await enter(world, line)).exitCode, refused.stderr).toBe(0);
	expect(await headOf(world)).toBe("main");
	expect(await world.run(["dev", "A-1"])).toMatchObject({ exitCode: 0 });
});

test("a run says first what branches start from; a look, --quiet and standard output do not", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const commit = (await world.repository.git(["rev-parse", "main"])).slice(0, 10);
	const told = await world.run(["dev", "M1", "--json"]);
	// Only what is being looked at, which is there at once, comes before it.
	const first = told.stderr
		.split("\n")
		.filter((line) => !/^(?:discover|plan) {2}|: reading the backlog, /.test(line))[0];
	expect(first).toBe(`Issue branches start from main (${commit}).`);
	expect(() => JSON.parse(told.stdout)).not.toThrow();
	for (const args of [["dev", "M1", "--quiet"], ["plan", "M1"], ["status"], ["dev", "M1", "-n"]])
		expect((await world.run(args)).stderr).not.toContain("start from");
});

function enter(world: World, command: string): Promise<Finished> {
	return typed(world, command, { env: { GIT_EDITOR: "true" } });
}

/** The branch that is checked out, or the commit where none is. */
async function headOf({ repository }: World): Promise<string> {
	return repository
		.git(["branch", "--show-current"])
		.then(async (name) => name || repository.git(["rev-parse", "HEAD"]));
}

async function foreignBranch({ repository: { git } }: World): Promise<void> {
	const theirs = await git(["commit-tree", "-m", "theirs", "-p", "main", "main^{tree}"]);
	await git(["branch", "issue/A-1", theirs]);
	await git(["commit", "-q", "--allow-empty", "-m", "main moves on"]);
}

/** Commits a file on a branch that is checked out nowhere. */
async function commitOn(git: World["repository"]["git"], branch: string, file: string, text: string, aside: string) {
	await git(["worktree", "add", "-q", aside, branch]);
	await writeFile(join(aside, file), text);
	await git(["add", file], aside);
	await git(["commit", "-q", "-m", `Write ${file}`], aside);
	await git(["worktree", "remove", aside]);
}
