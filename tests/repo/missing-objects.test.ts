import { execFile } from "node:child_process";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { messageOf } from "../../tasks/cli/words/problem-words.ts";
import { type Problem, problemOf } from "../../tasks/contract/problem.ts";
import { measureDelta } from "../../tasks/repo/commit.ts";
import { readCommitted } from "../../tasks/repo/documents.ts";
import { git as door } from "../../tasks/repo/git.ts";
import { mergeCommits } from "../../tasks/repo/merge.ts";
import { findMerge } from "../../tasks/repo/merged.ts";
import { saveBranch } from "../../tasks/repo/patch.ts";
import { explainRefusal } from "../../tasks/repo/refusals.ts";
import { addWorktree } from "../../tasks/repo/worktree/add.ts";
import { suggestedIn } from "../support/commands.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { testSay } from "../support/say.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld, type World } from "../support/world.ts";

const shell = promisify(execFile);

test("a partial clone without files: said before anything is made, with what brings them", async () => {
	await using world = await worldOfClone(
		["--filter=blob:none", "--no-checkout"],
		[
			["read-tree", "HEAD"],
			["checkout", "--", "docs"],
		],
	);
	const { repository } = world;
	const doctor = await world.run(["doctor", "A-1"]);
	expect(doctor.stdout).toMatch(/^error +worktrees +.*2 files of main are not in it/m);
	expect(doctor.stdout).toMatch(/^ok +disk/m);
	const refused = await world.run(["dev", "A-1"]);
	expect(refused.exitCode).toBe(2);
	expect(refused.stderr).toMatch(/This clone is partial: 2 files of main are not in it/);
	expect(await repository.git(["branch", "--list", "issue/*"])).toBe("");
	for (const command of suggestedIn(refused.stderr)) await typed(repository, command);
	await offline(repository);
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect((await world.run(["doctor", "A-1"])).stdout).toMatch(/^ok +worktrees/m);
});

test("a partial clone without folders either, from a base that was never checked out", async () => {
	await using world = await worldOfClone(["--filter=tree:0"], []);
	const { repository } = world;
	const refused = await world.run(["dev", "A-1", "--base", "main~1"]);
	expect(refused.exitCode, refused.stderr).toBe(2);
	expect(refused.stderr).toMatch(/This clone is partial: folders of main~1 are not in it/);
	for (const command of suggestedIn(refused.stderr)) await typed(repository, command);
	await offline(repository);
	const { exitCode, stderr } = await world.run(["dev", "A-1", "--base", "main~1"]);
	expect(exitCode, stderr).toBe(0);
});

test("a partial clone that is sparse has all that its worktrees are filled with, also without its remote", async () => {
	await using world = await worldOfClone(
		["--filter=blob:none", "--no-checkout"],
		[
			["sparse-checkout", "set", "docs"],
			["checkout", "-q", "main"],
		],
	);
	await offline(world.repository);
	const doctor = await world.run(["doctor", "A-1"]);
	expect(doctor.stdout).toMatch(/^ok +disk/m);
	expect(doctor.stdout).toMatch(/^ok +worktrees/m);
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await world.repository.git(["diff", "--name-only", "main", "issue/A-1"])).toBe("A-1.txt");
});

test("a fetch that cuts the history off: the branch is no stranger's, and the history comes back by the command that is told", async () => {
	await using world = await worldOfClone([], []);
	const { repository } = world;
	expect((await world.run(["dev", "A-1"])).exitCode).toBe(0);
	const work = await repository.git(["rev-parse", "issue/A-1"]);
	const origin = join(repository.folder, "origin");
	await repository.git(["commit", "-q", "--allow-empty", "-m", "later"], origin);
	await repository.write("../origin/docs/projects/p/issues/A-1.md", await changed(repository));
	await repository.git(["commit", "-qam", "more is wanted"], origin);
	await repository.git(["fetch", "-q", "--depth", "1"]);
	await repository.git(["reset", "-q", "--hard", "origin/main"]);

	const refused = await world.run(["dev", "A-1"]);
	expect(refused.exitCode, refused.stderr).toBe(1);
	expect(refused.stderr).toMatch(/This clone is shallow: what issue\/A-1 and main have in common is not in it/);
	expect(refused.stderr).not.toContain("rebase");
	const [command = ""] = suggestedIn(refused.stderr);
	await typed(repository, command);
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await repository.git(["merge-base", "--is-ancestor", work, "issue/A-1"])).toBe("");
});

test("work that was merged before the history was cut off is not paid for again", async () => {
	await using world = await worldOfClone([], []);
	const { repository, model } = world;
	const { git } = repository;
	expect((await world.run(["dev", "A-1"])).exitCode).toBe(0);
	await git(["merge", "-q", "--no-ff", "-m", "take it", "issue/A-1"]);
	await git(["push", "-q", "origin", "main:later"]);
	await git(["branch", "-q", "-D", "issue/A-1"]);
	const origin = join(repository.folder, "origin");
	await git(["switch", "-q", "later"], origin);
	await git(["commit", "-q", "--allow-empty", "-m", "more"], origin);
	await git(["commit", "-q", "--allow-empty", "-m", "and more"], origin);
	await git(["fetch", "-q", "--depth", "1", "origin", "later"]);
	await git(["reset", "-q", "--hard", "FETCH_HEAD"]);
	const asked = model.requests.length;

	expect((await world.run(["status"])).stdout).toMatch(/^A-1 .*history cut/m);
	const refused = await world.run(["dev", "A-1"]);
	expect(refused.exitCode, refused.stderr).toBe(1);
	expect(refused.stderr).toMatch(/This clone is shallow/);
	const why = await world.run(["why", "A-1"]);
	const [command = why.stdout] = suggestedIn(refused.stderr);
	expect(why.stdout).toContain(command);
	await typed(repository, command);
	const again = await world.run(["dev", "A-1"]);
	expect(again.exitCode, again.stderr).toBe(0);
	expect((await world.run(["status"])).stdout).toMatch(/^A-1 .*merged/m);
	expect(model.requests.length).toBe(asked);
});

test("a branch that somebody else has begun, in a partial clone: each look and run says what is missing, and nothing is paid for twice", async () => {
	await using world = await worldOfClone(["--filter=blob:none"], []);
	const { repository, model } = world;
	const { git } = repository;
	const origin = join(repository.folder, "origin");
	await git(["switch", "-q", "-c", "issue/A-1"], origin);
	for (const text of ["one\n", "two\n", "three\n"]) {
		await repository.write("../origin/src/new.txt", text);
		await git(["add", "-A"], origin);
		await git(["commit", "-q", "-m", text], origin);
	}
	await git(["fetch", "-q"]);
	await git(["branch", "-q", "issue/A-1", "origin/issue/A-1"]);
	await mended(world, ["dev", "A-1"], 1, /The clone at .*\/repo is partial, and lacks files that this needs/);
	expect((await world.run(["status"])).stdout).toMatch(/^A-1 .*(?:up to date|passed)/m);
	const asked = model.requests.length;
	expect(asked).toBeGreaterThan(0);

	// Taken as one commit elsewhere, and changed twice since: of what was in between, only the names are fetched.
	await git(["push", "-q", "origin", "issue/A-1:done"]);
	await git(["switch", "-q", "main"], origin);
	await git(["merge", "-q", "--squash", "done"], origin);
	await git(["commit", "-q", "-m", "A-1, squashed"], origin);
	for (const text of ["four\n", "five\n"]) {
		await repository.write("../origin/src/new.txt", text);
		await git(["commit", "-q", "-a", "-m", text], origin);
	}
	await git(["pull", "-q", "--ff-only", "origin", "main"]);
	expect((await world.run(["status"])).stdout).toMatch(/^A-1 +up to date +pass/m);
	const clean = await world.run(["clean"]);
	expect(clean.stdout).toMatch(/^A-1 +branch +no +nobody can tell whether it is on main: the clone is partial/m);
	const [fetched = ""] = suggestedIn(clean.stderr);
	await git(["branch", "-q", "-m", "issue/A-1", "aside"]);
	expect((await world.run(["status"])).stdout).toMatch(/^A-1 +phase:dev can't be asked +pass/m);
	expect((await world.run(["why", "A-1"])).stdout).toContain(fetched);
	const refused = await world.run(["dev", "A-1"]);
	expect(refused.exitCode).toBe(1);
	expect(suggestedIn(refused.stderr)).toContain(fetched);

	await typed(repository, fetched);
	expect((await world.run(["status"])).stdout).toMatch(/^A-1 +merged +pass/m);
	await git(["branch", "-q", "-m", "aside", "issue/A-1"]);
	expect((await world.run(["clean"])).stdout).toMatch(/^A-1 +branch +yes/m);
	expect(model.requests.length).toBe(asked);
});

/** Types a command, and what it suggests as long as it fails for what the clone lacks. */
async function mended(world: World, args: readonly string[], exitCode: number, told: RegExp): Promise<void> {
	const before = await world.run(args);
	expect(before.exitCode).toBe(exitCode);
	expect(before.stderr).toMatch(told);
	let now = before;
	for (let at = 0; at < 3 && now.exitCode !== 0; at++) {
		for (const command of suggestedIn(now.stderr).filter((each) => each.startsWith("git")))
			await typed(world.repository, command);
		now = await world.run(args);
	}
	expect(now.exitCode, now.stderr).toBe(0);
}

/** What a partial clone is asked in which each branch is as it was fetched, and what it says once that is there. */
const NEEDY: Readonly<Record<string, readonly [ask: (of: Asked) => Promise<unknown>, answer: unknown]>> = {
	"a worktree of a branch": [
		(of) => addWorktree(of.issue("A"), of.commit("issue/A"), of.commit("issue/A"), of.signal),
		expect.objectContaining({ path: expect.stringMatching(/A$/) }),
	],
	"a worktree that is made beside others": [
		(of) => addWorktree(of.issue("A"), of.commit("issue/A"), of.commit("issue/A"), of.signal, { atOnce: true }),
		expect.objectContaining({ path: expect.stringMatching(/A$/) }),
	],
	"a merge of what two blockers did": [
		(of) => mergeCommits(of.repository, of.commit("issue/A"), of.commit("issue/B"), "Merge", of.signal),
		{ kind: "merged", head: expect.stringMatching(/^[0-9a-f]{40}$/) },
	],
	"a merge that conflicts": [
		(of) => mergeCommits(of.repository, of.commit("issue/A"), of.commit("issue/C"), "Merge", of.signal),
		{ kind: "conflict", files: ["same file.txt"] },
	],
	"the lines that a branch changes, for the record": [
		(of) => measureDelta(of.issue("A"), [of.commit("start")], of.signal),
		expect.objectContaining({ commits: 2, filesChanged: 1, insertions: 2, deletions: 2 }),
	],
	"the patch of a branch that clean discards": [
		async (of) => {
			await saveBranch(
				of.repository,
				of.commit("start"),
				of.commit("issue/A"),
				`${of.repository.root}.patch`,
				of.signal,
			);
			return readFile(`${of.repository.root}.patch`, "utf8");
		},
		expect.stringMatching(/^\+FIVE$/m),
	],
	"whether work has come to the base in another commit": [
		(of) => findMerge({ ...of.issue("A"), issue: "A", head: of.commit("issue/A"), started: [], thread: null }),
		{ by: "patches", commit: expect.any(String) },
	],
	"a file of a commit, by whoever asks git for it": [
		(of) => door(["cat-file", "blob", `${of.commit("issue/C")}:same file.txt`], { cwd: of.repository.root }),
		expect.objectContaining({ stdout: expect.stringContaining("\nc\n") }),
	],
	"the document of a base that has moved on without a checkout": [
		(of) =>
			readCommitted(of.repository, of.issue("C").base, ["."], (file) => file === "same file.txt").then((texts) =>
				texts.get("same file.txt"),
			),
		expect.stringContaining("FIVE"),
	],
};

/** A partial clone, and what of it can be asked about. */
interface Asked {
	readonly repository: { readonly root: string; readonly commonDir: string };
	readonly signal: AbortSignal;
	commit(name: string): string;
	issue(id: string): Parameters<typeof addWorktree>[0];
}

test("what a partial clone lacks is told for all that needs it, and the command that is printed brings it", async () => {
	await using origin = await createRepository();
	const { git, write, commit, folder } = origin;
	const lines = (...changed: readonly (readonly [number, string])[]) =>
		write("same file.txt", Array.from({ length: 50 }, (_, at) => `${new Map(changed).get(at) ?? at}\n`).join(""));
	await lines();
	await commit("lines");
	await git(["branch", "start"]);
	const branches: Record<string, readonly (readonly [number, string])[]> = {
		A: [
			[5, "five"],
			[5, "FIVE"],
		],
		B: [[45, "b"]],
		C: [[5, "c"]],
	};
	for (const [id, changes] of Object.entries(branches)) {
		await git(["switch", "-q", "-c", `issue/${id}`, "start"]);
		for (const change of changes) {
			await lines(change);
			await commit(`${id} ${change[1]}`);
		}
	}
	await git(["switch", "-q", "main"]);
	await git(["merge", "-q", "--squash", "issue/A"]);
	await commit("A, squashed");
	await lines([5, "FIVE"], [20, "later"]);
	await commit("later");
	await git(["config", "uploadpack.allowFilter", "true"]);
	const tips = (await git(["for-each-ref", "--format=%(refname:short) %(objectname)"])).split("\n");
	const commits = new Map(tips.map((line) => line.split(" ") as [string, string]));

	for (const [what, [ask, answer]] of Object.entries(NEEDY)) {
		const root = join(folder, what);
		await git(["clone", "-q", "--filter=blob:none", "--no-checkout", `file://${origin.path}`, root], folder);
		for (const id of Object.keys(branches)) await git(["branch", "-q", `issue/${id}`, `origin/issue/${id}`], root);
		const repository = { root, commonDir: join(root, ".git") };
		const base = { name: "main", commit: commits.get("main") ?? "" };
		const of: Asked = {
			repository,
			signal: new AbortController().signal,
			commit: (name) => commits.get(name) ?? "",
			issue: (id) => ({ id, repository, base, branch: `issue/${id}`, worktreePath: join(folder, what + id) }),
		};
		const told: string[] = [];
		const answered = async (): Promise<unknown> => {
			try {
				return await ask(of);
			} catch (error) {
				const problem = problemOf(await explainRefusal(error, of.issue("A")));
				expect(problem, `${what}: ${error}`).toMatchObject({ kind: "objects-unfetched", issue: "A" });
				const [command = ""] = suggestedIn(messageOf(problem as Problem, testSay()).remedy ?? "");
				// What is asked in several steps needs a command for each.
				expect(told, what).not.toContain(command);
				told.push(command);
				// A merge that conflicts has fetched all the same.
				await typed({ ...origin, path: root }, command).catch(({ code }) => expect(code, what).toBe(1));
				return answered();
			}
		};
		expect(await answered(), what).toEqual(answer);
		expect(told.length, what).toBeGreaterThan(0);
	}
});

/** A world in a clone, whose remote lies beside it. */
async function worldOfClone(clone: readonly string[], first: readonly (readonly string[])[]): Promise<World> {
	const repository = await createRepository([{ id: "A-1" }]);
	const { git, path, folder } = repository;
	await repository.write("src/large.txt", "large\n".repeat(1000));
	await repository.commit();
	const origin = join(folder, "origin");
	await rename(path, origin);
	await git(["config", "uploadpack.allowFilter", "true"], origin);
	await git(["clone", "-q", ...clone, `file://${origin}`, path], folder);
	for (const args of first) await git(args);
	return createWorld([{ id: "A-1", script: editAndPass }], { repository });
}

/** From here on nothing can be fetched. */
async function offline({ folder }: TestRepository): Promise<void> {
	await rename(join(folder, "origin"), join(folder, "moved-away"));
}

async function typed({ path, home }: TestRepository, command: string): Promise<void> {
	await shell("/bin/sh", ["-c", command], { cwd: path, env: { PATH: process.env.PATH, HOME: home } });
}

async function changed(repository: TestRepository): Promise<string> {
	return `${await repository.read("docs/projects/p/issues/A-1.md")}\nAnd more.\n`;
}
