import { expect, test } from "vitest";
import { git } from "../tasks/repo/git.ts";
import { createRepository } from "./support/repository.ts";

test("a git that reads its input to the end, where there is none", async () => {
	await using repository = await createRepository();
	const { stdout } = await git(["hash-object", "--stdin"], { cwd: repository.path });
	expect(stdout).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n");
});
