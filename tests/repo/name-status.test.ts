import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nameStatus, parseNameStatus } from "../../tasks/repo/commands/name-status.ts";
import { createRepository } from "../support/repository.ts";

test("what a branch has changed is read as git tells it, whatever its settings say of renames", async () => {
	await using repository = await createRepository();
	const { git, write, commit } = repository;
	const text = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join("");
	await write("same name\n.txt", "a");
	await write("moved.txt", `${text}moved\n`);
	await write("edited.txt", `${text}edited\n`);
	await write("gone.txt", "gone");
	await write("linked.txt", "a file");
	await commit("before");
	await git(["config", "diff.renames", "copies"]);
	await git(["config", "diff.renameLimit", "1"]);
	await write("same name\n.txt", "b");
	await write("größe.txt", "new");
	await git(["mv", "moved.txt", "R100"]);
	await git(["mv", "edited.txt", "D"]);
	await write("D", `${text}edited, later\n`);
	await git(["rm", "-q", "gone.txt", "linked.txt"]);
	await symlink("D", join(repository.path, "linked.txt"));
	await git(["add", "."]);
	await git(["commit", "-q", "-m", "after"]);
	const stdout = await git(nameStatus("HEAD~1", "HEAD"));
	const changes = parseNameStatus(stdout).sort((a, b) => (a.path < b.path ? -1 : 1));
	expect(changes).toEqual([
		{ kind: "renamed", from: "edited.txt", path: "D", isChanged: true },
		{ kind: "renamed", from: "moved.txt", path: "R100", isChanged: false },
		{ kind: "deleted", path: "gone.txt" },
		{ kind: "added", path: "größe.txt" },
		{ kind: "changed", path: "linked.txt", isRelinked: true },
		{ kind: "changed", path: "same name\n.txt" },
	]);
});
