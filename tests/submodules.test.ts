import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { suggestedIn } from "./support/commands.ts";
import { orchfileWithSetup } from "./support/edited-orchfile.ts";
import { faultyEnvironment } from "./support/faults.ts";
import { STACK_TRACE } from "./support/footprint.ts";
import { createRepository, type IssueFields, type TestRepository } from "./support/repository.ts";
import type { Script } from "./support/scripted-model.ts";
import { runAndPass } from "./support/scripts.ts";
import { typed } from "./support/typed.ts";
import { createWorld, type World } from "./support/world.ts";

const LIBRARY = "vendor/a lib";
const DEEP = `${LIBRARY}/deep`;

test.concurrent("an agent sees the files of submodules, nested ones too, from the clone alone, and the worktree goes", async () => {
	const script = runAndPass(
		`cd '${LIBRARY}' && mkdir build && echo x > build/out && cd ../.. && cat '${LIBRARY}/file.txt' '${DEEP}/file.txt'; echo more > top.txt`,
	);
	await using world = await createWorldWithSubmodules(["A-1", "A-2"].map((id) => ({ id, script })));
	const { repository } = world;
	await appendFile(
		join(repository.home, ".gitconfig"),
		"[submodule]\n\trecurse = true\n[status]\n\tsubmoduleSummary = true\n",
	);
	const before = await stateOf(world);
	const { exitCode, stderr } = await world.run(["dev", "M1", "-j", "2"]);
	expect(exitCode, stderr).toBe(0);
	for (const id of ["A-1", "A-2"]) {
		expect((await world.log<{ summary: string }>(`M1/${id}/dev-result.json`)).summary).toMatch(/library\ndeep\n/);
		expect(await repository.git(["diff", "--name-only", "--ignore-submodules=none", `main...issue/${id}`])).toBe(
			"top.txt",
		);
	}
	expect(existsSync(`${repository.path}.worktrees`)).toBe(false);
	expect(await stateOf(world)).toEqual(before);
});

/** What an agent does in a submodule that is only there afterwards, and which submodule is named for it. */
const LEFT_INSIDE: Readonly<Record<string, readonly [does: string, submodule: string, told: string]>> = {
	// A file that git knows, and one that it does not.
	EDIT: [
		`echo changed > '${LIBRARY}/file.txt' && echo changed > '${LIBRARY}/new file.txt'`,
		LIBRARY,
		"2 paths not committed: file.txt, new file.txt",
	],
	NESTED: [`echo changed > '${DEEP}/file.txt'`, DEEP, "file.txt"],
	RULES: [`cd '${LIBRARY}' && echo '*' > .gitignore && echo changed > hidden.txt`, LIBRARY, ".gitignore"],
};

test.concurrent("what is changed inside of a submodule is kept and told, and the way out that is printed", async () => {
	const issues = Object.entries(LEFT_INSIDE).map(([id, [does]]) => ({
		id,
		script: runAndPass(`(${does}); echo top > top.txt`),
	}));
	await using world = await createWorldWithSubmodules(issues);
	const { repository } = world;
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(1);
	expect(stderr).not.toMatch(STACK_TRACE);
	await world.run(["clean", "--yes"]);
	const messageOf = (id: string) =>
		stderr.split(/^(?=\w+ {2}In )/m).find((each) => each.startsWith(`${id}  In `)) ?? "";
	for (const [id, [, submodule, told]] of Object.entries(LEFT_INSIDE)) {
		expect(stdout).toMatch(new RegExp(`^${id} +failed: submodule-work`, "m"));
		const message = messageOf(id);
		expect(message).toContain(`the submodule ${submodule} has`);
		expect(message).toContain(told);
		expect(await repository.git(["rev-parse", `issue/${id}`])).toBe(await repository.git(["rev-parse", "main"]));
		expect(await world.log(`M1/${id}/dev-run.json`)).toMatchObject({ outcome: "pass", saved: null });
	}
	for (const task of ["persist", "worktree:teardown"]) {
		await world.run([task, "M1"]);
		for (const [id, [, submodule, told]] of Object.entries(LEFT_INSIDE))
			for (const file of told.replace(/.*: /, "").split(", "))
				expect(existsSync(join(worktreeOf(world, id), submodule, file)), `${id} ${task}`).toBe(true);
	}
	for (const id of Object.keys(LEFT_INSIDE)) await follow(world, messageOf(id));
	const teardown = await world.run(["worktree:teardown", "M1"]);
	expect(teardown.exitCode, teardown.stderr).toBe(0);
	for (const id of Object.keys(LEFT_INSIDE)) {
		expect(existsSync(worktreeOf(world, id))).toBe(false);
		const changed = await repository.git(["diff", "--name-only", "--ignore-submodules=none", `main...issue/${id}`]);
		expect(changed.split("\n").sort()).toEqual(["top.txt", LIBRARY]);
		await expectInClone(world, id);
	}
});

test.concurrent("what an agent makes of submodules with ordinary files is its work: one gone, one replaced, other settings", async () => {
	const done = {
		GONE: `rm -r '${LIBRARY}' && echo > .gitmodules`,
		FILE: `rm -r '${LIBRARY}' && echo file > '${LIBRARY}'`,
		SETTINGS: "sed -i s/library/other/ .gitmodules",
		NONE: "true",
	};
	await using world = await createWorldWithSubmodules(
		Object.entries(done).map(([id, does]) => ({ id, script: runAndPass(does) })),
	);
	const { repository } = world;
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stdout + stderr).toBe(0);
	const changes = await Promise.all(
		Object.keys(done).map((id) => repository.git(["diff", "--name-status", "--no-renames", `main...issue/${id}`])),
	);
	const [gone, file, settings, none] = changes;
	expect(gone).toBe(`M\t.gitmodules\nD\t${LIBRARY}`);
	expect(file).toBe(`T\t${LIBRARY}`);
	expect(settings).toBe("M\t.gitmodules");
	expect(none).toBe("");
	expect(existsSync(`${repository.path}.worktrees`)).toBe(false);
});

test.concurrent("a repository that an agent puts in the place of a submodule's is not run, and what lies there is kept", async () => {
	const hostile = `cd '${LIBRARY}' && rm .git && git init -q && printf '#!/bin/sh\ntouch "%s/canary"\n' "$(cd ../../../.. && pwd)" > .git/trap
		chmod +x .git/trap && git config core.fsmonitor "$PWD/.git/trap" && git config filter.x.clean "$PWD/.git/trap"`;
	const issues = [
		{ id: "REPLACED", script: runAndPass(hostile) },
		{ id: "UNPOINTED", script: runAndPass(`rm '${LIBRARY}/.git' && echo changed > '${LIBRARY}/file.txt'`) },
		{ id: "ELSEWHERE", script: runAndPass(`echo "gitdir: $PWD/../../repo/.git" > '${LIBRARY}/.git'`) },
	];
	await using world = await createWorldWithSubmodules(issues);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(1);
	for (const { id } of issues) expect(stdout).toMatch(new RegExp(`^${id} +failed: nested-repository`, "m"));
	await world.run(["dev", "M1", "-B"]);
	await world.run(["clean", "--yes"]);
	for (const { id } of issues) expect(existsSync(join(worktreeOf(world, id), LIBRARY, "file.txt"))).toBe(true);
	expect(existsSync(join(world.repository.folder, "canary"))).toBe(false);
	for (const { id } of issues) {
		const message = stderr.split(/^(?=\w+ {2}The )/m).find((each) => each.startsWith(`${id}  The `)) ?? "";
		await follow(world, message);
		expect(await world.repository.git(["show", `issue/${id}:${LIBRARY}-found/file.txt`])).toMatch(/library|changed/);
	}
	const teardown = await world.run(["worktree:teardown", "M1"]);
	expect(teardown.exitCode, teardown.stderr).toBe(0);
});

/** What an agent with access to git does in a submodule, and what is told to be only there. */
const COMMITTED: Readonly<Record<string, readonly [does: string, told: RegExp]>> = {
	COMMIT: ["echo x > x && git add x && git commit -q -m x", /commits that are nowhere else: HEAD\./],
	SAVED: [
		"echo x > x && git add x && git commit -q -m x && cd ../.. && git commit -q -a -m moved",
		/nowhere else: HEAD\./,
	],
	STASH: ["echo x > file.txt && git stash -q", /commits that are nowhere else: refs\/stash\./],
	BRANCH: [
		"git switch -q -c mine && echo x > x && git add x && git commit -q -m x && git switch -q --detach main",
		/refs\/heads\/mine/,
	],
};

test.concurrent("commits that an agent with --git-access makes in a submodule, and its stash, stay until they are in the clone; a link to none is told", async () => {
	const identity = "export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@e GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@e";
	const issues = Object.entries(COMMITTED).map(([id, [does]]) => ({
		id,
		script: runAndPass(`${identity}; cd '${LIBRARY}' && ${does}`),
	}));
	const moves = `git update-index --cacheinfo 160000,${"1".repeat(40)},'${LIBRARY}'`;
	await using world = await createWorldWithSubmodules([...issues, { id: "LINK", script: runAndPass(moves) }]);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", "--git-access"]);
	expect(exitCode, stderr).toBe(1);
	expect(stderr).toMatch(/^LINK .* is to be at 111111111111, a commit that is not to be found here/m);
	await world.run(["clean", "--yes"]);
	for (const [id, [, told]] of Object.entries(COMMITTED)) {
		expect(stdout).toMatch(new RegExp(`^${id} +failed: submodule-work`, "m"));
		const message = stderr.split(/^(?=\w+ {2}In )/m).find((each) => each.startsWith(`${id}  In `)) ?? "";
		expect(message).toMatch(told);
		expect(existsSync(worktreeOf(world, id))).toBe(true);
		await follow(world, message);
	}
	const { stderr: left } = await world.run(["worktree:teardown", "M1"]);
	for (const id of Object.keys(COMMITTED)) {
		expect(existsSync(worktreeOf(world, id)), left).toBe(false);
		const library = join(world.repository.path, LIBRARY);
		expect(await world.repository.git(["log", "--oneline", "--all", `--glob=issue/${id}*`], library)).toMatch(
			/x$|WIP/m,
		);
	}
	const moved = await world.repository.git(["ls-tree", "issue/SAVED", LIBRARY]);
	expect(moved).not.toBe(await world.repository.git(["ls-tree", "main", LIBRARY]));
});

test.concurrent("a worktree's folder that somebody has deleted does not take along what was committed in its submodules", async () => {
	const identity = "export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@e GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@e";
	const does =
		"echo x > file.txt && git commit -q -a -m 'only here' && git switch -q -c mine && git commit -q --allow-empty -m 'and here'";
	await using world = await createWorldWithSubmodules([
		{ id: "A-1", script: runAndPass(`${identity}; cd '${LIBRARY}' && ${does}`) },
		{ id: "B-1", script: runAndPass("echo x > x") },
	]);
	const { git } = world.repository;
	expect((await world.run(["dev", "A-1", "--git-access"])).exitCode).toBe(1);
	expect((await world.run(["worktree:create", "B-1"])).exitCode).toBe(0);
	for (const id of ["A-1", "B-1"]) await rm(worktreeOf(world, id), { recursive: true });

	const found = (await world.run(["clean", "--yes"])).stdout;
	expect(found).toMatch(/^A-1 +worktree +no +not as it was made: submodule-commits/m);
	expect(found).toMatch(/^B-1 +worktree +yes +its folder is gone/m);
	const refused = await world.run(["dev", "A-1", "--git-access"]);
	expect(refused.exitCode).toBe(1);
	expect(refused.stderr).toContain(`The folder ${worktreeOf(world, "A-1")} is gone`);
	const fetches = [...refused.stderr.matchAll(/^ *To have it in the clone: (.+)$/gm)].map(
		([, command = ""]) => command,
	);
	expect(fetches.length).toBeGreaterThan(0);
	for (const command of fetches) expect(await typed(world, command), command).toMatchObject({ exitCode: 0 });
	const library = join(world.repository.path, LIBRARY);
	expect(await git(["log", "--format=%s", "--branches=issue/A-1*"], library)).toMatch(/and here[\s\S]*only here/);
	// All of it is in the clone now, so nothing is in the way any more.
	expect((await world.run(["clean", "A-1"])).stdout).toMatch(/^A-1 +worktree +yes +its folder is gone/m);
	expect((await world.run(["worktree:create", "A-1"])).exitCode).toBe(0);
});

test.concurrent("a submodule that the clone holds without the commit that is wanted: nothing starts until it is fetched", async () => {
	await using world = await createWorldWithSubmodules([
		{ id: "A-1", script: runAndPass(`cat '${LIBRARY}/newer.txt'; echo > x`) },
	]);
	const { repository } = world;
	const { folder, git } = repository;
	await rename(join(folder, "library-elsewhere"), join(folder, "library"));
	const library = join(folder, "library");
	await writeFile(join(library, "newer.txt"), "newer\n");
	await git(["add", "-A"], library);
	await git(["commit", "-q", "-m", "newer"], library);
	const newer = await git(["rev-parse", "HEAD"], library);
	await git(["update-index", "--cacheinfo", `160000,${newer},${LIBRARY}`]);
	await git(["commit", "-q", "-m", "newer library"]);
	const { exitCode, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(2);
	expect(stderr).toContain(`The submodule ${LIBRARY} is to be at ${newer.slice(0, 12)}`);
	expect((await world.run(["doctor"])).stdout).toContain(`The submodule ${LIBRARY} is to be at`);
	const created = await world.run(["worktree:create", "A-1"]);
	expect(created.stderr).toContain(`The submodule ${LIBRARY} is to be at`);
	expect(existsSync(worktreeOf(world, "A-1"))).toBe(false);

	const [command = ""] = suggestedIn(stderr);
	expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
	const again = await world.run(["dev", "M1"]);
	expect(again.exitCode, again.stderr).toBe(0);
	expect((await world.log<{ summary: string }>("M1/A-1/dev-result.json")).summary).toContain("newer");
});

test.concurrent("a set-up that fills what the clone does not hold, and one that has nothing to fill", async () => {
	const orchfile = await orchfileWithSetup("git submodule update --init --recursive && cat .git */*/file.txt");
	const script = runAndPass(`cat '${LIBRARY}/file.txt' '${DEEP}/file.txt'; echo more > top.txt`);
	await using world = await createWorldWithSubmodules([
		{ id: "A-1", script },
		{ id: "B-1", script, milestone: "M2" },
	]);
	const { repository } = world;
	const { folder, git } = repository;
	const held = await world.run(["dev", "A-1"], orchfile);
	expect(held.exitCode, held.stderr).toBe(0);

	for (const name of ["deep", "library"]) await rename(join(folder, `${name}-elsewhere`), join(folder, name));
	await git(["submodule", "--quiet", "deinit", "--all"]);
	await rm(join(repository.path, ".git/modules"), { recursive: true });
	const refused = await world.run(["dev", "B-1"], orchfile);
	expect(refused.exitCode).toBe(1);
	// git's own rule for what may be cloned holds.
	expect(refused.stderr).toContain("transport 'file' not allowed");
	await appendFile(join(repository.home, ".gitconfig"), '[protocol "file"]\n\tallow = always\n');
	const { exitCode, stderr } = await world.run(["dev", "B-1"], orchfile);
	expect(exitCode, stderr).toBe(0);
	expect(stderr).toMatch(/^Submodules of main that your clone does not hold stay empty .*: vendor\/a lib$/m);
	expect((await world.log<{ summary: string }>("M2/B-1/dev-result.json")).summary).toContain("library\ndeep");
	expect(await git(["diff", "--name-only", "main...issue/B-1"])).toBe("top.txt");
	expect(existsSync(`${repository.path}.worktrees`)).toBe(false);
});

test.concurrent("a branch that has a submodule elsewhere: a set-up sees the base's, the agent the branch's", async () => {
	const edit = runAndPass(`echo changed > '${LIBRARY}/file.txt'`);
	await using world = await createWorldWithSubmodules([
		{ id: "A-1", script: edit },
		{ id: "A-2", blocked_by: ["A-1"], script: runAndPass(`cat '${LIBRARY}/file.txt'; echo more > top.txt`) },
	]);
	const orchfile = await orchfileWithSetup(`cat '${LIBRARY}/file.txt'`);
	const first = await world.run(["dev", "A-1"]);
	await follow(world, first.stderr);
	const { exitCode, stderr } = await world.run(["dev", "M1"], orchfile);
	expect(exitCode, stderr).toBe(0);
	expect(await world.repository.read("logs/orch/M1/A-2/setup.log")).toBe("library\n");
	expect((await world.log<{ summary: string }>("M1/A-2/dev-result.json")).summary).toContain("changed");
	expect(await world.repository.git(["diff", "--name-only", "issue/A-1...issue/A-2"])).toBe("top.txt");
	expect(existsSync(`${world.repository.path}.worktrees`)).toBe(false);
});

test.concurrent("links that git itself can't fill stay empty; a submodule that is moved, or added, is kept for a person", async () => {
	await using world = await createWorldWithSubmodules([
		{ id: "EMPTY", script: runAndPass("ls -A unnamed unaddressed > seen.txt") },
		{ id: "INSIDE", script: runAndPass("echo x > unnamed/x") },
		{ id: "MOVED", script: runAndPass(`mv '${LIBRARY}' vendor/moved && echo edited > vendor/moved/file.txt`) },
		{
			id: "ADDED",
			milestone: "M2",
			// From where its sandbox can look: `/tmp`, in which the other repositories are, it has to itself.
			script: runAndPass(
				'git -c protocol.file.allow=always submodule --quiet add "$(git rev-parse --path-format=absolute --git-common-dir)/library" more',
			),
		},
	]);
	const { git } = world.repository;
	const [, , commit = ""] = (await git(["ls-tree", "HEAD", LIBRARY])).split(/\s/);
	for (const path of ["unnamed", "unaddressed"])
		await git(["update-index", "--add", "--cacheinfo", `160000,${commit},${path}`]);
	await git(["config", "--file", ".gitmodules", "submodule.unaddressed.path", "unaddressed"]);
	await git(["add", ".gitmodules"]);
	await git(["commit", "-q", "-m", "odd links"]);
	await git(["clone", "-q", "--bare", "../library-elsewhere", ".git/library"]);
	const { stdout, stderr } = await world.run(["dev", "M1"]);
	expect(stdout).toMatch(/^EMPTY +pass/m);
	expect(stdout).toMatch(/^INSIDE +failed: nested-repository/m);
	expect(stdout).toMatch(/^MOVED +failed: nested-repository/m);
	expect(stderr).toMatch(/^Submodules of main that your clone does not hold stay empty .*: unaddressed$/m);
	expect(await git(["show", "issue/EMPTY:seen.txt"])).toBe("unaddressed:\n\nunnamed:");
	const added = await world.run(["dev", "M2", "--git-access"]);
	expect(added.stdout).toMatch(/^ADDED +failed: repository-tampered/m);
	await world.run(["clean", "--yes"]);
	for (const [id, file] of [
		["INSIDE", "unnamed/x"],
		["MOVED", "vendor/moved/file.txt"],
		["ADDED", "more/file.txt"],
	] as const)
		expect(existsSync(join(worktreeOf(world, id), file)), id).toBe(true);
});

/** Steps of filling and emptying before which a run is killed, and the task that then ends what was begun. */
const KILLED: readonly (readonly [task: "worktree:create" | "worktree:teardown", step: string])[] = [
	["worktree:create", "git reset"],
	["worktree:create", "git init #2"],
	["worktree:teardown", `mkdir worktrees/A-1/${LIBRARY}`],
	["worktree:teardown", "git worktree remove"],
];

test.concurrent("a run that is killed while it fills or empties submodules leaves nothing that the next one does not mend", async () => {
	await using world = await createWorldWithSubmodules([{ id: "A-1" }]);
	const before = await stateOf(world);
	for (const [task, step] of KILLED) {
		if (task === "worktree:teardown") expect((await world.run(["worktree:create", "A-1"])).exitCode).toBe(0);
		const killed = await world.run([task, "A-1"], {
			env: await faultyEnvironment(world, { step, kind: "kill-before" }),
		});
		expect(killed.signal, `${step}\n${killed.stderr}`).toBe("SIGKILL");
		expect(await stateOf(world), step).toEqual(before);
		const again = await world.run([task, "A-1"]);
		expect(again.exitCode, `${step}\n${again.stderr}`).toBe(0);
		if (task === "worktree:create") {
			expect(await readFile(join(worktreeOf(world, "A-1"), DEEP, "file.txt"), "utf8"), step).toBe("deep\n");
			expect((await world.run(["worktree:teardown", "A-1"])).exitCode, step).toBe(0);
		}
		expect(existsSync(worktreeOf(world, "A-1")), step).toBe(false);
		expect(existsSync(join(world.repository.path, ".git/worktrees/A-1")), step).toBe(false);
		await world.repository.git(["branch", "-q", "-D", "issue/A-1"]);
	}
	expect(await stateOf(world)).toEqual(before);
});

test.concurrent("what a person does in a submodule after a removal was broken off is kept", async () => {
	await using world = await createWorldWithSubmodules([{ id: "A-1" }]);
	expect((await world.run(["worktree:create", "A-1"])).exitCode).toBe(0);
	const env = await faultyEnvironment(world, { step: `rm worktrees/A-1/${LIBRARY}`, kind: "kill-before" });
	expect((await world.run(["worktree:teardown", "A-1"], { env })).signal).toBe("SIGKILL");
	const file = join(worktreeOf(world, "A-1"), DEEP, "mine.txt");
	await writeFile(file, "mine\n");
	const { exitCode, stderr } = await world.run(["worktree:teardown", "A-1"]);
	expect(exitCode, stderr).toBe(1);
	expect(stderr).toContain(`${DEEP}/mine.txt`);
	expect((await world.run(["worktree:create", "A-1"])).stderr).toContain("mine.txt");
	await world.run(["clean", "A-1", "--discard", "--yes"]);
	expect(existsSync(file)).toBe(true);
	await rm(file);
	expect((await world.run(["worktree:teardown", "A-1"])).exitCode).toBe(0);
	expect(existsSync(worktreeOf(world, "A-1"))).toBe(false);
});

/** Types what a message about work in submodules says, and what the next one says, until the work is committed. */
async function follow(world: World, message: string): Promise<void> {
	const all = suggestedIn(message);
	const end = all.findIndex((command) => / persist /.test(command));
	const commands = all.slice(0, end);
	const last = all[end] ?? "nothing";
	for (const command of commands) {
		const { exitCode, stderr } = await typed(world, command);
		expect(exitCode, `${command}\n${stderr}`).toBe(0);
	}
	const { exitCode, stderr } = await typed(world, last);
	if (exitCode === 0) return;
	expect(stderr).not.toBe(message);
	expect(stderr).toMatch(/the submodule vendor|holds a git repository of its own: vendor/);
	await follow(world, stderr);
}

/** What the branch has the submodule at is on a branch of the clone, and so are the submodules of that. */
async function expectInClone({ repository }: World, id: string): Promise<void> {
	const library = join(repository.path, LIBRARY);
	const [, , commit = ""] = (await repository.git(["ls-tree", `issue/${id}`, LIBRARY])).split(/\s/);
	expect(await repository.git(["branch", "--contains", commit], library)).toContain(`issue/${id}`);
	const [, , deep = ""] = (await repository.git(["ls-tree", commit, "deep"], library)).split(/\s/);
	expect(await repository.git(["branch", "--contains", deep], join(library, "deep"))).toMatch(/\S/);
}

function worktreeOf({ repository }: World, id: string): string {
	return join(`${repository.path}.worktrees`, id);
}

/** The checkout with its submodules, their settings and refs. */
async function stateOf({ repository }: World): Promise<string[]> {
	const at = ["", LIBRARY, DEEP].map((path) => join(repository.path, path));
	return Promise.all(
		at.flatMap((cwd) => [
			repository.git(["status", "--porcelain"], cwd),
			repository.git(["config", "--list", "--local"], cwd),
			repository.git(["for-each-ref", "refs/heads/main", "refs/remotes", "refs/tags"], cwd),
			repository.git(["rev-parse", "HEAD"], cwd),
		]),
	);
}

/** A repository with a submodule with a submodule, by relative addresses and with what it ignores, and what they were cloned from. */
let made: TestRepository;
beforeAll(async () => {
	made = await createRepository();
	const { folder, git } = made;
	const make = async (name: string, ...more: readonly (readonly string[])[]): Promise<void> => {
		const cwd = join(folder, name);
		await git(["init", "-q", "-b", "main", cwd]);
		await writeFile(join(cwd, "file.txt"), `${name}\n`);
		await writeFile(join(cwd, ".gitignore"), "/build/\n");
		for (const args of more) await git(args, cwd);
		await git(["add", "-A"], cwd);
		await git(["commit", "-q", "-m", name], cwd);
	};
	const allowed = ["-c", "protocol.file.allow=always"];
	await make("deep");
	await make("library", [...allowed, "submodule", "--quiet", "add", "../deep", "deep"]);
	await git([...allowed, "submodule", "--quiet", "add", "../library", LIBRARY]);
	await git([...allowed, "submodule", "--quiet", "update", "--init", "--recursive"]);
	// Relative addresses go by that of the repository itself.
	await git(["remote", "add", "origin", join(folder, "origin")]);
	for (const name of ["deep", "library"]) await rename(join(folder, name), join(folder, `${name}-elsewhere`));
});
afterAll(() => made?.[Symbol.asyncDispose]());

/** Puts what a repository was given into another one of the same name. */
const TAKE_OVER = `set -e; cp -a "$1"/library-elsewhere "$1"/deep-elsewhere "$2"; cd "$2/$3"
cp -a "$1/$3/vendor" "$1/$3/.gitmodules" .; cp -a "$1/$3/.git/modules" "$1/$3/.git/config" .git
cd ..; find . -name config -type f -exec grep -lZF "$1" {} + | xargs -0 sed -i "s|$1|$2|g"`;

/** A world whose repository has submodules. Where they were cloned from is gone: nobody can fetch anything. */
async function createWorldWithSubmodules(
	issues: readonly (IssueFields & { readonly script?: Script })[],
): Promise<World> {
	const world = await createWorld(issues);
	const { folder, path, commit } = world.repository;
	await promisify(execFile)("bash", ["-c", TAKE_OVER, "take-over", made.folder, folder, basename(path)]);
	await commit("submodules");
	return world;
}
