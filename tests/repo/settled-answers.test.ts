import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contains } from "../../tasks/repo/branch.ts";
import { openRepository } from "../../tasks/repo/repository.ts";
import { createRepository } from "../support/repository.ts";

// What two commits are to each other stays, and a run asks git for it once; the repository is moved away to see who asks.

test("an answer about two commits is remembered as long as the repository is open, yes and no", async () => {
	await using repository = await createRepository();
	const [first, second] = [await commit(), await commit()];
	const opened = await openRepository(repository.path);
	expect(await contains(opened, second, first)).toBe(true);
	expect(await contains(opened, first, second)).toBe(false);
	expect(await contains(opened, "main", first)).toBe(true);
	const again = await openRepository(repository.path);
	await rename(join(repository.path, ".git"), join(repository.folder, "away"));
	expect(await contains(opened, second, first)).toBe(true);
	expect(await contains(opened, first, second)).toBe(false);
	// A name may mean another commit by now, and another run looks for itself.
	expect(await contains(opened, "main", first)).toBe(false);
	expect(await contains(again, second, first)).toBe(false);

	async function commit(): Promise<string> {
		await repository.git(["commit", "-q", "--allow-empty", "-m", "one more"]);
		return repository.git(["rev-parse", "HEAD"]);
	}
});

test("where a commit is missing, or history is cut off, it is asked for anew", async () => {
	await using repository = await createRepository();
	const first = await repository.git(["rev-parse", "HEAD"]);
	await repository.git(["commit", "-q", "--allow-empty", "-m", "one more"]);
	const second = await repository.git(["rev-parse", "HEAD"]);
	const opened = await openRepository(repository.path);
	const object = join(repository.path, ".git/objects", first.slice(0, 2), first.slice(2));
	await rename(object, join(repository.folder, "away"));
	expect(await contains(opened, second, first)).toBe(false);
	await rename(join(repository.folder, "away"), object);
	const shallow = join(repository.path, ".git/shallow");
	await writeFile(shallow, `${second}\n`);
	expect(await contains(opened, second, first)).toBe(false);
	await rm(shallow);
	expect(await contains(opened, second, first)).toBe(true);
});
