import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Script } from "./support/scripted-model.ts";
import { devResult, editAndPass, runAndPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { createWorld, type Finished, type World } from "./support/world.ts";

const shell = promisify(execFile);

describe("the tasks of one issue, asked for one by one", () => {
	test("worktree:create, phase:dev, worktree:teardown too early, persist, worktree:teardown", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const { repository, model } = world;
		const { git } = repository;
		const main = await git(["rev-parse", "main"]);
		const worktree = join(`${repository.path}.worktrees`, "A-1");
		const record = "M1/A-1/dev-run.json";

		const created = await world.run(["worktree:create", "A-1"]);
		expect(created).toMatchObject({ exitCode: 0 });
		expect(await git(["worktree", "list", "--porcelain"])).toContain(
			`worktree ${worktree}\nHEAD ${main}\nbranch refs/heads/issue/A-1`,
		);
		const createdAgain = await world.run(["worktree:create", "A-1"]);
		expect(createdAgain).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("up to date") });
		expect(model.requests).toEqual([]);

		const developed = await world.run(["phase:dev", "A-1"]);
		expect(developed).toMatchObject({ exitCode: 0 });
		expect(developed.stderr).toMatch(
			/What the agent left is in \S+\/A-1, not persisted yet\. To persist it: npx tsx \S+ persist A-1$/m,
		);
		expect(await git(["status", "--porcelain"], worktree)).toBe("?? A-1.txt");
		expect(await git(["rev-parse", "issue/A-1"])).toBe(main);
		expect(await world.log(record)).toMatchObject({ outcome: "pass", saved: null });
		const asked = model.requests.length;

		const tooEarly = await world.run(["worktree:teardown", "A-1"]);
		expect(tooEarly).toMatchObject({ exitCode: 1 });
		expect(tooEarly.stdout).toMatch(/^A-1 +worktree:teardown +failed: work-not-persisted$/m);
		expect(tooEarly.stderr).toContain(`${worktree}`);
		expect(tooEarly.stderr).toMatch(/^ {2}Commit it: npx tsx \S+ persist A-1$/m);
		expect(tooEarly.stderr).not.toContain("To go on");
		expect(await readFile(join(worktree, "A-1.txt"), "utf8")).toBe("written for A-1\n");

		const persisted = await world.run(["persist", "A-1"]);
		expect(persisted).toMatchObject({ exitCode: 0 });
		const tip = await git(["rev-parse", "issue/A-1"]);
		expect(persisted.stdout).toContain(`committed ${tip.slice(0, 10)}`);
		expect(await git(["rev-parse", "issue/A-1^"])).toBe(main);
		expect(await git(["status", "--porcelain"], worktree)).toBe("");
		expect(await world.log(record)).toMatchObject({ outcome: "pass", saved: { commit: tip, filesChanged: 1 } });

		const complete = await world.log(record);
		const persistedAgain = await world.run(["persist", "A-1"]);
		expect(persistedAgain).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("nothing to persist") });
		expect(await world.log(record)).toEqual(complete);

		const removed = await world.run(["worktree:teardown", "A-1"]);
		expect(removed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("removed") });
		expect(existsSync(worktree)).toBe(false);
		expect(await git(["rev-parse", "issue/A-1"])).toBe(tip);

		const whole = await world.run(["dev", "A-1"]);
		expect(whole).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("'dev A-1' is up to date.") });
		expect(model.requests).toHaveLength(asked);
	});

	test("worktree:teardown and persist where nothing has been done make nothing and ask nobody", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const before = await snapshot(world.repository, { everything: true });
		const teardown = await world.run(["worktree:teardown", "A-1"]);
		const persist = await world.run(["persist", "A-1"]);

		expect(teardown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("nothing to remove") });
		expect(persist).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("nothing to persist") });
		expect(await snapshot(world.repository, { everything: true })).toEqual(before);
		expect(world.model.requests).toEqual([]);
	});

	test("persist where somebody worked by hand and no phase ran commits nothing", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const { git } = world.repository;
		await world.run(["worktree:create", "A-1"]);
		const worktree = join(`${world.repository.path}.worktrees`, "A-1");
		await writeFile(join(worktree, "by-hand.txt"), "mine\n");
		const persist = await world.run(["persist", "A-1"]);

		expect(persist).toMatchObject({ exitCode: 1 });
		expect(persist.stderr).toContain(worktree);
		expect(await git(["status", "--porcelain"], worktree)).toBe("?? by-hand.txt");
		expect(await git(["rev-parse", "issue/A-1"])).toBe(await git(["rev-parse", "main"]));
		await follow(world, persist, /^ {2}Commit them yourself: (.+)$/m, ["-m", "by hand"]);
		const teardown = await world.run(["worktree:teardown", "A-1"]);
		expect(teardown).toMatchObject({ exitCode: 0 });
		expect(await git(["show", "issue/A-1:by-hand.txt"])).toBe("mine");
	});
});

describe("questions that start nothing", () => {
	test("discover shows every issue, of whatever milestone, or those of its target, as a table and as JSON", async () => {
		await using world = await createWorld([
			{ id: "A-1", priority: 2 },
			{ id: "B-1", milestone: "M2", state: "done", project: "q" },
			{ id: "C-1", milestone: null },
		]);
		await world.repository.write("docs/projects/p/issues/README.md", "No front matter, so no issue.\n");
		const before = await snapshot(world.repository, { everything: true });
		const table = await world.run(["discover"]);
		const json = await world.run(["discover", "--json"]);

		expect(table).toMatchObject({ exitCode: 0 });
		const [, ...rows] = table.stdout.trimEnd().split("\n");
		expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
			["A-1", "M1", "planned", "2", "docs/projects/p/issues/A-1.md", "Title of A-1"],
			["C-1", "-", "planned", "-", "docs/projects/p/issues/C-1.md", "Title of C-1"],
			["B-1", "M2", "done", "-", "docs/projects/q/issues/B-1.md", "Title of B-1"],
		]);
		expect(json).toMatchObject({ exitCode: 0 });
		const { issues, skipped } = JSON.parse(json.stdout);
		expect(issues.map(({ id }: { id: string }) => id)).toEqual(["A-1", "C-1", "B-1"]);
		expect(skipped).toEqual(["docs/projects/p/issues/README.md"]);
		for (const [args, ids] of [
			[["M1"], ["A-1"]],
			[["B-1"], ["B-1"]],
			[
				["--project", "p"],
				["A-1", "C-1"],
			],
		] as const) {
			const some = await world.run(["discover", ...args]);
			expect(some).toMatchObject({ exitCode: 0 });
			expect([...some.stdout.matchAll(/^[A-Z]-1/gm)].map(([id]) => id)).toEqual(ids);
		}
		const someJson = await world.run(["discover", "M2", "--json"]);
		expect(JSON.parse(someJson.stdout).issues).toMatchObject([{ id: "B-1" }]);
		const nothing = await world.run(["discover", "B-2"]);
		expect(nothing).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining('Did you mean "B-1"') });
		expect(await snapshot(world.repository, { everything: true })).toEqual(before);
	});

	test("without arguments, and with --list, the tasks and what each waits for", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const before = await snapshot(world.repository, { everything: true });
		const bare = await world.run([]);
		const list = await world.run(["-l"]);
		const json = await world.run(["--list", "--json"]);

		expect(bare).toMatchObject({ exitCode: 0, stderr: "" });
		expect(list).toEqual(bare);
		expect(bare.stdout).toMatch(/^phase:dev +issue +preflight:runner, worktree:create +\S/m);
		expect(bare.stdout).toMatch(
			/^worktree:teardown +issue +\(worktree:create\), \(phase:dev\), \(persist\), .*\(accept\) +\S/m,
		);
		expect(bare.stdout).toMatch(/^dev +phase:dev, persist, worktree:teardown, report +\S/m);
		const { tasks } = JSON.parse(json.stdout);
		expect(tasks).toContainEqual(
			expect.objectContaining({ name: "phase:dev", scope: "issue", needs: ["preflight:runner", "worktree:create"] }),
		);
		expect(await snapshot(world.repository, { everything: true })).toEqual(before);
		expect(world.model.requests).toEqual([]);
	});

	test("--help and --version, also outside of any repository", async () => {
		await using world = await createWorld([]);
		const cwd = world.repository.home;
		const help = await world.run(["--help"], { cwd });
		const version = await world.run(["--version"], { cwd });

		expect(help).toMatchObject({ exitCode: 0, stderr: "" });
		for (const option of ["-j, --jobs", "-n, --dry-run", "-B, --always-make", "-C, --directory", "--base", "ORCH_"]) {
			expect(help.stdout).toContain(option);
		}
		expect(version).toMatchObject({ exitCode: 0, stderr: "" });
		expect(version.stdout).toMatch(
			/^orchfile \d+\.\d+\.\d+\n@openai\/codex-sdk (\d+\.\d+\.\d+)\ncodex-cli \1 \(\/.+\)\ngit \d+\.\d+.*\nnode \d+/,
		);
		const missing = await world.run(["--version"], { cwd, env: { PATH: cwd, ORCH_CODEX: "nonesuch" } });
		expect(missing).toMatchObject({ exitCode: 0, stderr: "" });
		expect(missing.stdout).toMatch(/^codex: .*\/home\/nonesuch does not exist\.\ngit: git was not found .*\nnode \d+/m);
	});
});

describe("the issue's branch is there already", () => {
	test("based on the base: continued", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const { git } = world.repository;
		const earlier = await commitOn(world, "issue/A-1", "main", "earlier.txt", "begun by hand\n");
		const finished = await world.run(["dev", "A-1"]);

		expect(finished).toMatchObject({ exitCode: 0 });
		expect(await git(["rev-parse", "issue/A-1^"])).toBe(earlier);
		expect(await git(["diff", "--name-only", "main...issue/A-1"])).toBe("A-1.txt\nearlier.txt");
	});

	test("the base moved on after a failed attempt: merged, and the agent sees today's document", async () => {
		const texts: string[] = [];
		const script: Script = async function* (prompted) {
			texts.push(yield { kind: "run", command: `cat ${prompted.context.issueDocPath}; echo more >> work.txt` });
			yield { kind: "answer", text: JSON.stringify(devResult(prompted, texts.length > 1 ? {} : { status: "failed" })) };
		};
		await using world = await createWorld([{ id: "A-1", script }]);
		const { repository } = world;
		const { git } = repository;
		const failed = await world.run(["dev", "A-1"]);
		expect(failed).toMatchObject({ exitCode: 1 });
		const first = await git(["rev-parse", "issue/A-1"]);
		await repository.writeIssue({ id: "A-1", body: "Do it in blue." });
		await repository.commit("say which colour");
		const passed = await world.run(["dev", "A-1"]);

		expect(passed).toMatchObject({ exitCode: 0 });
		expect(texts[0]).not.toContain("blue");
		expect(texts[1]).toContain("Do it in blue.");
		const [merge, work] = (await git(["log", "--first-parent", "--format=%H", "-2", "issue/A-1"]))
			.split("\n")
			.reverse();
		expect(await git(["log", "-1", "--format=%P", `${merge}`])).toBe(`${first} ${await git(["rev-parse", "main"])}`);
		expect(await git(["show", `${work}:work.txt`])).toBe("more\nmore");
	});

	test("the base moved on and conflicts with it: refused with the files, and put aside it is begun anew", async () => {
		let attempts = 0;
		const script: Script = async function* (prompted) {
			yield { kind: "run", command: "echo '# By the agent' > README.md" };
			const status = ++attempts === 1 ? "failed" : "pass";
			yield { kind: "answer", text: JSON.stringify(devResult(prompted, { status })) };
		};
		await using world = await createWorld([{ id: "A-1", script }]);
		const { repository } = world;
		const { git } = repository;
		await world.run(["dev", "A-1"]);
		const tip = await git(["rev-parse", "issue/A-1"]);
		await repository.write("README.md", "# By a person\n");
		await repository.commit();
		const before = await snapshot(repository);
		const refused = await world.run(["dev", "A-1"]);

		expect(refused).toMatchObject({ exitCode: 1 });
		expect(refused.stdout).toMatch(/^A-1 +failed: base-conflicts /m);
		expect(refused.stderr).toMatch(/issue\/A-1 .*README\.md/);
		expect(await git(["rev-parse", "issue/A-1"])).toBe(tip);
		expect(await snapshot(repository)).toEqual(before);
		expect(existsSync(join(`${repository.path}.worktrees`, "A-1"))).toBe(false);
		expect(world.model.issuesSeen).toEqual(["A-1"]);

		await follow(world, refused, /put it aside: (.+)$/m);
		const passed = await world.run(["dev", "A-1"]);
		expect(passed).toMatchObject({ exitCode: 0 });
		expect(await git(["log", "--format=%s", "main..issue/A-1"])).toBe("A-1: Title of A-1");
	});

	test("somebody else's, checked out elsewhere: each refused, and passed once what is suggested was done", async () => {
		await using world = await createWorld([
			{ id: "FOREIGN", script: editAndPass },
			{ id: "ELSEWHERE", script: editAndPass },
		]);
		const { repository } = world;
		const { git } = repository;
		const foreign = await commitOn(world, "issue/FOREIGN", "main", "theirs.txt", "theirs\n");
		await repository.git(["commit", "-q", "--allow-empty", "-m", "main moves on"]);
		const elsewhere = join(repository.folder, "else where");
		await git(["worktree", "add", "-q", "-b", "issue/ELSEWHERE", elsewhere]);
		const before = await snapshot(repository, { everything: "but logs" });
		const refused = await world.run(["dev", "M1"]);

		expect(refused).toMatchObject({ exitCode: 1 });
		expect(refused.stdout).toMatch(/^FOREIGN +failed: branch-not-on-base /m);
		expect(refused.stdout).toMatch(/^ELSEWHERE +failed: branch-checked-out /m);
		expect(refused.stderr).toContain("issue/FOREIGN");
		expect(refused.stderr).toContain(elsewhere);
		expect(await git(["rev-parse", "issue/FOREIGN"])).toBe(foreign);
		expect(await snapshot(repository, { everything: "but logs" })).toEqual(before);
		expect(world.model.requests).toEqual([]);

		await follow(world, refused, /put it aside: (.+)$/m);
		await follow(world, refused, /Leave it there: (.+)$/m);
		const passed = await world.run(["dev", "M1"]);
		expect(passed).toMatchObject({ exitCode: 0 });
		expect(await git(["rev-parse", "old/issue/FOREIGN"])).toBe(foreign);
		expect(existsSync(elsewhere)).toBe(true);
	});

	test("somebody else's, brought up to date as suggested: continued", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const { git } = world.repository;
		await commitOn(world, "issue/A-1", "main", "theirs.txt", "theirs\n");
		await git(["commit", "-q", "--allow-empty", "-m", "main moves on"]);
		const refused = await world.run(["dev", "A-1"]);
		expect(refused).toMatchObject({ exitCode: 1 });
		await follow(world, refused, /Bring it up to date: (.+)$/m);
		const passed = await world.run(["dev", "A-1"]);

		expect(passed).toMatchObject({ exitCode: 0 });
		expect(await git(["symbolic-ref", "--short", "HEAD"])).toBe("main");
		expect(await git(["diff", "--name-only", "main...issue/A-1"])).toBe("A-1.txt\ntheirs.txt");
	});

	test("a branch named `issue` is in the way", async () => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const { repository } = world;
		await repository.git(["branch", "issue"]);
		const before = await snapshot(repository, { everything: "but logs" });
		const refused = await world.run(["dev", "A-1"]);
		expect(refused).toMatchObject({ exitCode: 1 });
		expect(refused.stdout).toMatch(/^A-1 +failed: branch-in-the-way /m);
		expect(await snapshot(repository, { everything: "but logs" })).toEqual(before);
		await follow(world, refused, /Rename that: (.+)$/m);
		const passed = await world.run(["dev", "A-1"]);
		expect(passed).toMatchObject({ exitCode: 0 });
	});
});

describe("the place of the worktree", () => {
	test("is taken by a file, a folder, a link: refused, untouched, and free once moved away as suggested", async () => {
		const ids = ["FILE", "FOLDER", "LINK"];
		await using world = await createWorld(ids.map((id) => ({ id, script: editAndPass })));
		const { repository } = world;
		const place = (id: string) => join(`${repository.path}.worktrees`, id);
		const target = join(repository.folder, "target of the link");
		await mkdir(place("FOLDER"), { recursive: true });
		await writeFile(place("FILE"), "mine\n");
		await writeFile(join(place("FOLDER"), "mine.txt"), "mine\n");
		await mkdir(target);
		await symlink(target, place("LINK"));
		const before = await snapshot(repository, { everything: "but logs" });
		const refused = await world.run(["dev", "M1"]);

		expect(refused).toMatchObject({ exitCode: 1 });
		for (const id of ids) {
			expect(refused.stdout).toMatch(new RegExp(`^${id} +failed: worktree-in-the-way `, "m"));
			expect(refused.stderr).toContain(place(id));
		}
		expect(await readFile(place("FILE"), "utf8")).toBe("mine\n");
		expect(await readdir(place("FOLDER"))).toEqual(["mine.txt"]);
		expect(await readlink(place("LINK"))).toBe(target);
		expect(await snapshot(repository, { everything: "but logs" })).toEqual(before);

		for (const id of ids) await follow(world, refused, new RegExp(`Move it away: (mv \\S+/${id} .+)$`, "m"));
		const passed = await world.run(["dev", "M1"]);
		expect(passed).toMatchObject({ exitCode: 0 });
		expect((await lstat(`${place("LINK")}.old`)).isSymbolicLink()).toBe(true);
		expect(await readdir(target)).toEqual([]);
	});

	test("is empty, since somebody deleted the worktree by hand", async () => {
		await using world = await createWorld([{ id: "A-1", script: runAndPass("cat README.md > A-1.txt") }]);
		const { repository } = world;
		const worktree = join(`${repository.path}.worktrees`, "A-1");
		await world.run(["worktree:create", "A-1"]);
		await rm(worktree, { recursive: true });
		const teardown = await world.run(["worktree:teardown", "A-1"]);
		expect(teardown).toMatchObject({ exitCode: 0 });
		const finished = await world.run(["dev", "A-1"]);

		expect(finished).toMatchObject({ exitCode: 0 });
		expect(await repository.git(["show", "issue/A-1:A-1.txt"])).toBe("# Test");
		expect((await repository.git(["worktree", "list", "--porcelain"])).match(/^worktree /gm)).toHaveLength(1);
	});
});

/** Types the command that a message suggests, in the repository. */
async function follow(
	{ repository }: World,
	{ stderr }: Finished,
	suggestion: RegExp,
	more: readonly string[] = [],
): Promise<void> {
	const command = suggestion.exec(stderr)?.[1];
	expect(command, `${suggestion} in:\n${stderr}`).toBeDefined();
	const env = { PATH: process.env.PATH, HOME: repository.home };
	await shell("bash", ["-c", `${command} "$@"`, "bash", ...more], { cwd: repository.path, env });
}

/** Makes a commit with one file on a branch, which may be new, without touching the checkout; returns the commit. */
async function commitOn(
	{ repository }: World,
	branch: string,
	from: string,
	file: string,
	text: string,
): Promise<string> {
	const folder = join(repository.folder, "by-hand");
	await repository.git(["worktree", "add", "-q", "-b", branch, folder, from]);
	await writeFile(join(folder, file), text);
	await repository.git(["add", "-A"], folder);
	await repository.git(["commit", "-q", "-m", `add ${file}`], folder);
	await repository.git(["worktree", "remove", folder]);
	return repository.git(["rev-parse", branch]);
}
