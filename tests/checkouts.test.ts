import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import {
	chmod,
	chown,
	cp,
	lchown,
	lstat,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rename,
	rm,
	utimes,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { untilExists } from "./support/observe.ts";
import { editAndPass, runAndPass } from "./support/scripts.ts";
import { createWorld, type World } from "./support/world.ts";

const shell = promisify(execFile);

/** Two checkouts of one repository, and where the repository has its logs and worktrees. */
interface Checkouts {
	readonly first: string;
	readonly second: string;
	readonly logs: string;
	readonly worktrees: string;
}

type Make = (world: World) => Promise<Checkouts>;

const linked: Make = async ({ repository }) => {
	const second = join(repository.folder, "second");
	await repository.git(["worktree", "add", "-q", "-b", "second", second]);
	return { first: repository.path, second, ...besides(repository.path) };
};

/** Each as people have them; the repository of the world is what they are cloned from where it is not one of them. */
const KINDS: Readonly<Record<string, Make>> = {
	"a main checkout and a linked worktree": linked,
	"a linked worktree and the main checkout": async (world) => {
		const { first, second, ...where } = await linked(world);
		return { first: second, second: first, ...where };
	},
	"two linked worktrees": async (world) => {
		const { second, ...made } = await linked(world);
		const first = join(world.repository.folder, "elsewhere/first");
		await world.repository.git(["worktree", "add", "-q", "-b", "first", first]);
		return { ...made, first, second };
	},
	"a linked worktree inside of the main checkout, and a subfolder of this": async ({ repository }) => {
		const first = join(repository.path, ".trees/first");
		await repository.git(["worktree", "add", "-q", "-b", "first", first]);
		return { first, second: join(repository.path, "docs"), ...besides(repository.path) };
	},
	"pointers that are relative": async (world) => {
		const made = await linked(world);
		const { path, folder } = world.repository;
		const administration = join(path, ".git/worktrees/second");
		await writeFile(join(administration, "gitdir"), `${relative(administration, join(made.second, ".git"))}\n`);
		await writeFile(join(made.second, ".git"), `gitdir: ${relative(made.second, administration)}\n`);
		expect(folder).not.toBe("");
		return made;
	},
	"a main checkout that was moved": async (world) => {
		const made = await linked(world);
		const first = join(world.repository.folder, "moved");
		await rename(world.repository.path, first);
		await world.repository.git(["worktree", "repair", made.second], first);
		return { first, second: made.second, ...besides(first) };
	},
	"a bare repository and worktrees beside it": async (world) => {
		const bare = await cloneBare(world, "project.git");
		return {
			...(await addTwo(world, bare, "project", "project-feature")),
			logs: join(world.repository.folder, "project.logs"),
			worktrees: join(world.repository.folder, "project.worktrees"),
		};
	},
	"a bare repository and worktrees in it": async (world) => {
		const bare = await cloneBare(world, "project");
		return {
			...(await addTwo(world, bare, "project/main", "project/feature")),
			logs: join(world.repository.folder, "project.logs"),
			worktrees: join(world.repository.folder, "project.worktrees"),
		};
	},
	"a hidden bare repository, and worktrees in the folder around it": async (world) => {
		const bare = await cloneBare(world, "project/.bare");
		const project = join(world.repository.folder, "project");
		await writeFile(join(project, ".git"), "gitdir: ./.bare\n");
		return { ...(await addTwo(world, bare, "project/main", "project/feature")), ...besides(project) };
	},
	"a bare .git": async (world) => {
		const bare = await cloneBare(world, "project/.git");
		const project = join(world.repository.folder, "project");
		return { ...(await addTwo(world, bare, "project/main", "project/feature")), ...besides(project) };
	},
	"a submodule and a linked worktree of it": async ({ repository }) => {
		const { folder, git, path } = repository;
		const whole = join(folder, "whole");
		await git(["init", "-q", "-b", "main", whole]);
		await git(["-c", "protocol.file.allow=always", "submodule", "add", "-q", path, "part"], whole);
		const second = join(folder, "second");
		const first = join(whole, "part");
		await git(["worktree", "add", "-q", "-b", "second", second], first);
		return { first, second, ...besides(first) };
	},
	"settings of the main checkout in a file of its own": async (world) => {
		const made = await linked(world);
		await world.repository.git(["config", "extensions.worktreeConfig", "true"]);
		await world.repository.git(["config", "--unset", "core.bare"]);
		await world.repository.git(["config", "--worktree", "core.bare", "false"]);
		return made;
	},
};

/** What changes nothing, and so says the same wherever it is asked; the first of it also while there are documents alone. */
const LOOKS = [["status"], ["clean"], ["dev", "-q", "A-1"]];

/** What tells the same by the same records: asked of one kind, since how these are found is no affair of a look. */
const MORE_LOOKS = [["plan", "M1"], ["why", "A-1"], ["dev", "-q", "M1"], ...LOOKS];

test.each(Object.entries(KINDS))("every checkout says the same: %s", { timeout: 60_000 }, async (kind, make) => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", blocked_by: ["A-1"] },
	]);
	const { first, second, logs, worktrees } = await make(world);
	const isFirst = kind === Object.keys(KINDS)[0];
	const say = async (cwd: string, looks: readonly (readonly string[])[] = isFirst ? MORE_LOOKS : LOOKS) => {
		const answers = [];
		for (const args of looks) {
			const { exitCode, stdout } = await world.run([...args, "--base", "main"], { cwd });
			answers.push(`${args.join(" ")}: ${exitCode}\n${inOneWay(stdout, cwd)}`);
		}
		return answers;
	};
	const before = await say(first, LOOKS.slice(0, 1));
	expect(await say(second, LOOKS.slice(0, 1))).toEqual(before);
	const { exitCode, stderr } = await world.run(["phase:dev", "A-1", "--base", "main"], { cwd: first });
	expect(exitCode, stderr).toBe(0);
	expect(stderr).toContain(join(worktrees, "A-1"));
	expect(await readFile(join(logs, "orch/M1/A-1/dev-run.json"), "utf8")).toContain('"saved": null');

	// What one has begun the other ends, and no issue is paid for twice.
	const rest = await world.run(["dev", "A-1", "--base", "main"], { cwd: second });
	expect(rest.exitCode, rest.stderr).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A-1"]);
	expect(existsSync(join(worktrees, "A-1"))).toBe(false);
	const after = await say(second);
	expect(after).not.toContain(before[0]);
	expect(after.at(-1)).toMatch(/^dev -q A-1: 0\n/);
	expect(await say(first)).toEqual(after);
	for (const cwd of [first, second]) {
		// A subfolder is no checkout of its own.
		const top = await world.repository.git(["rev-parse", "--show-toplevel"], cwd);
		const record = JSON.parse(await readFile(join(top, "logs/orch/M1/A-1/dev-run.json"), "utf8"));
		expect(record, "where people look").toMatchObject({ outcome: "pass", saved: { commits: 1 } });
		expect(await world.repository.git(["status", "--porcelain", "logs"], top), "out of git").toBe("");
	}
});

test("a checkout that is removed takes no records with it", { timeout: 60_000 }, async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { first, second } = await linked(world);
	const { exitCode, stderr } = await world.run(["dev", "M1", "--base", "main"], { cwd: second });
	expect(exitCode, stderr).toBe(0);
	await world.repository.git(["worktree", "remove", second]);
	expect((await world.run(["dev", "M1", "-q"], { cwd: first })).exitCode).toBe(0);
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "pass" });
});

test("a rehearsal is the repository's too, and clean leaves no link behind", { timeout: 60_000 }, async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const { first, second } = await linked(world);
	const { exitCode, stderr } = await world.run(["dev", "M1", "--rehearse", "--base", "main"], { cwd: second });
	expect(exitCode, stderr).toBe(0);
	for (const cwd of [first, second]) expect(existsSync(join(cwd, "logs/rehearsal/M1/A-1/dev-run.json"))).toBe(true);
	expect((await world.run(["dev", "M1", "-q", "--rehearse"], { cwd: first })).exitCode).toBe(0);
	await world.run(["clean", "--rehearse", "--yes"], { cwd: first });
	for (const cwd of [first, second]) expect(existsSync(join(cwd, "logs"))).toBe(false);
});

test("records that an earlier version kept in a checkout are moved, once, by whatever is asked first", {
	timeout: 60_000,
}, async () => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", script: editAndPass },
	]);
	const { first, second } = await linked(world);
	expect((await world.run(["dev", "M1", "--base", "main"], { cwd: second })).exitCode).toBe(0);
	await rm(join(second, "logs"), { recursive: true });
	// What is known of the checks on commits lies beside the records of issues.
	await mkdir(join(first, "logs/orch/checks"));
	await writeFile(join(first, "logs/orch/checks/1.json"), "{}");
	await rename(join(first, "logs"), join(second, "logs"));

	// A copy of the repository lists the same worktree, and it is none of its own.
	const copy = join(world.repository.folder, "copy");
	await cp(first, copy, { recursive: true });
	expect((await world.run(["status", "M1"], { cwd: copy })).stderr).not.toContain("lay in");
	const look = await world.run(["status", "M1"], { cwd: first });
	expect(look.stdout.match(/up to date/g)).toHaveLength(2);
	const [from, to] = [join(second, "logs/orch"), join(first, "logs/orch")];
	expect(look.stderr).toContain(`The records of A-1, A-2 lay in ${from}; they are in ${to} now`);
	expect((await lstat(join(from, "M1"))).isSymbolicLink()).toBe(true);
	expect(await readdir(join(from, "M1"))).toEqual(["A-1", "A-2"]);
	expect(await world.log("checks/1.json")).toEqual({});
	expect(existsSync(join(from, "checks"))).toBe(false);
	expect(await world.repository.git(["status", "--porcelain"], first)).toBe("");
	const again = await world.run(["dev", "M1", "--base", "main"], { cwd: second });
	expect(again.exitCode, again.stderr).toBe(0);
	expect(again.stderr).not.toContain("lay in");
	expect(world.model.issuesSeen.length).toBe(2);
});

test("the worktree that an earlier version kept beside a checkout comes along, with what is not committed in it", {
	timeout: 60_000,
}, async () => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", script: editAndPass },
	]);
	const { first, second } = await linked(world);
	expect((await world.run(["phase:dev", "A-1"], { cwd: first })).exitCode).toBe(0);
	expect((await world.run(["phase:dev", "A-2"], { cwd: first })).exitCode).toBe(0);
	const [former, now] = [`${second}.worktrees`, `${first}.worktrees`];
	await mkdir(former);
	for (const id of ["A-1", "A-2"]) await world.repository.git(["worktree", "move", join(now, id), join(former, id)]);
	await rename(join(first, "logs"), join(second, "logs"));
	// One that can't be moved is told, and stays as it is.
	await world.repository.git(["worktree", "lock", join(former, "A-2")]);

	const look = await world.run(["status", "M1"], { cwd: first });
	expect(look.stdout).toMatch(/^A-1 +passed, not committed/m);
	expect(look.stderr).toMatch(/Records in \S+ are left out here: .+A-2: .*locked/);
	expect((await world.run(["persist", "A-1"], { cwd: first })).exitCode).toBe(0);
	expect(await world.repository.git(["show", "--stat", "--format=%s", "issue/A-1"])).toContain("A-1.txt");
	await world.repository.git(["worktree", "unlock", join(former, "A-2")]);
	const { exitCode, stderr } = await world.run(["dev", "M1", "--base", "main"], { cwd: second });
	expect(exitCode, stderr).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-2"]);
	expect(await world.repository.git(["show", "--stat", "--format=%s", "issue/A-2"])).toContain("A-2.txt");
});

test("of records in two checkouts the newer attempt is the last one, and the other is set aside", {
	timeout: 60_000,
}, async () => {
	await using world = await createWorld([
		{ id: "NEW", script: editAndPass },
		{ id: "OLD", script: editAndPass },
	]);
	const { first, second } = await linked(world);
	expect((await world.run(["dev", "M1"], { cwd: first })).exitCode).toBe(0);
	const [here, there] = [join(first, "logs/orch/M1"), join(second, "logs/orch/M1")];
	await mkdir(join(second, "logs/orch"), { recursive: true });
	await cp(here, there, { recursive: true });
	for (const [id, startedAt] of [
		["NEW", "2099-01-01T00:00:00.000Z"],
		["OLD", "2020-01-01T00:00:00.000Z"],
	] as const) {
		const file = join(there, id, "dev-run.json");
		await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), startedAt }));
		await writeFile(join(there, id, "dev.jsonl"), "there\n");
		await writeFile(join(there, id, "setup.log"), "there\n");
		await writeFile(join(here, id, "setup.log"), "here\n");
	}
	await utimes(join(here, "OLD/setup.log"), 4e9, 4e9);
	await utimes(join(here, "NEW/setup.log"), 1, 1);
	const before = await world.log<{ startedAt: string }>("M1/NEW/dev-run.json");
	// Several that come at once must not take each other's for a rerun's.
	const looks = await Promise.all([first, second, first].map((cwd) => world.start(["status", "M1"], { cwd }).finished));
	for (const { exitCode, stderr } of looks) expect(exitCode, stderr).toBe(0);

	expect(await world.log("M1/NEW/dev-run.json")).toMatchObject({ startedAt: "2099-01-01T00:00:00.000Z" });
	expect(await readFile(join(here, "NEW/dev.jsonl"), "utf8")).toBe("there\n");
	const aside = join(here, "NEW/attempts", before.startedAt.replaceAll(":", "-"));
	expect((await readdir(aside)).sort()).toEqual(["dev-result.json", "dev-run.json", "dev.jsonl", "dev.stderr.log"]);
	expect(await world.log("M1/OLD/dev-run.json")).not.toMatchObject({ startedAt: "2020-01-01T00:00:00.000Z" });
	expect(await readFile(join(here, "OLD/attempts/2020-01-01T00-00-00.000Z/dev.jsonl"), "utf8")).toBe("there\n");
	expect(await readFile(join(here, "OLD/dev.jsonl"), "utf8")).not.toBe("there\n");
	for (const [id, last, older] of [
		["NEW", "there\n", "here\n"],
		["OLD", "here\n", "there\n"],
	] as const) {
		expect(await readFile(join(here, id, "setup.log"), "utf8")).toBe(last);
		expect(await readFile(join(here, id, "setup.log.older-1"), "utf8")).toBe(older);
	}
	expect((await lstat(there)).isSymbolicLink()).toBe(true);
});

test("what an agent writes into its worktree is taken for no records, and those of a run under way are left", {
	timeout: 60_000,
}, async () => {
	await using world = await createWorld([
		{
			id: "A-1",
			script: runAndPass("mkdir -p logs/orch/M1/A-2", "echo forged > logs/orch/M1/A-2/dev-run.json; sleep 600"),
		},
		{ id: "A-2" },
	]);
	const { first, second } = await linked(world);
	const former = join(second, "logs/orch/M1/A-1");
	const running = world.start(["dev", "A-1"], { cwd: first });
	const forged = join(`${first}.worktrees`, "A-1/logs/orch/M1/A-2/dev-run.json");
	await untilExists(running, forged);
	await mkdir(former, { recursive: true });
	await writeFile(join(former, "setup.log"), "theirs\n");
	for (const cwd of [first, second, join(`${first}.worktrees`, "A-1")]) {
		const { exitCode, stdout, stderr } = await world.run(["status", "M1", "--base", "main"], { cwd });
		expect(exitCode, stderr).toBe(0);
		expect(stdout).toMatch(/^A-2 +never run/m);
	}
	expect(existsSync(forged)).toBe(true);
	expect(await readFile(join(former, "setup.log"), "utf8")).toBe("theirs\n");
	running.child.kill("SIGINT");
	await running.finished;
	await world.run(["status", "M1"], { cwd: first });
	expect((await lstat(join(second, "logs/orch/M1"))).isSymbolicLink()).toBe(true);
	expect(await readFile(join(first, "logs/orch/M1/A-1/setup.log"), "utf8")).toBe("theirs\n");
});

test.runIf(process.getuid?.() === 0)("a main checkout that can't be written to", { timeout: 60_000 }, async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { first, second } = await linked(world);
	const former = join(second, "logs/orch/M1/A-9");
	await mkdir(former, { recursive: true });
	const user = 12_345;
	for (const name of await readdir(world.repository.folder, { recursive: true }))
		await lchown(join(world.repository.folder, name), user, user);
	await chown(world.repository.folder, user, user);
	await chmod(first, 0o555);
	const look = await world.run(["status", "M1"], { cwd: second, user });
	expect(look.exitCode, look.stderr).toBe(0);
	expect(look.stderr).toContain(`Records in ${join(second, "logs/orch")} are left out here`);
	expect(existsSync(former)).toBe(true);
	const { exitCode, stderr } = await world.run(["dev", "M1", "--base", "main"], { cwd: second, user });
	expect(exitCode).toBe(2);
	expect(world.model.issuesSeen, "nothing is paid for that could not be written down").toEqual([]);
	expect(stderr).toContain(join(first, "logs"));
	const { stdout } = await shell("sh", ["-c", /whose: (.+)/.exec(stderr)?.[1] ?? ""]);
	expect(stdout).toMatch(/^dr-xr-xr-x /);
	await chmod(first, 0o755);
	const again = await world.run(["dev", "M1", "--base", "main"], { cwd: second, user });
	expect(again.exitCode, again.stderr).toBe(0);
	expect(existsSync(join(first, "logs/orch/M1/A-9"))).toBe(true);
});

/** A folder on another disk than the tests' own, where there is one. */
const OTHER_DISK =
	existsSync("/dev/shm") && statSync("/dev/shm").dev !== statSync(tmpdir()).dev ? "/dev/shm" : undefined;

/** Where a repository is moved to, and on which disk that is. */
const MOVES: readonly (readonly [where: string, disk: string | undefined])[] = [
	["beside it", undefined],
	...(OTHER_DISK === undefined ? [] : [["to another disk", OTHER_DISK] as const]),
];

test.each(MOVES)(
	"work that is not committed is where it was made when the repository is moved %s, and comes along as told",
	{
		timeout: 60_000,
	},
	async (_, disk) => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const { path, folder, git } = world.repository;
		expect((await world.run(["phase:dev", "A-1"])).exitCode).toBe(0);
		const made = join(`${path}.worktrees`, "A-1");
		// A copy's records name the original's worktree, which is none of its own.
		await cp(path, join(folder, "copy"), { recursive: true });
		const copied = await world.run(["status"], { cwd: join(folder, "copy") });
		expect(copied.stdout).toMatch(/^A-1 +work gone/m);
		await using elsewhere = {
			path: await mkdtemp(join(disk ?? folder, "orchfile-test-")),
			[Symbol.asyncDispose]: () => rm(elsewhere.path, { recursive: true }),
		};
		const moved = join(elsewhere.path, "moved");
		await shell("mv", [path, moved]);
		const look = await world.run(["why", "A-1"], { cwd: moved });
		expect(look.stdout).toContain(`it passed, but its work is not committed: it is in ${made}`);
		const refused = [
			["persist", "A-1"],
			["dev", "A-1"],
		];
		let remedy = "";
		for (const args of refused) {
			const { exitCode, stderr } = await world.run(args, { cwd: moved });
			expect(exitCode, stderr).toBe(1);
			expect(stderr).toContain(`The worktree of A-1 is in ${made}; since the repository was moved it belongs in`);
			remedy = /Move it: (.+)/.exec(stderr)?.[1] ?? "";
		}
		await shell("sh", ["-c", remedy], { cwd: moved });
		const { exitCode, stderr } = await world.run(["dev", "A-1"], { cwd: moved });
		expect(exitCode, stderr).toBe(0);
		expect(world.model.issuesSeen).toEqual(["A-1"]);
		expect(await git(["show", "--stat", "--format=%s", "issue/A-1"], moved)).toContain("A-1.txt");
	},
);

test("a git folder that lies apart, in which git has no note of the main checkout", { timeout: 60_000 }, async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { path, folder, git } = world.repository;
	await mkdir(join(folder, "store"));
	await git(["init", "-q", "--separate-git-dir", join(folder, "store/apart.git"), path]);
	const { second } = await linked(world);
	expect((await world.run(["dev", "M1"], { cwd: path })).exitCode).toBe(0);
	expect(existsSync(join(path, "logs/orch/M1/A-1/dev-run.json"))).toBe(true);

	const refused = await world.run(["status", "M1"], { cwd: second });
	expect(refused.exitCode).toBe(2);
	expect(refused.stderr).toContain(`${second} is a linked worktree of ${join(folder, "store/apart.git")}`);
	const [, remedy = ""] = /for DIR: (git .+)/.exec(refused.stderr) ?? [];
	await shell("sh", ["-c", remedy.replace(/DIR$/, path)], { cwd: second });
	for (const cwd of [path, second]) {
		expect((await world.run(["dev", "M1", "-q", "--base", "main"], { cwd })).exitCode).toBe(0);
		expect(await git(["status", "--porcelain"], cwd)).toBe("");
	}
});

test("at a bare repository the worktree to go to is named, with the command", { timeout: 60_000 }, async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const bare = await cloneBare(world, "project.git");
	const none = await world.run(["status"], { cwd: bare });
	expect(none.exitCode).toBe(2);
	expect(none.stderr).toContain(`Work in a clone: git clone ${bare}`);
	await world.repository.git(
		["worktree", "add", "-q", "-b", "other", join(world.repository.folder, "a b"), "main"],
		bare,
	);
	const one = await world.run(["status"], { cwd: bare });
	expect(one.stderr).toContain(`Go to its worktree: cd '${join(world.repository.folder, "a b")}'`);
	await world.repository.git(["worktree", "add", "-q", join(world.repository.folder, "main"), "main"], bare);
	// One of an issue, and one whose folder is gone, are no places to go to.
	await world.repository.git(
		["worktree", "add", "-q", "-b", "issue/A-9", join(world.repository.folder, "issue"), "main"],
		bare,
	);
	await world.repository.git(
		["worktree", "add", "-q", "-b", "gone", join(world.repository.folder, "gone"), "main"],
		bare,
	);
	await rm(join(world.repository.folder, "gone"), { recursive: true });
	for (const cwd of [bare, join(bare, "refs")]) {
		const { exitCode, stderr } = await world.run(["dev", "M1"], { cwd });
		expect(exitCode).toBe(2);
		expect(stderr).toContain("is a bare repository: there are no documents to read in it.");
		const [, command = ""] = /Go to one of its worktrees: (cd .+)/.exec(stderr) ?? [];
		expect(command).toBe(`cd ${join(world.repository.folder, "main")}`);
		expect(stderr).not.toMatch(/\/(?:issue|gone)\b/);
		const { stdout } = await shell("sh", ["-c", `${command} && pwd`], { cwd });
		expect((await world.run(["dev", "M1", "-q"], { cwd: stdout.trim() })).exitCode).toBe(1);
	}
	await mkdir(join(world.repository.folder, "project"));
	await writeFile(join(world.repository.folder, "project/.git"), "gitdir: ../project.git\n");
	const around = await world.run(["status"], { cwd: join(world.repository.folder, "project") });
	expect(around.stderr).toContain(`cd ${join(world.repository.folder, "main")}`);
});

function besides(home: string): Pick<Checkouts, "logs" | "worktrees"> {
	return { logs: join(home, "logs"), worktrees: `${home}.worktrees` };
}

async function cloneBare({ repository }: World, name: string): Promise<string> {
	const bare = join(repository.folder, name);
	await repository.git(["clone", "-q", "--bare", repository.path, bare]);
	return bare;
}

async function addTwo({ repository }: World, bare: string, main: string, feature: string) {
	const [first, second] = [join(repository.folder, main), join(repository.folder, feature)];
	await repository.git(["worktree", "add", "-q", first, "main"], bare);
	await repository.git(["worktree", "add", "-q", "-b", "feature", second, "main"], bare);
	return { first, second };
}

/** Without how long ago something was, and with paths that are not from where it was asked. */
function inOneWay(text: string, cwd: string): string {
	return text
		.replace(/ +/g, " ")
		.replace(/ +\d+(?:\.\d+)?[smh]\w* +/g, " AGE ")
		.replace(/tsx \S+/g, "tsx ORCHFILE")
		.replace(/(?<=\s)\S*logs\/orch\S*/g, (path) => resolve(cwd, path));
}
