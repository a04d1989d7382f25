import { join } from "node:path";
import { expect, test } from "vitest";
import { editAndPass } from "../support/scripts.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld, type World } from "../support/world.ts";

/** Two commits that change the same line, on `main` and on another branch. */
const CONFLICT = `
	git branch there && echo ours > same.txt && git add -A && git commit -q -m Ours
	git switch -q there && echo theirs > same.txt && git add -A && git commit -q -m Theirs && git switch -q main`;

/** What can be begun in a checkout and not ended, what it is called, and how it is taken back. */
const BEGUN: Readonly<Record<string, { readonly begin: string; readonly back: string; readonly of: string }>> = {
	rebase: { begin: "git rebase -q main there", back: "rebase --abort", of: "there" },
	bisect: { begin: "git bisect start there there~1 && git checkout -q there~1", back: "bisect reset", of: "main" },
};

test.concurrent.each(Object.entries(BEGUN))(
	"a %s under way in the checkout is named, and ended as it is told",
	async (what, row) => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		await inShell(world, CONFLICT);
		await typed(world, row.begin);
		const refused = await world.run(["dev", "A-1"]);
		expect(refused).toMatchObject({ exitCode: 2 });
		expect(refused.stderr).toMatch(new RegExp(`HEAD is detached at .+: a ${what} of ${row.of} is under way`));
		// Named, the branch is taken as it stands.
		expect(refused.stderr).toContain(`--base ${row.of}`);
		const commands = commandsIn(refused.stderr, `git ${row.back}`);
		expect(commands).toHaveLength(1);
		for (const command of commands) expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
		await inShell(world, "git switch -q main");
		expect(await world.run(["dev", "A-1"])).toMatchObject({ exitCode: 0 });
	},
);

test.concurrent("a person's worktree in the middle of a rebase of an issue's branch is named, and what it is about", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await inShell(world, CONFLICT);
	await inShell(world, "git branch issue/A-1 there && git worktree add -q ../mine issue/A-1");
	await typed(world, "git -C ../mine rebase main");
	const refused = await world.run(["dev", "A-1", "--base", "there"]);
	expect(refused.exitCode).toBe(1);
	expect(refused.stdout).toMatch(/^A-1 +failed: work-under-way/m);
	const mine = join(world.repository.folder, "mine");
	expect(refused.stderr).toContain(`In ${mine}, a rebase of issue/A-1 is under way`);
	const back = commandsIn(refused.stderr, `git -C ${mine} rebase --abort`);
	expect(back).toHaveLength(1);
	for (const command of back) expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
	// Then it is only checked out there, which has its own way out.
	const again = await world.run(["dev", "A-1", "--base", "there"]);
	for (const command of commandsIn(again.stderr, `git -C ${mine} switch`))
		expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
	expect(await world.run(["dev", "A-1", "--base", "there"])).toMatchObject({ exitCode: 0 });
});

/** What can be begun in a worktree that was kept, with a conflict in it. */
const IN_WORKTREE: Readonly<Record<string, { readonly begin: string; readonly back?: string; readonly as: string }>> = {
	rebase: {
		begin: "git commit -q -m Mine && git rebase main",
		back: "rebase --abort",
		as: "a rebase of issue/A-1 is under way",
	},
	merge: {
		begin: "git commit -q -m Mine && git merge main",
		back: "merge --abort",
		as: "a merge is under way, with conflicts in same.txt",
	},
	"cherry-pick": {
		begin: "git commit -q -m Mine && git cherry-pick main",
		back: "cherry-pick --abort",
		as: "a cherry-pick is under way, with conflicts in same.txt",
	},
	revert: {
		begin: "git commit -q -m Mine && echo more > same.txt && git commit -q -a -m More && git revert --no-edit HEAD~1",
		back: "revert --abort",
		as: "a revert is under way, with conflicts in same.txt",
	},
	am: {
		begin: "git commit -q -m Mine && git format-patch -q -1 main --stdout > ../a.patch && git am -3 ../a.patch",
		back: "am --abort",
		as: "an am is under way, with conflicts in same.txt",
	},
	stash: {
		begin: "git stash -q && echo more > same.txt && git add -A && git commit -q -m More && git stash pop",
		as: "what was merged is in conflict, with conflicts in same.txt",
	},
};

test.concurrent.each(Object.entries(IN_WORKTREE))(
	"a %s under way in the worktree that was kept: no mark of a conflict is committed, and the way out",
	async (_, row) => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		// What can't be signed is kept.
		await inShell(world, "git config commit.gpgSign true && git config gpg.program false");
		expect((await world.run(["dev", "A-1"])).exitCode).toBe(1);
		await inShell(
			world,
			"git config commit.gpgSign false && echo ours > same.txt && git add -A && git commit -q -m Ours",
		);
		const worktree = join(`${world.repository.path}.worktrees`, "A-1");
		await typed(world, `echo theirs > same.txt && git add -A && ${row.begin}`, { cwd: worktree });
		const before = await world.repository.git(["rev-parse", "issue/A-1"]);

		const refused = await world.run(["persist", "A-1"]);
		expect(refused.exitCode, refused.stderr).toBe(1);
		expect(refused.stderr).toContain(`In ${worktree}, ${row.as}`);
		expect(await world.repository.git(["rev-parse", "issue/A-1"])).toBe(before);
		if (row.back === undefined) await typed(world, "echo resolved > same.txt", { cwd: worktree });
		const commands = commandsIn(refused.stderr, `git -C ${worktree} ${row.back ?? "add -A"}`);
		expect(commands).not.toEqual([]);
		for (const command of commands) expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
		const saved = await world.run(["persist", "A-1"]);
		expect(saved.exitCode, saved.stderr).toBe(0);
		expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
		expect(await world.repository.git(["grep", "-l", "<<<<<<<", "issue/A-1"]).catch(() => "")).toBe("");
	},
);

test.concurrent("what is under way in the checkout, but for its HEAD, keeps nobody off: issues start from what is committed", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await inShell(world, CONFLICT);
	expect((await typed(world, "git merge there")).exitCode).toBe(1);
	const status = await world.repository.git(["status", "--porcelain"]);
	expect(await world.run(["dev", "A-1"])).toMatchObject({ exitCode: 0 });
	expect(await world.repository.git(["show", "issue/A-1:same.txt"])).toBe("ours");
	expect((await world.repository.git(["status", "--porcelain"])).replace(/\n\?\? logs.*/, "")).toBe(status);
});

async function inShell(world: World, script: string): Promise<void> {
	const done = await typed(world, `set -e\n${script}`);
	expect(done.exitCode, done.stderr).toBe(0);
}
