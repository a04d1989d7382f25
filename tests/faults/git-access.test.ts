import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Script } from "../support/scripted-model.ts";
import { editAndPass, runAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
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
