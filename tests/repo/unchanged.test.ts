import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findWorktree } from "../../tasks/repo/worktree/find.ts";
import { seeSince, seeWorktree } from "../../tasks/repo/worktree/unchanged.ts";
import { createRepository } from "../support/repository.ts";

const MOVE = `git commit-tree -m mine -p issue/A-1 "$(TREE)"`;
const to = (tree: string) => `git update-ref refs/heads/issue/A-1 $(${MOVE.replace("$(TREE)", tree)})`;
/** A tree with a file more, one less, and one that is another. */
const OTHER = `$(export GIT_INDEX_FILE=$PWD/../index; git read-tree issue/A-1; git rm -q --cached b.txt
	blob=$(echo other | git hash-object -w --stdin); for name in a.txt new.txt; do git update-index --add --cacheinfo 100644,$blob,$name; done; git write-tree)`;

const WRITTEN: Readonly<Record<string, readonly [string, moved: readonly RegExp[], written: readonly string[]]>> = {
	"nothing is done": ["true", [], []],
	"a file is written": ["echo x >>a.txt", [], ["a.txt was written"]],
	"a file is added": ["echo x >new.txt", [], ["new.txt was written"]],
	"what was not committed is put back": ["git checkout -q dirty.txt", [], ["dirty.txt was put back"]],
	"what was not committed is written once more": ["echo x >>dirty.txt", [], ["dirty.txt was written"]],
	"somebody commits in it": ["git commit -q --allow-empty -m mine", [/^issue\/A-1 was at /], []],
	"somebody commits a file of their own in it": [
		"echo x >a.txt; git commit -q -m mine a.txt",
		[/^issue\/A-1 was at /],
		[],
	],
	"somebody commits what was not": ["git commit -q -a -m mine", [/^issue\/A-1 was at /], []],
	"the branch is moved from elsewhere": [to("issue/A-1^{tree}"), [/^issue\/A-1 was at /], []],
	"it is moved to other files": [to(OTHER), [/^issue\/A-1 was at /], []],
	"it is moved to other files, and one is written as well": [
		`${to(OTHER)}; echo x >>b.txt; echo y >new.txt`,
		[/^issue\/A-1 was at /],
		["b.txt was written", "new.txt was written"],
	],
	"it is deleted": ["git update-ref -d refs/heads/issue/A-1", [/ and is at nothing$/], []],
	"HEAD is put elsewhere": ["git checkout -q --detach", [/^HEAD was at ref: refs\/heads\/issue\/A-1 and is at /], []],
	"another branch is checked out": ["git checkout -q -b other", [/^HEAD was at /], []],
};

test("what became otherwise in a worktree is told by whether a file was written, or only git was told something", async () => {
	const repository = await createRepository();
	await using _ = repository;
	for (const name of ["a", "b", "dirty"]) await repository.write(`${name}.txt`, `${name}\n`);
	await repository.commit();
	const worktreePath = join(repository.folder, "A-1");
	const paths = { root: repository.path, commonDir: join(repository.path, ".git") };
	const base = { name: "main", commit: await repository.git(["rev-parse", "main"]) };
	const issue = { id: "A-1", repository: paths, base, branch: "issue/A-1", worktreePath };
	const env = { PATH: process.env.PATH, HOME: repository.home };
	for (const [what, [command, moved, written]] of Object.entries(WRITTEN)) {
		await repository.git(["worktree", "add", "-q", "-B", "issue/A-1", worktreePath, "main"]);
		const run = (line: string) => promisify(execFile)("sh", ["-c", line], { cwd: worktreePath, env });
		await run("echo more >>dirty.txt");
		const worktree = await findWorktree(issue);
		if (!worktree) throw new Error(what);
		const before = await seeWorktree(issue, worktree);
		await run(command);
		const since = await seeSince(issue, worktree, before);
		expect(since.written, what).toEqual(written);
		expect(since.moved, what).toEqual(moved.map((each) => expect.stringMatching(each)));
		await repository.git(["worktree", "remove", "--force", worktreePath]);
	}
});
