import { existsSync } from "node:fs";
import { chmod, lstat, mkdir, readdir, readFile, readlink, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyFiles } from "../../tasks/system/copy-files.ts";
import { problemsAfter, temporaryFolder } from "../support/documents.ts";
import { faultyEnvironment, plainEnvironment } from "../support/faults.ts";
import { leftBehind } from "../support/invariants.ts";
import { editAndPass, runAndPass } from "../support/scripts.ts";
import { snapshot } from "../support/snapshot.ts";
import { inTurn } from "../support/turns.ts";
import { createWorld, type World } from "../support/world.ts";

const IGNORED = "/node_modules/\n.env\n/cache/\n/conf/\n/deps/\n";
const NAMED = "/node_modules/\n.env\n/conf/\n/deps/\nnotes.txt\nREADME.md\n";

test.concurrent("the ignored files that the base names are in the agent's worktree, as copies, and nowhere else", async () => {
	const look = `cat .env; node_modules/.bin/tool; ls -A . node_modules deps/lib 2>&1 || true
		echo changed > .env; echo changed > node_modules/tool/run`;
	const expose = "echo '!.env' >> .gitignore; echo work > work.txt";
	const lead = runAndPass(
		'rm conf/local && rmdir conf && ln -s "$(pwd)/../../outside" conf && sed -i /conf/d .gitignore',
	);
	await using world = await createWorld([
		{ id: "SEES", script: runAndPass(look) },
		{ id: "SHOWS", script: runAndPass(expose) },
		{ id: "LEADS", script: inTurn(lead, editAndPass) },
	]);
	const { repository } = world;
	await withIgnoredFiles(world);
	const before = await snapshot(repository);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);

	// What the agent saw, and that it saw copies.
	expect(stdout, stderr).toMatch(/^SEES +pass, no change /m);
	const { summary } = await world.log<{ summary: string }>("M1/SEES/dev-result.json");
	expect(summary).toMatch(/^.*TOKEN=1\nthe tool runs\n/s);
	for (const name of [".bin", "tool", "inside"]) expect(summary).toMatch(new RegExp(`^${name}$`, "m"));
	expect(summary).toMatch(/^deps\/lib:\n\.git\nlib\.c$/m);
	for (const name of ["cache", "notes.txt", "absolute", "outside", "chain", "pipe"])
		expect(summary).not.toMatch(new RegExp(`^${name}$`, "m"));
	expect(existsSync(worktreeOf(world, "SEES"))).toBe(false);
	expect(stderr).toMatch(
		/SEES: not copied, although \.worktreeinclude names it: what main or its branch does not ignore: notes\.txt/,
	);
	expect(stderr).toMatch(/SEES: .* leads out of the repository: .*node_modules\/absolute, .*outside/);

	// What the agent no longer ignores stays off the branch.
	expect(exitCode).toBe(1);
	expect(stdout).toMatch(/^SHOWS +failed: copied-not-ignored /m);
	expect(stderr).toMatch(/would be committed: \.env\. Nothing was committed; it is kept\./);
	expect(await repository.git(["rev-list", "--count", "main..issue/SHOWS"])).toBe("0");
	await writeFile(join(worktreeOf(world, "SHOWS"), ".gitignore"), IGNORED);
	expect(await world.run(["dev", "SHOWS"])).toMatchObject({ exitCode: 0 });
	expect(await repository.git(["diff", "--name-only", "main...issue/SHOWS"])).toBe("work.txt");

	// What the agent made a link of does not lead a copy out.
	expect(await repository.git(["ls-tree", "issue/LEADS", "conf"])).toMatch(/^120000 /);
	expect(await world.run(["dev", "LEADS", "-B"])).toMatchObject({
		exitCode: 0,
		stderr: expect.stringMatching(/LEADS: not copied, .*: conf\/local/),
	});
	expect(await readdir(join(repository.folder, "outside"))).toEqual(["secret"]);
	expect(await snapshot(repository)).toEqual(before);
});

for (const [what, kind] of [
	["the run was killed", "kill-before"],
	["the disk was full", "no-space-once"],
] as const) {
	test.concurrent(`${what} while files were copied: the worktree is made anew, with all of them`, async () => {
		await using world = await createWorld([{ id: "A-1", script: runAndPass("cat .env > A-1.txt") }]);
		await withIgnoredFiles(world);
		const before = await snapshot(world.repository);
		const env = await faultyEnvironment(world, { step: "mkdir worktrees/A-1/node_modules", kind });
		const first = await world.run(["dev", "M1"], { env });
		if (kind === "kill-before") expect(first.signal, first.stderr).toBe("SIGKILL");
		else {
			expect(first.stdout, first.stderr).toMatch(/A-1 +failed: disk-full/);
			expect(await world.repository.git(["branch", "--list", "issue/*"])).toBe("");
			expect(existsSync(worktreeOf(world, "A-1"))).toBe(false);
		}
		expect(world.model.issuesSeen).toEqual([]);
		const again = await world.run(["dev", "M1"], { env: await plainEnvironment(world) });
		expect(again.exitCode, again.stderr).toBe(0);
		expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("TOKEN=1");
		expect(await leftBehind(world, before, ["A-1"])).toEqual([]);
	});
}

test("thousands of files are copied with mode and time, and nothing is written over", async () => {
	await using folder = await temporaryFolder();
	const [from, to] = [join(folder.path, "from"), join(folder.path, "to")];
	const paths: string[] = [];
	for (let at = 0; at < 40; at++) {
		await mkdir(join(from, `d${at}/deep`), { recursive: true });
		for (let file = 0; file < 50; file++) {
			paths.push(`d${at}/deep/${file}`);
			await writeFile(join(from, `d${at}/deep/${file}`), `${at} ${file}`);
		}
	}
	await chmod(join(from, "d1/deep/1"), 0o751);
	await utimes(join(from, "d1/deep/1"), 1, 1_000_000);
	await symlink("../d1/deep", join(from, "d2/link"));
	await mkdir(join(to, "d0/deep"), { recursive: true });
	await writeFile(join(to, "d0/deep/0"), "mine");
	const never = new AbortController().signal;
	expect(await copyFiles(from, to, [...paths, "d2/link", "d3/gone"], ".git", never)).toEqual([]);

	expect(await readFile(join(to, "d0/deep/0"), "utf8")).toBe("mine");
	expect(await readFile(join(to, "d39/deep/49"), "utf8")).toBe("39 49");
	const { mode, mtimeMs, nlink } = await lstat(join(to, "d1/deep/1"));
	expect({ mode: mode & 0o777, mtimeMs, nlink }).toEqual({ mode: 0o751, mtimeMs: 1_000_000_000, nlink: 1 });
	expect(await readlink(join(to, "d2/link"))).toBe("../d1/deep");

	const stop = new AbortController();
	stop.abort(new Error("interrupted"));
	await expect(copyFiles(from, join(folder.path, "never"), paths, ".git", stop.signal)).rejects.toThrow("interrupted");
	expect(existsSync(join(folder.path, "never"))).toBe(false);
});

test.runIf(process.getuid?.() !== 0)("a file that can't be read is named", async () => {
	await using folder = await temporaryFolder();
	await writeFile(join(folder.path, "secret"), "x");
	await chmod(join(folder.path, "secret"), 0);
	await mkdir(join(folder.path, "to"));
	const copying = copyFiles(folder.path, join(folder.path, "to"), ["secret"], ".git", new AbortController().signal);
	expect(await problemsAfter(copying)).toMatchObject([{ kind: "file-unreadable", path: join(folder.path, "secret") }]);
});

async function withIgnoredFiles({ repository }: World): Promise<void> {
	const { folder, path } = repository;
	await mkdir(join(folder, "outside"));
	await writeFile(join(folder, "outside/secret"), "");
	await repository.write(".gitignore", IGNORED);
	await repository.write(".worktreeinclude", NAMED);
	// Which files are copied is not for the checkout to say, nor for a branch.
	await symlink("../outside", join(path, "way"));
	await repository.commit("rules");
	await repository.write(".worktreeinclude", "*\n");
	await repository.write(".env", "TOKEN=1\n");
	await repository.write("notes.txt", "mine\n");
	await repository.write("cache/x", "");
	await repository.write("conf/local", "");
	await repository.write("node_modules/tool/run", "#!/bin/sh\necho the tool runs\n");
	await chmod(join(path, "node_modules/tool/run"), 0o755);
	await mkdir(join(path, "node_modules/.bin"));
	for (const [name, target] of [
		[".bin/tool", "../tool/run"],
		["inside", "tool"],
		["absolute", join(path, "README.md")],
		["outside", "../../outside"],
		["chain", "../way/secret"],
	] as const)
		await symlink(target, join(path, "node_modules", name));
	await repository.git(["init", "-q", "deps/lib"]);
	await repository.write("deps/lib/lib.c", "");
}

function worktreeOf({ repository }: World, id: string): string {
	return join(`${repository.path}.worktrees`, id);
}
