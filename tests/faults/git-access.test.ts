import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findGitChanges, seeGit } from "../../tasks/repo/agents-git.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import type { Script } from "../support/scripted-model.ts";
import { editAndPass, gate, runAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld, type Finished, type World } from "../support/world.ts";

test.concurrent("an agent with access to git may commit; what it leaves is committed on top, and no other branch gets it", async () => {
	const script: Script = async function* (prompted) {
		yield {
			kind: "run",
			command: "echo mine > mine.txt; git add mine.txt; git commit -q -m 'Mine'; echo left > left.txt",
		};
		yield* runAndPass("git log --format=%s -1")(prompted);
	};
	const moveAway: Script = async function* (prompted) {
		yield { kind: "run", command: "git switch -q -c sneaky; echo x > x.txt; git add -A; git commit -q -m Sneaky" };
		yield* editAndPass(prompted);
	};
	const detach: Script = async function* (prompted) {
		yield { kind: "run", command: "git checkout -q --detach" };
		yield* editAndPass(prompted);
	};
	const elsewhere: Script = async function* (prompted) {
		const common = join(world.repository.path, ".git");
		const filter = `git -C own config filter.x.clean "touch '${canary}'; cat"; echo '* filter=x' > .gitattributes`;
		const command = `cp -r '${common}' own; ${filter}; echo "$PWD/own" > '${common}/worktrees/A-5/commondir'`;
		yield { kind: "run", command };
		yield* editAndPass(prompted);
	};
	await using world: World = await createWorld([
		{ id: "A-1", script },
		{ id: "A-2", script: runAndPass("echo all > all.txt; git add -A; git commit -q -m 'All of it'") },
		{ id: "A-3", script: moveAway },
		{ id: "A-4", script: detach },
		{ id: "A-5", script: elsewhere },
	]);
	const { repository } = world;
	const canary = join(repository.folder, "canary");
	const before = await snapshot(repository);
	const finished = await world.run(["dev", "M1", "--git-access"]);

	expect(finished).toMatchObject({ exitCode: 1 });
	expect(wordsOf(finished)).toEqual({
		"A-1": "pass",
		"A-2": "pass",
		"A-3": "failed: worktree-tampered",
		"A-4": "failed: worktree-tampered",
		"A-5": "failed: worktree-tampered",
	});
	expect(finished.stderr).toContain("A-5/commondir points to ");
	expect(existsSync(canary)).toBe(false);
	const subjects = (branch: string) => repository.git(["log", "--format=%s", `main..${branch}`]);
	expect(await subjects("issue/A-1")).toBe("A-1: Title of A-1\nMine");
	expect(await repository.git(["show", "--format=", "--name-only", "issue/A-1"])).toBe("left.txt");
	expect(await subjects("issue/A-2")).toBe("All of it");
	expect(await world.log("M1/A-2/dev-run.json")).toMatchObject({
		saved: { commit: null, commits: 1, filesChanged: 1, head: await repository.git(["rev-parse", "issue/A-2"]) },
	});
	expect(await subjects("issue/A-3")).toBe("");
	expect(await subjects("sneaky")).toBe("Sneaky");
	for (const id of ["A-3", "A-4", "A-5"]) {
		expect(existsSync(join(`${repository.path}.worktrees`, id, `${id}.txt`))).toBe(true);
	}
	const { worktrees: _, refs: __, ...kept } = before;
	expect(await snapshot(repository)).toMatchObject(kept);
	expect(await repository.git(["rev-parse", "main"])).toBe(before.refs["refs/heads/main"]);
	expect(finished.stderr.match(/--git-access: /g)).toHaveLength(1);

	const again = await world.run(["dev", "A-2", "--git-access"]);
	expect(wordsOf(again)).toMatchObject({ "A-2": "up to date" });
});

/** What an agent may do to git beside its branch, what is told of it, and what typing that leads to. */
const BESIDE: Readonly<
	Record<string, { readonly does: string; readonly told: RegExp; readonly types?: string; readonly leads?: string }>
> = {
	"a stash": {
		does: "echo work > work.txt; git add -A; git stash -q",
		told: /put into a stash, which is on no branch/,
		types: "git branch found/",
		leads: 'git show "$(git branch --list --format="%(refname)" "found/*"):work.txt"',
	},
	"a stash, taken back": {
		does: "echo work > work.txt; git stash -q -u",
		told: /put into a stash/,
		types: "git stash apply",
		leads: "cat work.txt",
	},
	"a commit of before that is dropped": {
		does: "git reset -q --hard HEAD~1",
		told: /Commits that were on The branch issue\/A-1 before are not any more/,
		types: "git branch found/",
		leads: 'git show "$(git branch --list --format="%(refname)" "found/*"):earlier.txt"',
	},
	"a commit of before that is amended": {
		does: "echo other > other.txt; git add -A; git commit -q --amend -m Other",
		told: /are not any more/,
		types: "git branch found/",
		leads: 'git log -1 --format=%s "$(git branch --list --format="%(refname)" "found/*")" | grep Earlier',
	},
	"its own branch, deleted": {
		does: "git update-ref -d refs/heads/issue/A-1",
		told: /The branch issue\/A-1 was deleted, and made again/,
		types: "git log",
		leads: "git show issue/A-1:earlier.txt",
	},
	"a branch": {
		does: "git branch other",
		told: /The branch other was made/,
		types: "git log",
		leads: "git show other",
	},
	"a tag": { does: "git tag other", told: /The tag other was made/, types: "git log", leads: "git show other" },
	"a note": {
		does: "git -c user.name=a -c user.email=a@b notes add -m Note HEAD",
		told: /refs\/notes\/commits was made/,
		types: "git log",
	},
	"another branch, moved": {
		does: "git branch -q -f there main~1",
		told: /The branch there was moved/,
		types: "git update-ref",
		leads: '[ "$(git rev-parse there)" = "$(git rev-parse main)" ]',
	},
	"another branch, deleted": {
		does: "git branch -q -D there",
		told: /The branch there was deleted/,
		types: "git update-ref",
		leads: '[ "$(git rev-parse there)" = "$(git rev-parse main)" ]',
	},
	"a branch of the remote, moved": {
		does: "git update-ref refs/remotes/origin/main main~1",
		told: /refs\/remotes\/origin\/main was made/,
		types: "git log",
	},
	"the checkout on another branch": {
		does: 'git --git-dir="$(git rev-parse --git-common-dir)" symbolic-ref HEAD refs/heads/there',
		told: /HEAD of the checkout went from refs\/heads\/main to refs\/heads\/there/,
		types: "git symbolic-ref",
		leads: '[ "$(git symbolic-ref HEAD)" = refs/heads/main ]',
	},
	"a worktree": {
		does: 'git worktree add -q --detach "$TMPDIR/more"',
		told: /A worktree was added: \S+\/more\. /,
		types: "git worktree list",
	},
	"a merge under way": {
		does: "git merge -q --no-commit --no-ff there || true; git update-ref --no-deref MERGE_HEAD there",
		told: /A merge was left under way/,
	},
};

const isOfCheckout = (name: string) => name === "the checkout on another branch";
const BY_PLACE = [false, true].map((is) => [Object.keys(BESIDE).filter((name) => is === isOfCheckout(name))] as const);

test.concurrent.each(BY_PLACE)(
	"what agents with access to git leave beside their branches is told, kept and can be had: %s",
	async (names) => {
		const rows = names.map((name, at) => {
			const id = `A-${at + 10}`;
			// Each issue has branches of its own to do something to.
			const of = (text: string) => text.replaceAll("A-1", id).replaceAll(/\bthere\b/g, `there-${id}`);
			const { does, told, types, leads } = BESIDE[name] as (typeof BESIDE)[string];
			return { name, id, does: of(does), told: new RegExp(of(told.source)), types, leads: leads && of(leads) };
		});
		await using world: World = await createWorld(rows.map(({ id, does }) => ({ id, script: runAndPass(does) })));
		const { git, write, commit } = world.repository;
		await write("second.txt", "second\n");
		await commit("second");
		await git(["switch", "-q", "-c", "earlier"]);
		await write("earlier.txt", "earlier\n");
		await commit("Earlier");
		await git(["switch", "-q", "main"]);
		for (const { id } of rows) {
			await git(["branch", `there-${id}`]);
			await git(["branch", `issue/${id}`, "earlier"]);
		}
		await git(["branch", "-q", "-D", "earlier"]);
		const finished = await world.run(["dev", "M1", "--git-access"]);

		// Nothing that removes what was made for issues takes it away.
		await world.run(["clean", "--yes"]);
		for (const { name, id, told, types, leads } of rows) {
			const paragraph = new RegExp(
				`^${id} {2}While its agent was at work, git was changed beside its branch:\n((?:\n| .*\n)*)`,
				"m",
			);
			const [, found = ""] = paragraph.exec(finished.stderr) ?? [];
			expect(found, `${name}\n${finished.stderr}`).toMatch(told);
			expect(await world.log(`M1/${id}/dev-run.json`), name).toMatchObject({
				gitChanges: [expect.objectContaining({})],
			});
			expect((await world.run(["why", id])).stdout, name).toMatch(told);
			for (const command of types ? commandsIn(found, types) : [])
				expect(await typed(world, command), command).toMatchObject({ exitCode: 0 });
			if (leads) expect(await typed(world, leads), `${name}: ${leads}`).toMatchObject({ exitCode: 0 });
			for (const branch of (await git(["for-each-ref", "--format=%(refname:short)", "refs/heads/found"])).split("\n"))
				if (branch) await git(["branch", "-q", "-D", branch]);
		}
	},
);

test.concurrent("an agent with access to git that commits, and one that collects garbage, have changed nothing beside their branch", async () => {
	await using world: World = await createWorld([
		{
			id: "A-1",
			script: runAndPass(
				"echo a > a.txt; git add -A; git commit -q -m Mine; git gc -q; git reflog expire --expire=now --all",
			),
		},
	]);
	const { exitCode, stderr } = await world.run(["dev", "A-1", "--git-access"]);
	expect(exitCode, stderr).toBe(0);
	expect(stderr).not.toContain("beside its branch");
	expect(await world.log("M1/A-1/dev-run.json")).not.toHaveProperty("gitChanges");
});

test.concurrent("with several agents at once, what one does to the branch of another is told, and nothing is committed on it", async () => {
	const [atWork, moved] = [gate(), gate()];
	const moves: Script = async function* (prompted) {
		await atWork.reached;
		yield* runAndPass(
			"git update-ref refs/heads/issue/B-1 main~1; git update-ref refs/heads/issue/C-1 main",
			"echo a > a.txt",
		)(prompted);
	};
	const waits: Script = async function* (prompted) {
		yield {
			kind: "run",
			command: "echo b > b.txt; git add -A; git commit -q -m Mine; git commit -q --amend -m Amended",
		};
		atWork.release();
		await atWork.wait();
		await moved.wait();
		yield* editAndPass(prompted);
	};
	await using world: World = await createWorld([
		{ id: "A-1", script: moves },
		{ id: "B-1", script: waits },
		{ id: "C-1", milestone: "M2", script: editAndPass },
	]);
	const { repository } = world;
	expect((await world.run(["dev", "C-1"])).exitCode).toBe(0);
	const done = await repository.git(["rev-parse", "issue/C-1"]);
	await repository.write("second.txt", "second\n");
	await repository.commit("second");
	const running = world.start(["dev", "M1", "-j", "2", "--git-access"]);
	await running.until(/^A-1 .*persist/m);
	moved.release();
	const finished = await running.finished;

	expect(wordsOf(finished)).toEqual({ "A-1": "pass", "B-1": "failed: branch-moved" });
	const told = finished.stderr.split("A-1  While its agent was at work")[1] ?? "";
	expect(told).toMatch(/The branch issue\/B-1 was moved/);
	expect(told).toMatch(/The branch issue\/C-1 was moved/);
	for (const command of commandsIn(told.split("\n\n")[0] ?? "", "git update-ref"))
		expect(await typed(world, command), command).toMatchObject({ exitCode: 0 });
	expect(await repository.git(["rev-parse", "issue/C-1"])).toBe(done);
	const saved = await world.run(["persist", "B-1"]);
	expect(saved.exitCode, saved.stderr).toBe(0);
	expect(await repository.git(["log", "--format=%s", "main..issue/B-1"])).toBe("B-1: Title of B-1\nAmended");
});

/** What becomes of the branch of an issue, in whose worktree another agent of the run is at work, and whether that is told of this one. */
const OF_ANOTHER: Readonly<
	Record<string, { readonly does: (git: Git, other: string) => Promise<unknown>; readonly isTold: boolean }>
> = {
	"its agent commits": {
		does: (git, other) => git(["commit", "-q", "--allow-empty", "-m", "its own"], other),
		isTold: false,
	},
	"its agent commits, and amends": {
		does: async (git, other) => {
			await git(["commit", "-q", "--allow-empty", "-m", "its own"], other);
			await git(["commit", "-q", "--allow-empty", "--amend", "-m", "better"], other);
		},
		isTold: false,
	},
	"its worktree is made anew, on what it had come to": {
		does: async (git, other) => {
			await git(["commit", "-q", "--allow-empty", "-m", "its own"], other);
			await git(["worktree", "remove", other]);
			await git(["worktree", "add", "-q", other, "issue/B-1"]);
		},
		isTold: false,
	},
	"it is done, and its worktree gone": {
		does: async (git, other) => {
			await git(["commit", "-q", "--allow-empty", "-m", "its own"], other);
			await git(["worktree", "remove", other]);
		},
		isTold: false,
	},
	"it is moved forward": { does: (git) => git(["update-ref", "refs/heads/issue/B-1", "ahead"]), isTold: true },
	"it is moved back": { does: (git) => git(["update-ref", "refs/heads/issue/B-1", "main~1"]), isTold: true },
	"it is deleted": { does: (git) => git(["update-ref", "-d", "refs/heads/issue/B-1"]), isTold: true },
};

type Git = TestRepository["git"];

test.concurrent("what another agent of the run does to its own branch is not told of this one, and what is done to it from elsewhere is", async () => {
	await using repository = await createRepository();
	const { git, path, folder, commit, write } = repository;
	await write("second.txt", "second\n");
	await commit("second");
	await git(["branch", "ahead", await git(["commit-tree", "-p", "main", "-m", "ahead", "main^{tree}"])]);
	const worktrees = join(folder, "repo.worktrees");
	const [own, other] = [join(worktrees, "A-1"), join(worktrees, "B-1")];
	await git(["worktree", "add", "-q", "-b", "issue/A-1", own]);
	const paths = { root: path, commonDir: join(path, ".git") };
	const issue = { repository: paths, branch: "issue/A-1", worktreePath: own };
	for (const [what, { does, isTold }] of Object.entries(OF_ANOTHER)) {
		await git(["worktree", "add", "-q", "-B", "issue/B-1", other, "main"]);
		const before = await seeGit(paths);
		await does(git, other);
		const others = new Map([["issue/B-1", other]]);
		const changes = await findGitChanges(issue, { gitDir: join(path, ".git/worktrees/A-1") }, before, others);
		expect(
			changes.map(({ name }) => name),
			what,
		).toEqual(isTold ? ["refs/heads/issue/B-1"] : []);
		if (existsSync(other)) await git(["worktree", "remove", "--force", other]);
	}
});

test.concurrent("git is not run any more once an agent has changed what it runs", async () => {
	const script: Script = (prompted) =>
		runAndPass(
			"echo work > work.txt; echo '* filter=x' > .gitattributes",
			`git config filter.x.clean "touch '${canary}'; cat"; git branch -q other; echo '* text' > ${common}/info/attributes`,
			`printf '#!/bin/sh\ntouch ${canary}\n' > ${common}/hooks/post-commit; chmod +x ${common}/hooks/post-commit`,
		)(prompted);
	await using world: World = await createWorld([
		{ id: "A-1", script },
		{ id: "A-2", script: editAndPass },
	]);
	const { repository } = world;
	const canary = join(repository.folder, "canary");
	const common = join(repository.path, ".git");
	const finished = await world.run(["dev", "M1", "--git-access"]);

	expect(finished).toMatchObject({ exitCode: 1 });
	expect(wordsOf(finished)).toEqual({ "A-1": "failed: repository-tampered", "A-2": "not started" });
	for (const file of ["config", "hooks/post-commit", "info/attributes"]) {
		expect(finished.stderr).toContain(join(common, file));
	}
	expect(finished.stderr).toMatch(/look at what they say now: cat \S+\/config$/m);
	expect(existsSync(canary)).toBe(false);
	expect(world.model.issuesSeen).toEqual(["A-1"]);
	expect(existsSync(join(`${repository.path}.worktrees`, "A-1/work.txt"))).toBe(true);
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ saved: null });
	// It would run if git were asked.
	await repository.git(["add", "-A"], join(`${repository.path}.worktrees`, "A-1"));
	expect(existsSync(canary)).toBe(true);
});

function wordsOf({ stdout }: Finished): Record<string, string> {
	const [, ...rows] = stdout.trimEnd().split("\n");
	return Object.fromEntries(rows.map((row) => row.split(/ {2,}/).slice(0, 2)));
}
