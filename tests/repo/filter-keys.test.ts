import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { appendFile, chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { commitAll } from "../../tasks/repo/commit.ts";
import { git } from "../../tasks/repo/git.ts";
import { openRepository } from "../../tasks/repo/repository.ts";
import { addWorktree } from "../../tasks/repo/worktree/add.ts";
import { readWorktree } from "../../tasks/repo/worktree/contents.ts";
import { removeWorktree } from "../../tasks/repo/worktree/remove.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { runAndPass } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";

const shell = promisify(execFile);
const never = new AbortController().signal;

/** Encrypts, as git-crypt does, with a key that lies in git's own folder of the checkout that it works on. */
const CRYPT = `#!/bin/bash
key=$(cat "$(git rev-parse --git-dir)/git-crypt/keys/default") || { echo "no key: unlock it first" >&2; exit 1; }
[ "$1" = clean ] && echo "$key" || { read -r first; [ "$first" = "$key" ] || exit 1; }
exec tr a-z n-za-m
`;

const noGitCrypt = !isThere("git-crypt") && "git-crypt is not installed";

/** Programs that keep a key in git's folder, and how a checkout is unlocked by each. */
const PROGRAMS: Readonly<Record<string, (repository: TestRepository, cwd: string) => Promise<void>>> = {
	"a program that looks for its key where git-crypt does": async ({ folder, git }, cwd) => {
		const program = join(folder, "crypt");
		await writeFile(program, CRYPT);
		await chmod(program, 0o755);
		const keys = join(await git(["rev-parse", "--absolute-git-dir"], cwd), "git-crypt/keys");
		await mkdir(keys, { recursive: true });
		await writeFile(join(keys, "default"), "THE KEY\n");
		await git(["config", "filter.git-crypt.required", "true"], cwd);
		for (const way of ["clean", "smudge"]) await git(["config", `filter.git-crypt.${way}`, `"${program}" ${way}`], cwd);
	},
	...(noGitCrypt ? {} : { "git-crypt": async (_, cwd) => void (await shell("git-crypt", ["init"], { cwd })) }),
};

test.skipIf(noGitCrypt)("git-crypt is installed, so that the tables below are tried with it as well", () => {
	expect(PROGRAMS).toHaveProperty("git-crypt");
});

for (const [name, unlock] of Object.entries(PROGRAMS)) {
	test.each([
		[false, "checkout"],
		[true, "checkout"],
		[false, "linked worktree"],
		[false, "worktree of a bare repository"],
	] as const)(`${name}: several at once: %s, unlocked in the %s`, async (atOnce, where) => {
		await using repository = await createRepository([{ id: "A-1" }]);
		const { path, git: run } = repository;
		const cwd = where === "checkout" ? path : join(repository.folder, "linked");
		if (where === "linked worktree") await run(["worktree", "add", "-q", "--detach", cwd]);
		if (where === "worktree of a bare repository") {
			await run(["clone", "-q", "--bare", path, join(repository.folder, "bare.git")]);
			await run(["worktree", "add", "-q", "--detach", cwd], join(repository.folder, "bare.git"));
		}
		await unlock(repository, cwd);
		await writeFile(join(cwd, ".gitattributes"), "secret.txt filter=git-crypt diff=git-crypt\n");
		await writeFile(join(cwd, "secret.txt"), "the secret\n");
		await run(["add", "-A"], cwd);
		await run(["commit", "-q", "-m", "a secret"], cwd);
		expect(await run(["cat-file", "blob", "HEAD:secret.txt"], cwd)).not.toContain("secret");

		const opened = await openRepository(cwd);
		const issue = {
			id: "A-1",
			repository: opened,
			base: { name: "main", commit: await run(["rev-parse", "HEAD"], cwd) },
			branch: "issue/A-1",
			worktreePath: join(repository.folder, "repo.worktrees/A-1"),
		};
		const worktree = await addWorktree(issue, undefined, issue.base.commit, never, { atOnce });
		const secret = join(worktree.path, "secret.txt");
		expect(readFileSync(secret, "utf8")).toBe("the secret\n");
		await appendFile(secret, "and more\n");
		expect(await readWorktree(issue, worktree, [issue.base.commit], never)).toMatchObject({ changed: ["secret.txt"] });
		expect(await commitAll(issue, worktree, "A-1: more\n", never)).toBe(true);
		const options = { cwd, worktree };
		expect((await git(["cat-file", "blob", "HEAD:secret.txt"], options)).stdout).not.toMatch(/secret|more/);
		expect((await git(["cat-file", "--filters", "HEAD:secret.txt"], options)).stdout).toBe("the secret\nand more\n");
		const keys = (await run(["rev-parse", "--git-path", "git-crypt/keys/default"], cwd)).replace(/^(?!\/)/, `${cwd}/`);
		await removeWorktree(issue, never);
		expect(existsSync(worktree.path)).toBe(false);
		expect(existsSync(keys)).toBe(true);
	});
}

test("a worktree that was made before it was unlocked has the key when it is next looked at", async () => {
	await using repository = await createRepository([{ id: "A-1" }]);
	const { path, git: run } = repository;
	await repository.write(".gitattributes", "secret.txt filter=git-crypt\n");
	await repository.commit();
	const issue = {
		id: "A-1",
		repository: await openRepository(path),
		base: { name: "main", commit: await run(["rev-parse", "HEAD"]) },
		branch: "issue/A-1",
		worktreePath: join(repository.folder, "repo.worktrees/A-1"),
	};
	const worktree = await addWorktree(issue, undefined, issue.base.commit, never);
	await PROGRAMS[Object.keys(PROGRAMS)[0] ?? ""]?.(repository, path);
	await writeFile(join(worktree.path, "secret.txt"), "the secret\n");
	await readWorktree(issue, worktree, [issue.base.commit], never);
	expect(await commitAll(issue, worktree, "A-1: a secret\n", never)).toBe(true);
	expect(await run(["cat-file", "blob", "issue/A-1:secret.txt"])).toBe("THE KEY\ngur frperg");
});

test("agents see what is encrypted and change it, also on top of a blocker's work; what is committed is encrypted", async () => {
	const more = (line: string) => runAndPass(`cat secret.txt; echo ${line} >> secret.txt; git status --short`);
	await using world = await createWorld([
		{ id: "A-1", script: more("one") },
		{ id: "A-2", script: more("two"), blocked_by: ["A-1"] },
	]);
	const { repository } = world;
	const [unlock] = Object.values(PROGRAMS);
	await unlock?.(repository, repository.path);
	await repository.write(".gitattributes", "secret.txt filter=git-crypt\n");
	await repository.write("secret.txt", "the secret\n");
	await repository.commit();
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stdout + stderr).toBe(0);
	expect((await world.log<{ summary: string }>("M1/A-2/dev-result.json")).summary).toMatch(
		/the secret\none\n.*M secret.txt/s,
	);
	expect(await repository.git(["cat-file", "blob", "issue/A-2:secret.txt"])).toBe("THE KEY\ngur frperg\nbar\ngjb");
	expect(existsSync(`${repository.path}.worktrees`)).toBe(false);
	expect(await repository.git(["status", "--short"])).toBe("");
});

function isThere(program: string): boolean {
	return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}
