import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { STACK_TRACE } from "../support/footprint.ts";
import { until } from "../support/observe.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult, type Gate, gate } from "../support/scripts.ts";
import { typed } from "../support/typed.ts";
import { createWorld, type World } from "../support/world.ts";

// What can be taken from under an attempt, by whoever: nothing of it may end as a pass whose work is not on its branch.

interface Row {
	/** What is done to the worktree, branch or repository of an issue whose agent has written a file. */
	readonly does: (world: World, worktree: string, id: string) => Promise<unknown>;
	/** How saving the work ends; it is on its branch where nothing is said. */
	readonly ends?: string;
	/** Where an issue stands then. */
	readonly stands?: string;
	/** What is told to type, in this order, before the work is committed; nothing where it is gone. */
	readonly types?: readonly RegExp[];
	/** What is typed instead by who does without the work. */
	readonly without?: RegExp;
}

const GONE = { ends: "failed: work-gone", stands: "work gone" };
const MOVED = { ends: "failed: work-moved", stands: "passed, not committed" };
const TAMPERED = { ends: "failed: worktree-tampered", stands: "passed, not committed" };

/** Those that have git forget what it does not find come first: it would forget the others. */
const KINDS: Readonly<Record<string, Row>> = {
	"GARBAGE-COLLECTED": {
		does: async ({ repository: { git } }) => {
			await git(["reflog", "expire", "--expire=now", "--all"]);
			await git(["gc", "-q", "--prune=now"]);
		},
	},
	"FOLDER-DELETED-AND-PRUNED": {
		does: async ({ repository: { git } }, worktree) => {
			await rm(worktree, { recursive: true });
			await git(["worktree", "prune"]);
		},
		...GONE,
	},
	"FOLDER-MOVED-AND-PRUNED": {
		does: async ({ repository: { git } }, worktree) => {
			await rename(worktree, `${worktree}-moved`);
			await git(["worktree", "prune"]);
		},
		...MOVED,
		types: [/^git worktree add /],
	},
	"FOLDER-REPLACED-AND-PRUNED": {
		does: async ({ repository: { git } }, worktree) => {
			await rename(worktree, `${worktree}-moved`);
			await git(["worktree", "prune"]);
			await putSomethingElse(worktree);
		},
		...MOVED,
		types: [/^mv /, /^git worktree add /],
	},
	"FOLDER-DELETED": { does: (_, worktree) => rm(worktree, { recursive: true }), ...GONE },
	"FOLDER-MOVED": { does: (_, worktree) => rename(worktree, `${worktree}-moved`), ...MOVED, types: [/^mv /] },
	"FOLDER-MOVED-OUT": {
		does: ({ repository: { folder } }, worktree) => rename(worktree, join(folder, "elsewhere")),
		...MOVED,
		types: [/^mv /],
	},
	"FOLDER-REPLACED": {
		does: async (_, worktree) => {
			await rename(worktree, `${worktree}-moved`);
			await putSomethingElse(worktree);
		},
		...MOVED,
		types: [/^mv /, /^mv /],
	},
	"FOLDER-IS-A-FILE": {
		does: async (_, worktree) => {
			await rm(worktree, { recursive: true });
			await writeFile(worktree, "x\n");
		},
		...GONE,
		types: [/^mv /],
	},
	"FOLDER-EMPTIED": {
		does: async (_, worktree) => {
			await rm(worktree, { recursive: true });
			await mkdir(worktree);
		},
		...GONE,
		types: [/^mv /],
	},
	"ALL-FILES-DELETED": {
		does: async (_, worktree) => {
			for (const name of await readdir(worktree))
				if (name !== ".git") await rm(join(worktree, name), { recursive: true });
		},
		...GONE,
		types: [/^mv /],
	},
	"FOLDER-IS-A-LINK-TO-IT": {
		does: async (_, worktree) => {
			await rename(worktree, `${worktree}-moved`);
			await symlink(`${worktree}-moved`, worktree);
		},
	},
	"FOLDER-IS-A-LINK-ELSEWHERE": {
		does: async ({ repository: { folder } }, worktree) => {
			await rename(worktree, `${worktree}-moved`);
			await putSomethingElse(join(folder, "other"));
			await symlink(join(folder, "other"), worktree);
		},
		...MOVED,
		types: [/^mv /, /^mv /],
	},
	"MOVED-BY-GIT": {
		does: ({ repository: { git } }, worktree) => git(["worktree", "move", worktree, `${worktree}-moved`]),
		...MOVED,
		types: [/^git worktree move /],
	},
	"REMOVED-BY-GIT": {
		does: ({ repository: { git } }, worktree) => git(["worktree", "remove", "--force", worktree]),
		...GONE,
	},
	"REMOVED-AND-MADE-AGAIN": {
		does: async ({ repository: { git } }, worktree, id) => {
			await git(["worktree", "remove", "--force", worktree]);
			await git(["worktree", "add", "-q", worktree, `issue/${id}`]);
		},
		ends: "failed: work-gone",
		stands: "passed, not persisted",
		types: [/^mv /],
	},
	"GIT-FOLDER-DELETED": {
		does: (world, _, id) => rm(gitFolder(world, id), { recursive: true }),
		...TAMPERED,
		types: [/^ls /, /^mv .* && git worktree add /],
	},
	"GIT-FOLDER-MOVED": {
		does: (world, _, id) => rename(gitFolder(world, id), `${gitFolder(world, id)}-moved`),
		...TAMPERED,
		types: [/^ls /, /^mv /, /^git worktree repair$/],
	},
	"INDEX-DELETED": { does: (world, _, id) => rm(join(gitFolder(world, id), "index")) },
	"BRANCH-DELETED": { does: ({ repository: { git } }, _, id) => git(["update-ref", "-d", `refs/heads/issue/${id}`]) },
	"BRANCH-RENAMED": {
		does: ({ repository: { git } }, _, id) => git(["branch", "-m", `issue/${id}`, `renamed/${id}`]),
		...TAMPERED,
		types: [/^ls /, /^git --git-dir=\S+ symbolic-ref /],
	},
	"BRANCH-RESET": {
		does: ({ repository: { git } }, _, id) => git(["update-ref", `refs/heads/issue/${id}`, "earlier"]),
		ends: "failed: branch-moved",
		stands: "passed, not committed",
		types: [/^git branch found\//, /^git update-ref /],
	},
	"BRANCH-MOVED-ON": {
		does: async ({ repository: { git } }, _, id) => {
			const on = await git(["commit-tree", "-p", "main", "-m", "A person's own", "earlier^{tree}"]);
			await git(["update-ref", `refs/heads/issue/${id}`, on]);
		},
		ends: "failed: branch-moved",
		stands: "passed, not committed",
		types: [/^git branch found\//, /^git update-ref /],
	},
	"HEAD-SWITCHED": {
		does: ({ repository: { git } }, worktree, id) => git(["switch", "-q", "-c", `other/${id}`], worktree),
		...TAMPERED,
		types: [/^ls /, /^git --git-dir=\S+ symbolic-ref /],
	},
	"HEAD-DETACHED": {
		does: ({ repository: { git } }, worktree) => git(["switch", "-q", "--detach"], worktree),
		...TAMPERED,
		types: [/^ls /, /^git --git-dir=\S+ symbolic-ref /],
	},
	STASHED: {
		does: ({ repository: { git } }, worktree) => git(["stash", "-q", "-u"], worktree),
		ends: "failed: work-set-aside",
		stands: "passed, not persisted",
		types: [/^git -C \S+ stash apply /],
	},
	"STASHED-AND-NOT-WANTED": {
		does: ({ repository: { git } }, worktree) => git(["stash", "-q", "-u"], worktree),
		ends: "failed: work-set-aside",
		stands: "passed, not persisted",
		without: /^git -C \S+ commit --allow-empty /,
	},
	"COMMITTED-AND-RESET": {
		does: async ({ repository: { git } }, worktree) => {
			await git(["add", "-A"], worktree);
			await git(["commit", "-q", "-m", "Mine"], worktree);
			await git(["reset", "-q", "--hard", "HEAD~1"], worktree);
		},
		ends: "failed: work-set-aside",
		stands: "passed, not persisted",
		types: [/^git -C \S+ merge /],
	},
	"COMMITTED-ON-ANOTHER-BRANCH": {
		does: async ({ repository: { git } }, worktree, id) => {
			await git(["switch", "-q", "-c", `sneaky/${id}`], worktree);
			await git(["add", "-A"], worktree);
			await git(["commit", "-q", "-m", "Mine"], worktree);
			await git(["switch", "-q", `issue/${id}`], worktree);
		},
		ends: "failed: work-set-aside",
		stands: "passed, not persisted",
		types: [/^git -C \S+ merge /],
	},
};

test("what is taken away between a turn and its commit: no pass without the work on its branch, and what is told brings it there", async () => {
	const ids = Object.keys(KINDS);
	const [first = ""] = ids;
	await using world = await createWorld(
		ids.map((id) => ({ id })),
		{ script: writing(new Map()) },
	);
	const { repository } = world;
	const { git } = repository;
	await git(["branch", "earlier"]);
	await repository.write("second.txt", "second\n");
	await repository.commit("second");
	expect((await world.run(["worktree:create", "M1"])).exitCode).toBe(0);
	expect((await world.run(["phase:dev", first])).exitCode).toBe(0);
	// The turns of the others have ended in the same way.
	const logs = join(repository.path, "logs/orch/M1");
	const record = await readFile(join(logs, first, "dev-run.json"), "utf8");
	const { issueDocHash } = JSON.parse(record);
	for (const issue of JSON.parse((await world.run(["status", "M1", "--json"])).stdout)) {
		if (issue.id === first) continue;
		await mkdir(join(logs, issue.id), { recursive: true });
		const own = record.replaceAll(first, issue.id).replace(issueDocHash, issue.docHash);
		await writeFile(join(logs, issue.id, "dev-run.json"), own);
		await writeFile(join(worktreeOf(world, issue.id), `${issue.id}.txt`), "work\n");
	}
	for (const [id, { does }] of Object.entries(KINDS)) await does(world, worktreeOf(world, id), id);

	const saved = await world.run(["persist", "M1"]);
	expect(saved.exitCode, saved.stderr).toBe(1);
	expect(saved.stderr).not.toMatch(STACK_TRACE);
	const status = (await world.run(["status", "M1"])).stdout;
	const asked = new Set<string | undefined>();
	for (const [id, { ends, stands = "up to date", types = [], without }] of Object.entries(KINDS)) {
		expect(saved.stdout).toMatch(new RegExp(`^${id} +persist +${ends ?? "committed [0-9a-f]+"}$`, "m"));
		expect(status).toMatch(new RegExp(`^${id} +${stands} `, "m"));
		const told = paragraphOf(saved.stderr, id);
		const why = asked.has(ends) ? told : (await world.run(["why", id])).stdout;
		const next = { "work gone": `dev ${id}`, "up to date": `issue/${id}` }[stands] ?? `persist ${id}`;
		if (!asked.has(ends)) expect(why).toMatch(new RegExp(`^Next: .*${next}$`, "m"));
		asked.add(ends);
		const commands = commandsOf(told);
		expect(commands.length, told).toBeGreaterThanOrEqual(types.length);
		if (without) {
			const command = commands.find((each) => without.test(each)) ?? "";
			expect(await typed(world, command), told).toMatchObject({ exitCode: 0 });
		}
		for (const [at, type] of types.entries()) {
			expect(commands[at]).toMatch(type);
			expect(why).toContain(commands[at]);
			const done = await typed(world, commands[at] ?? "");
			// It complains about what is broken elsewhere.
			if (!/worktree repair$/.test(commands[at] ?? ""))
				expect(done.exitCode, `${commands[at]}\n${done.stderr}`).toBe(0);
		}
	}
	await world.run(["persist", "M1"]);
	for (const [id, { ends, without }] of Object.entries(KINDS)) {
		if (ends === "failed: work-gone" || without) await expect(git(["show", `issue/${id}:${id}.txt`])).rejects.toThrow();
		if (ends === "failed: work-gone") continue;
		if (!without) expect(await git(["show", `issue/${id}:${id}.txt`]), id).toBe("work");
		expect(await git(["show", `issue/${id}:second.txt`]), id).toBe("second");
		expect(await git(["merge-base", "main", `issue/${id}`]), id).toBe(await git(["rev-parse", "main"]));
	}
	const after = (await world.run(["status", "M1"])).stdout;
	for (const [id, { ends }] of Object.entries(KINDS))
		expect(after).toMatch(new RegExp(`^${id} +${ends === "failed: work-gone" ? "work gone" : "up to date"} `, "m"));
});

/** At what moment of a run what is done, to issues of their own. */
const IN_A_RUN: readonly (readonly [when: "start" | "edited", kind: keyof typeof KINDS])[] = [
	["start", "FOLDER-DELETED"],
	["start", "FOLDER-MOVED"],
	["start", "BRANCH-DELETED"],
	["start", "BRANCH-MOVED-ON"],
	["edited", "FOLDER-DELETED"],
	["edited", "FOLDER-EMPTIED"],
	["edited", "GIT-FOLDER-DELETED"],
	["edited", "BRANCH-RENAMED"],
	["edited", "STASHED"],
];

test("what is taken away while an agent is at work: the run ends with 1, and says of each what became of it", async () => {
	const issues = IN_A_RUN.map(([when, kind], at) => ({ id: `I-${at + 1}`, when, row: KINDS[kind] as Row }));
	const gates = new Map(issues.map(({ id, when }) => [id, { when, gate: gate() }]));
	await using world = await createWorld(
		issues.map(({ id }) => ({ id })),
		{ script: writing(gates) },
	);
	const { repository } = world;
	await repository.git(["branch", "earlier"]);
	await repository.write("second.txt", "second\n");
	await repository.commit("second");
	const running = world.start(["dev", "M1", "-j", String(issues.length)]);
	for (const each of gates.values()) await Promise.race([each.gate.reached, until(running, () => false)]);
	for (const { id, row } of issues) await row.does(world, worktreeOf(world, id), id);
	for (const each of gates.values()) each.gate.release();
	const { exitCode, stdout, stderr } = await running.finished;

	expect(exitCode, stderr).toBe(1);
	expect(stderr).not.toMatch(STACK_TRACE);
	const status = (await world.run(["status", "M1"])).stdout;
	for (const { id, row } of issues) {
		expect(stdout).toMatch(new RegExp(`^${id} +${row.ends ?? "pass"} {2}`, "m"));
		expect(status).toMatch(new RegExp(`^${id} +${row.stands ?? "up to date"} `, "m"));
		if (row.ends === undefined) expect(await repository.git(["show", `issue/${id}:${id}.txt`])).toBe("work");
	}
	// What is gone is done again, and nothing else.
	const asked = world.model.requests.length;
	for (const [, aside = ""] of paragraphOf(stderr, "I-6").matchAll(/: (mv .*)$/gm)) await typed(world, aside);
	for (const id of ["I-1", "I-6"]) {
		expect((await world.run(["dev", id])).exitCode).toBe(0);
		expect(await repository.git(["show", `issue/${id}:${id}.txt`])).toBe("work");
	}
	expect(world.model.requests.length).toBeGreaterThan(asked);
	const again = world.model.requests.length;
	expect((await world.run(["dev", "I-9"])).exitCode).toBe(1);
	expect(world.model.requests.length).toBe(again);
});

/** What becomes of the whole repository while an agent is at work, and what is told to type where it is then. */
const WHOLE: Readonly<
	Record<string, { readonly does: (path: string, now: string) => Promise<unknown>; readonly types?: readonly RegExp[] }>
> = {
	moved: { does: (path, now) => rename(path, now), types: [/^mkdir .* && mv .* && git worktree repair /] },
	"moved with its worktrees": {
		does: async (path, now) => {
			await rename(path, now);
			await rename(`${path}.worktrees`, `${now}.worktrees`);
		},
		types: [/^ls /, /^git worktree repair /],
	},
	deleted: { does: (path) => rm(path, { recursive: true }) },
};

test.each(Object.entries(WHOLE))(
	"the whole repository is %s while an agent is at work: nothing passes, and nothing is written where it was",
	async (what, { does, types }) => {
		const at = gate();
		await using world = await createWorld([{ id: "A-1" }, { id: "B-1" }], {
			script: writing(new Map([["A-1", { when: "edited", gate: at }]])),
		});
		const { path, folder, git } = world.repository;
		const now = `${path}-moved`;
		const running = world.start(["dev", "M1"]);
		await Promise.race([at.reached, until(running, () => false)]);
		await does(path, now);
		at.release();
		const { exitCode, stdout, stderr } = await running.finished;

		expect(exitCode, stderr).toBe(1);
		expect(stderr).not.toMatch(STACK_TRACE);
		expect(stdout).toMatch(/^A-1 +failed: repository-gone /m);
		expect(stdout).toMatch(/^B-1 +not started /m);
		const told = paragraphOf(stderr, "A-1");
		expect(told).toContain(`not in ${path} any more`);
		expect(told.includes(`in ${worktreeOf(world, "A-1")} and not committed`)).toBe(what !== "moved with its worktrees");
		expect(await readdir(folder)).not.toContain("repo");
		const save = /: (npx tsx .* persist A-1)$/m.exec(told)?.[1] ?? "";
		expect(save).not.toBe("");
		if (!types) return;

		// Its answer went along: what it has done is committed, and not done again.
		const there = { cwd: now };
		expect((await world.run(["status"], there)).stdout).toMatch(/^A-1 +passed, not committed /m);
		const commands = commandsOf((await typed(world, save, there)).stderr);
		for (const [at, type] of types.entries()) {
			expect(commands[at]).toMatch(type);
			expect((await typed(world, commands[at] ?? "", there)).exitCode).toBe(0);
		}
		expect((await typed(world, save, there)).exitCode).toBe(0);
		expect(await git(["show", "issue/A-1:A-1.txt"], now)).toBe("work");
		expect((await world.run(["status"], there)).stdout).toMatch(/^A-1 +up to date /m);
		expect(world.model.issuesSeen).toEqual(["A-1"]);
	},
);

/** Writes a file and passes; waits at a gate of its issue's, before the first command or after it. */
function writing(gates: ReadonlyMap<string, { readonly when: "start" | "edited"; readonly gate: Gate }>): Script {
	return async function* (prompted) {
		const own = gates.get(prompted.issueId);
		if (own?.when === "start") await own.gate.wait();
		yield { kind: "run", command: `echo work > ${prompted.issueId}.txt` };
		if (own?.when === "edited") await own.gate.wait();
		yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
	};
}

async function putSomethingElse(folder: string): Promise<void> {
	expect(existsSync(folder)).toBe(false);
	await mkdir(folder);
	await writeFile(join(folder, "something-else.txt"), "something else\n");
}

/** The lines about an issue, in what a run has printed. */
function paragraphOf(stderr: string, id: string): string {
	return stderr.split(/\n\n/).find((paragraph) => paragraph.startsWith(`${id}  `)) ?? "";
}

function commandsOf(told: string): string[] {
	return told.split("\n").flatMap((line) => /^ {2}.*?: ((?:mv|mkdir|git|ls|npx tsx) .+)$/.exec(line)?.[1] ?? []);
}

function gitFolder({ repository }: World, id: string): string {
	return join(repository.path, ".git/worktrees", id);
}

function worktreeOf({ repository }: World, id: string): string {
	return join(`${repository.path}.worktrees`, id);
}
