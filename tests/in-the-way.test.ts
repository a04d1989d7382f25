import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { problemOf } from "../tasks/contract/problem.ts";
import { explainRefusal } from "../tasks/repo/refusals.ts";
import { addWorktree } from "../tasks/repo/worktree/add.ts";
import { isSettled } from "../tasks/repo/worktree/settled.ts";
import type { Address } from "../tasks/repo/worktree/worktree.ts";
import { createRepository, type TestRepository } from "./support/repository.ts";
import { editAndPass, failTurn, runAndPass } from "./support/scripts.ts";
import { mountSmallDisk, noSmallDisk } from "./support/small-disk.ts";
import { createWorld, type World } from "./support/world.ts";

// What kept an issue from being begun is told until it is out of the way, and no longer.

interface Row {
	readonly kind: string;
	/** Puts something in the way of C-1. */
	readonly block: (world: World) => Promise<unknown>;
	/** What is told of it. */
	readonly told: RegExp;
	/** Takes it out of the way again, as its remedy says. */
	readonly mend: (world: World) => Promise<unknown>;
}

const sameLine = (text: string) => runAndPass(`echo ${text} > same.txt`);

const ROWS: readonly Row[] = [
	{
		kind: "stack-conflicts",
		block: (world) => world.run(["dev", "M1"]),
		told: /issue\/C-1 needs issue\/A-1 and issue\/B-1 together, and both changed same\.txt\./,
		mend: async ({ repository: { git } }) => {
			await git(["switch", "-q", "issue/B-1"]);
			await git(["merge", "-q", "-X", "ours", "issue/A-1"]);
			await git(["switch", "-q", "main"]);
		},
	},
	{
		kind: "stack-conflicts, by a blocker's work on the base",
		block: (world) => world.run(["dev", "M1"]),
		told: /issue\/C-1 needs issue\/A-1 and issue\/B-1 together/,
		mend: async ({ repository: { git } }) => {
			await git(["merge", "-q", "--no-ff", "-m", "take A-1", "issue/A-1"]);
			await git(["merge", "-q", "--no-ff", "-X", "ours", "-m", "take B-1", "issue/B-1"]);
		},
	},
	{
		kind: "base-conflicts",
		block: async (world) => {
			const { write, writeIssue, commit } = world.repository;
			await world.run(["dev", "C-1"]);
			await write("C-1.txt", "main's\n");
			await writeIssue({ id: "C-1", body: "More of it." });
			await commit("on main");
			await world.run(["dev", "C-1"]);
		},
		told: /issue\/C-1 and main both changed C-1\.txt/,
		mend: ({ repository: { git } }) => git(["branch", "-q", "-m", "issue/C-1", "old/issue/C-1"]),
	},
	{
		kind: "branch-not-on-base",
		block: async (world) => {
			const { git } = world.repository;
			await git(["switch", "-q", "--orphan", "issue/C-1"]);
			await git(["commit", "-q", "--allow-empty", "-m", "somebody else's"]);
			await git(["switch", "-q", "main"]);
			await world.run(["dev", "C-1"]);
		},
		told: /The branch issue\/C-1 exists, and does not contain all of main\./,
		mend: ({ repository: { git } }) => git(["branch", "-q", "-m", "issue/C-1", "old/issue/C-1"]),
	},
	{
		kind: "branch-in-the-way",
		block: async (world) => {
			await world.repository.git(["branch", "-q", "issue"]);
			await world.run(["dev", "C-1"]);
		},
		told: /a branch named "issue" is in its way/,
		mend: ({ repository: { git } }) => git(["branch", "-q", "-m", "issue", "issue-old"]),
	},
	{
		kind: "worktree-in-the-way",
		block: async (world) => {
			await mkdir(`${world.repository.path}.worktrees/C-1/something`, { recursive: true });
			await world.run(["dev", "C-1"]);
		},
		told: /\.worktrees\/C-1 /,
		mend: ({ repository: { path } }) => rm(`${path}.worktrees`, { recursive: true }),
	},
];

/** Branches move on, and nothing that is in the way is any less so. */
async function somethingElse({ repository: { git, write, commit, path } }: World): Promise<void> {
	await write("elsewhere.txt", "main's\n");
	await commit("elsewhere");
	if ((await git(["branch", "--list", "issue/A-1"])) === "") return;
	await git(["worktree", "add", "-q", `${path}.copy`, "issue/A-1"]);
	await git(["commit", "-q", "--allow-empty", "-m", "a person's own"], `${path}.copy`);
	await git(["worktree", "remove", `${path}.copy`]);
}

describe("what is in the way of an issue", () => {
	for (const { kind, block, told, mend } of ROWS) {
		test(`${kind}: it is told until it is out of the way, and no agent is asked meanwhile`, async () => {
			const alone = !kind.startsWith("stack-conflicts");
			await using world = await createWorld([
				...(alone
					? []
					: [
							{ id: "A-1", script: sameLine("a") },
							{ id: "B-1", script: sameLine("b") },
						]),
				{ id: "C-1", blocked_by: alone ? [] : ["A-1", "B-1"], script: editAndPass },
				{ id: "D-1", blocked_by: ["C-1"], script: failTurn("never asked") },
			]);
			await block(world);
			const requests = world.model.requests.length;
			const said = async (...args: string[]) => (await world.run(args)).stdout;

			const [word = ""] = kind.split(",");
			expect(await said("status")).toMatch(new RegExp(`^C-1 +worktree:create .*${word} `, "m"));
			expect(await said("plan", "M1")).toMatch(new RegExp(`C-1 .* worktree:create .*${word} `));
			const why = await said("why", "C-1");
			expect(why).toMatch(told);
			expect(why).toMatch(/^Once that is settled: .* dev C-1$/m);
			expect(await said("why", "D-1")).toMatch(told);
			const again = await world.run(["dev", "C-1"]);
			expect(again.exitCode).toBe(1);
			expect(world.model.requests).toHaveLength(requests);

			await somethingElse(world);
			expect(await said("status")).toMatch(new RegExp(`^C-1 +worktree:create .*${word} `, "m"));
			expect(await said("why", "C-1")).toMatch(told);

			await mend(world);
			expect(await said("why", "C-1")).not.toMatch(told);
			expect(await said("status")).toMatch(/^C-1 +(?:never run|document changed) /m);
			const passed = await world.run(["dev", "C-1"]);
			expect(passed.exitCode, passed.stderr).toBe(0);
			expect(await said("status")).toMatch(/^C-1 +up to date /m);
			expect(await said("why", "C-1")).not.toMatch(told);
		});
	}

	test("nothing is left of an issue that never came to an agent, once its logs are cleaned", async () => {
		await using world = await createWorld([{ id: "C-1", script: editAndPass }]);
		await world.repository.git(["branch", "-q", "issue"]);
		expect((await world.run(["dev", "C-1"])).exitCode).toBe(1);
		const found = await world.run(["clean", "--yes"]);
		expect(found.stdout).toMatch(/^C-1 +logs +yes +no agent has begun/m);
		expect((await world.run(["status"])).stdout).toMatch(/^C-1 +never run /m);
	});
});

/** What git meets where a worktree is to be made for C-1, and how a person mends it by hand; what mends it is what blocking returns. */
const MET: Readonly<Record<string, (repository: TestRepository, issue: Address) => Promise<() => unknown>>> = {
	"disk-full": async (repository, { worktreePath }) => {
		await repository.write("large.bin", new Uint8Array(600_000).fill(7));
		await repository.commit();
		const disk = mountSmallDisk(join(worktreePath, ".."), { megabytes: 1 });
		disk.fill(50);
		return () => disk[Symbol.dispose]();
	},
	"branch-in-the-way": async ({ git }) => {
		await git(["branch", "issue"]);
		return () => git(["branch", "-m", "issue", "issue-old"]);
	},
	"branch-checked-out": async ({ git, folder }) => {
		await git(["worktree", "add", "-q", "-b", "issue/C-1", join(folder, "elsewhere")]);
		return () => git(["worktree", "remove", join(folder, "elsewhere")]);
	},
	"worktree-locked": async ({ git }, { worktreePath }) => {
		await git(["worktree", "add", "-q", "-b", "issue/C-1", worktreePath]);
		await git(["worktree", "lock", worktreePath]);
		await rm(worktreePath, { recursive: true });
		return () => git(["worktree", "unlock", worktreePath]);
	},
	"worktree-in-the-way": async (_, { worktreePath }) => {
		await mkdir(worktreePath, { recursive: true });
		return () => rm(worktreePath, { recursive: true });
	},
	"lock-file": async ({ path }) => {
		const file = join(path, ".git/refs/heads/issue/C-1.lock");
		await mkdir(join(file, ".."), { recursive: true });
		await writeFile(file, "");
		return () => rm(file);
	},
	"ref-blocked": async ({ path }) => {
		const file = join(path, ".git/refs/heads/issue/C-1/note.lock");
		await mkdir(join(file, ".."), { recursive: true });
		await writeFile(file, "");
		return () => rename(join(file, ".."), join(path, ".git/found"));
	},
	"objects-unfetched": async ({ git, path, folder }) => {
		await git(["config", "uploadpack.allowFilter", "true"]);
		await rename(path, join(folder, "origin"));
		await git(["clone", "-q", "--no-checkout", "--filter=blob:none", `file://${join(folder, "origin")}`, path], folder);
		return () => git(["checkout", "-q", "main"]);
	},
};

describe("what git has met is looked at again before it is told", () => {
	for (const [kind, block] of Object.entries(MET)) {
		const isPossible = kind !== "disk-full" || noSmallDisk === undefined;
		test.skipIf(!isPossible)(`${kind}: told until it is mended by hand`, async () => {
			await using repository = await createRepository();
			const { git, path, folder } = repository;
			const paths = { root: path, commonDir: join(path, ".git") };
			const worktreePath = join(folder, "repo.worktrees", "C-1");
			const branch = "issue/C-1";
			const at = (commit: string) => ({
				id: "C-1",
				repository: paths,
				base: { name: "main", commit },
				branch,
				worktreePath,
			});
			const mend = await block(repository, at(""));
			const issue = at(await git(["rev-parse", "main"]));
			const tips = (await git(["branch", "--list", branch])) === "" ? undefined : issue.base.commit;
			const add = () => addWorktree(issue, tips, issue.base.commit, new AbortController().signal);
			const error = await add().then(
				() => undefined,
				(thrown) => explainRefusal(thrown, issue as never),
			);
			const problem = problemOf(error);
			if (problem?.kind !== kind) throw error ?? new Error("nothing was met");
			expect(await isSettled(problem, issue).catch(() => false)).toBe(false);
			await mend();
			expect(await isSettled(problem, issue)).toBe(true);
			expect(await add()).toMatchObject({ path: worktreePath });
		});
	}
});
