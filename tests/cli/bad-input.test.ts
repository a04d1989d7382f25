import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, chmod, cp, mkdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { footprint, refused, STACK_TRACE } from "../support/footprint.ts";
import { until } from "../support/observe.ts";
import { createRepository } from "../support/repository.ts";
import { editAndPass, gate, gated, runAndPass } from "../support/scripts.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld, type World } from "../support/world.ts";

const execFileAsync = promisify(execFile);

// What is refused makes nothing, so those who are refused can share a repository.
let shared: World;

beforeAll(async () => {
	shared = await createWorld([{ id: "CIV-1" }, { id: "CIV-2" }, { id: "WEB-7", milestone: "Launch" }]);
});

afterAll(() => shared[Symbol.asyncDispose]());

test.concurrent("a mistyped task", async () => {
	const message = await refused(shared, ["dve", "M1"]);
	expect(message).toContain('"dve"');
	expect(message).toMatch(/did you mean "dev"/i);
});

test.concurrent("a mistyped milestone", async () => {
	const message = await refused(shared, ["dev", "Lanuch"]);
	expect(message).toContain('"Lanuch"');
	expect(message).toMatch(/did you mean "Launch"/i);
});

test.concurrent("a mistyped issue", async () => {
	const message = await refused(shared, ["dev", "WBE-7"]);
	expect(message).toContain('"WBE-7"');
	expect(message).toMatch(/did you mean "WEB-7"/i);
});

test.concurrent("a mistyped --issue", async () => {
	const message = await refused(shared, ["dev", "M1", "--issue", "CVI-1"]);
	expect(message).toContain('"CVI-1"');
	expect(message).toMatch(/did you mean "CIV-1"/i);
});

test.concurrent("an --issue of another milestone", async () => {
	const message = await refused(shared, ["dev", "M1", "--issue", "WEB-7"]);
	expect(message).toContain("M1");
	expect(message).toContain('"WEB-7"');
});

test.concurrent("dev without a target", async () => {
	const message = await refused(shared, ["dev"]);
	expect(message).toMatch(/"dev".*target/);
	expect(message).toContain("M1");
});

test.concurrent("a mistyped option", async () => {
	const message = await refused(shared, ["dev", "M1", "--isue", "CIV-1"]);
	expect(message).toContain("--isue");
	expect(message).toMatch(/did you mean --issue/i);
});

test.concurrent("a bare -j", async () => {
	expect(await refused(shared, ["dev", "M1", "-j"])).toContain("--jobs");
});

test.concurrent("a -j that is no whole number from 1", async () => {
	const message = await refused(shared, ["dev", "M1", "-j", "1.5"]);
	expect(message).toContain("--jobs");
	expect(message).toContain("'1.5'");
	expect(message).toMatch(/whole number from 1/);
});

test.concurrent("-k together with -S", async () => {
	const message = await refused(shared, ["dev", "M1", "-k", "-S"]);
	expect(message).toContain("--keep-going");
	expect(message).toContain("--fail-fast");
});

test.concurrent("a --timeout without a unit", async () => {
	const message = await refused(shared, ["dev", "M1", "--timeout", "90"]);
	expect(message).toContain("--timeout");
	expect(message).toContain("90s");
});

test.concurrent("a variable with a value that its option would refuse", async () => {
	const message = await refused(shared, ["dev", "M1"], { env: { ORCH_JOBS: "many" } });
	expect(message).toContain("ORCH_JOBS");
	expect(message).toContain("'many'");
});

test.concurrent("a -C folder that does not exist", async () => {
	const message = await refused(shared, ["dev", "M1", "-C", "nowhere"]);
	expect(message).toContain(join(shared.repository.path, "nowhere"));
});

test.concurrent("a mistyped --base", async () => {
	const message = await refused(shared, ["dev", "M1", "--base", "mian"]);
	expect(message).toContain('"mian"');
	expect(message).toMatch(/did you mean "main"/i);
});

test.concurrent("a --base that would be an option of git", async () => {
	expect(await refused(shared, ["dev", "M1", "--base=--all"])).toContain('"--all"');
});

test.concurrent("with --json, the same as one document on standard output", async () => {
	for (const { args, problem } of [
		{ args: ["dev", "M1", "--base", "mian"], problem: { kind: "unknown-base", name: "mian", nearest: ["main"] } },
		{ args: ["dev", "M1", "--isue"], problem: { kind: "usage" } },
	]) {
		const { exitCode, stdout, stderr } = await shared.run([...args, "--json"]);
		expect(exitCode).toBe(2);
		const what = expect.stringMatching(/./);
		expect(JSON.parse(stdout)).toEqual({ exitCode: 2, problems: [expect.objectContaining({ ...problem, what })] });
		expect(stderr).not.toMatch(STACK_TRACE);
	}
});

test.concurrent("with ORCH_JSON instead of --json, the same document", async () => {
	const { exitCode, stdout } = await shared.run(["dev", "Lanuch"], { env: { ORCH_JSON: "1" } });
	expect(exitCode).toBe(2);
	expect(stdout).not.toBe("");
	expect(JSON.parse(stdout)).toMatchObject({ exitCode: 2, problems: [{ kind: "unknown-target", name: "Lanuch" }] });
});

test.concurrent("a folder that is in no git repository", async () => {
	await using world = await createWorld([]);
	const plain = join(world.repository.folder, "plain");
	await mkdir(plain);
	const message = await refused(world, ["dev", "M1"], { cwd: plain });
	expect(message).toContain(plain);
	expect(message).toMatch(/not in a git repository/);
	expect(message).toContain("-C DIR");
});

test.concurrent("a repository without a commit", async () => {
	await using world = await createWorld([]);
	const path = join(world.repository.folder, "empty");
	await world.repository.git(["init", "-q", path]);
	const message = await refused(world, ["dev", "M1"], { cwd: path });
	expect(message).toContain(path);
	expect(message).toMatch(/no commit/);
	expect(message).toContain("git commit");
});

test.concurrent("a bare repository", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const bare = join(world.repository.folder, "bare.git");
	await world.repository.git(["clone", "-q", "--bare", world.repository.path, bare]);
	const message = await refused(world, ["dev", "M1"], { cwd: bare });
	expect(message).toContain(bare);
	expect(message).toMatch(/bare repository/);
	expect(message).toContain(`git clone ${bare}`);
});

test.concurrent("a detached HEAD, which --base makes up for", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await world.repository.git(["switch", "-q", "--detach"]);
	const message = await refused(world, ["dev", "M1"]);
	expect(message).toMatch(/HEAD is detached/);
	expect(message).toContain("--base");

	const { exitCode, stderr } = await world.run(["dev", "M1", "--base", "main"]);
	expect(exitCode, stderr).toBe(0);
	expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
});

test.concurrent("a repository without issue documents", async () => {
	await using world = await createWorld([]);
	const message = await refused(world, ["dev", "M1"]);
	expect(message).toContain(join(world.repository.path, "docs/projects"));
});

test.concurrent("everything that is wrong in the project's front matter, in one report", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const issue = (name: string, text: string) => world.repository.write(`docs/projects/p/issues/${name}.md`, text);
	await issue("unclosed-list", "---\nid: B-1\ntitle: [one, two\nproject: p\n---\n");
	await issue("no-title", "---\nid: B-2\nproject: p\nmilestone: M1\n---\n");
	await issue(
		"wrong-types",
		"---\nid: B-3\ntitle: x\nproject: p\nmilestone: M1\npriority: strange\nlabels: 1.5\n---\n",
	);
	await issue("unclosed-block", "---\nid: B-4\ntitle: x\nproject: p\n");
	await issue("key-twice", "---\nid: B-5\ntitle: x\nproject: p\ntitle: y\n---\n");
	await world.repository.commit();
	const message = await refused(world, ["dev", "M1"]);
	const lines = message.trimEnd().split("\n");
	const at = (name: string) => `docs/projects/p/issues/${name}.md:`;
	expect(lines.map((line) => line.replace(/:(\d+): .*/s, ":$1"))).toEqual([
		`${at("key-twice")}5`,
		`${at("no-title")}1`,
		`${at("unclosed-block")}1`,
		expect.stringMatching(new RegExp(`^${at("unclosed-list")}[34]$`)),
		`${at("wrong-types")}6`,
		`${at("wrong-types")}7`,
	]);
	for (const line of lines) expect(line).toMatch(/: .+; expected .+/);
	expect(lines[1]).toContain("title");
	expect(lines[4]).toContain("priority");
	expect(lines[5]).toContain("labels");
});

test.concurrent("a broken document of another project, which is only worth a warning", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await world.repository.write("docs/projects/q/issues/Q-1.md", "---\nid: Q-1\ntitle: [one\nproject: q\n---\n");
	await world.repository.commit();
	const { exitCode, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	expect(stderr).toContain("1 fault in documents that this run does not rest on.");
	expect(commandsIn(stderr, "To see what is wrong: ")).toHaveLength(1);
	expect((await world.run(["check"])).stdout).toContain("docs/projects/q/issues/Q-1.md:");
	expect(world.model.issuesSeen).toEqual(["A-1"]);
});

test.concurrent("an id that stands in two documents", async () => {
	await using world = await createWorld([{ id: "A-1" }, { id: "A-2" }]);
	const twice = (await world.repository.read("docs/projects/p/issues/A-1.md")).replace("Title of", "Another");
	await world.repository.write("docs/projects/p/issues/later/copy.md", twice);
	await world.repository.commit();
	for (const target of ["M1", "A-1"]) {
		const message = await refused(world, ["dev", target]);
		expect(message).toContain("A-1");
		expect(message).toContain("docs/projects/p/issues/A-1.md");
		expect(message).toContain("docs/projects/p/issues/later/copy.md");
	}
});

test.concurrent("ids that differ by case only", async () => {
	await using world = await createWorld([{ id: "Fix-login" }]);
	const other = "---\nid: FIX-Login\ntitle: x\nproject: p\nmilestone: M1\n---\n";
	await world.repository.write("docs/projects/p/issues/other.md", other);
	await world.repository.commit();
	const message = await refused(world, ["dev", "M1"]);
	expect(message).toContain("docs/projects/p/issues/Fix-login.md");
	expect(message).toContain("docs/projects/p/issues/other.md");
	expect(message).toMatch(/\bcase\b/);
	// Whoever reads it searches for the id as it is spelt in each of them.
	expect(message).toContain("FIX-Login");
});

test.concurrent("ids that could be no folder or no branch", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const ids = ["../x", "a b", '"-x"', "x.lock", "n".repeat(300), "1e7"];
	for (const [at, id] of ids.entries()) {
		const text = `---\ntitle: x\nid: ${id}\nproject: p\nmilestone: M1\n---\n`;
		await world.repository.write(`docs/projects/p/issues/bad-${at}.md`, text);
	}
	await world.repository.commit();
	const message = await refused(world, ["dev", "M1"]);
	const lines = message.trimEnd().split("\n");
	expect(lines).toHaveLength(ids.length);
	for (const at of ids.keys()) expect(lines[at]).toContain(`docs/projects/p/issues/bad-${at}.md:3: id: `);
	for (const shown of ["../x", "a b", "-x", "x.lock"]) expect(message).toContain(JSON.stringify(shown));
	expect(lines[4]?.length).toBeLessThan(300);
	expect(lines[5]).toMatch(/quote it/);
});

test.concurrent("front matter in a language that would be run", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const canary = join(world.repository.folder, "canary");
	const code = `(require("node:fs").writeFileSync(${JSON.stringify(canary)}, ""), { id: "B-1" })`;
	for (const language of ["js", "javascript", "coffee"]) {
		await world.repository.write(`docs/projects/p/issues/${language}.md`, `---${language}\n${code}\n---\n`);
	}
	await world.repository.commit();
	// As gray-matter reads it by default, the first of them would do it.
	await execFileAsync(process.execPath, ["-e", code]);
	expect(existsSync(canary)).toBe(true);
	await rm(canary);

	const message = await refused(world, ["dev", "M1"]);
	for (const language of ["js", "javascript", "coffee"]) {
		expect(message).toMatch(new RegExp(`docs/projects/p/issues/${language}\\.md:1: .*"${language}"`));
	}
	expect(existsSync(canary)).toBe(false);
});

test.concurrent("a blocker that does not exist", async () => {
	await using world = await createWorld([{ id: "CIV-1" }, { id: "CIV-2", blocked_by: ["CVI-1"] }]);
	const message = await refused(world, ["dev", "M1"]);
	expect(message).toContain("docs/projects/p/issues/CIV-2.md");
	expect(message).toContain("CVI-1");
	expect(message).toMatch(/did you mean "CIV-1"/i);
});

test.concurrent("issues that wait for each other", async () => {
	await using world = await createWorld([
		{ id: "A-1" },
		{ id: "A-2", blocked_by: ["A-3"] },
		{ id: "A-3", blocked_by: ["A-2"] },
	]);
	const message = await refused(world, ["dev", "M1"]);
	expect(message).toContain("docs/projects/p/issues/A-2.md");
	expect(message).toContain("docs/projects/p/issues/A-3.md");
	expect(message).not.toContain("A-1");
	expect(message).toContain("blocked_by");
});

test.concurrent("a milestone of two projects, until --project says which", async () => {
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "Q-1", project: "q" },
	]);
	const message = await refused(world, ["dev", "M1"]);
	expect(message).toContain("M1");
	expect(message).toContain("p, q");
	expect(message).toContain("--project p");

	const { exitCode, stderr } = await world.run(["dev", "M1", "--project", "p"]);
	expect(exitCode, stderr).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A-1"]);
});

test.concurrent("an issue document that is not committed, until it is as the message says", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { repository } = world;
	await repository.git(["rm", "-q", "--cached", "docs/projects/p/issues/A-1.md"]);
	await repository.git(["commit", "-q", "-m", "Without it"]);
	await repository.write("scratch.txt", "not to be committed along\n");
	const message = await refused(world, ["dev", "M1"]);
	expect(message).toContain("docs/projects/p/issues/A-1.md");
	expect(message).toContain("main");

	await follow(world, message);
	expect(await repository.git(["status", "--porcelain"])).toBe("?? scratch.txt");
	const { exitCode, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
});

test.concurrent("an issue document that was changed, until the change is committed as the message says", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { repository } = world;
	const document = "docs/projects/p/issues/A-1.md";
	await appendFile(join(repository.path, document), "And that as well.\n");
	await repository.write("staged.txt", "not to be committed along\n");
	await repository.git(["add", "staged.txt"]);
	const message = await refused(world, ["dev", "M1"]);
	expect(message).toContain(document);
	expect(message).toMatch(/differs/);

	await follow(world, message);
	expect(await repository.git(["status", "--porcelain"])).toBe("A  staged.txt");
	const { exitCode, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await repository.git(["show", `issue/A-1:${document}`])).toContain("And that as well.");
});

test.concurrent("an issue document that only the checked-out branch has, until --base names that branch", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { repository } = world;
	await repository.git(["branch", "release", "HEAD"]);
	await repository.git(["switch", "-q", "-c", "feature"]);
	await repository.writeIssue({ id: "A-1", title: "Changed here only" });
	await repository.commit();
	const message = await refused(world, ["dev", "M1", "--base", "release"]);
	expect(message).toContain("docs/projects/p/issues/A-1.md");
	expect(message).toContain("release");
	expect(message).toContain("--base feature");

	const { exitCode, stderr } = await world.run(["dev", "M1", "--base", "feature"]);
	expect(exitCode, stderr).toBe(0);
});

test.concurrent("no git identity, until the two commands of the message are typed", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const home = join(world.repository.folder, "new-home");
	await mkdir(home);
	const env = { HOME: home };
	const message = await refused(world, ["dev", "M1"], { env });
	const commands = commandsIn(message, "git config --global user.");
	expect(commands).toHaveLength(2);

	for (const command of commands) expect(await typed(world, command, { env })).toMatchObject({ exitCode: 0 });
	const { exitCode, stderr } = await world.run(["dev", "M1"], { env });
	expect(exitCode, stderr).toBe(0);
	expect(await world.repository.git(["log", "-1", "--format=%ae", "issue/A-1"])).toBe("you@example.com");
});

test.concurrent("no credentials for Codex", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	await writeFile(join(world.codexHome, "config.toml"), "");
	const message = await refused(world, ["dev", "M1"], { env: offline });
	expect(message).toMatch(/credentials/);
	expect(message).toContain("codex login");
});

test.concurrent("a broken config.toml of Codex", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const file = join(world.codexHome, "config.toml");
	await writeFile(file, 'model_provider = "scripted"\nmodel = [\n');
	const message = await refused(world, ["dev", "M1"], { env: offline });
	expect(message).toMatch(/config/);
	expect(message).toContain(file);
});

test.concurrent("less room on the disks than --min-free asks for", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const message = await refused(world, ["dev", "M1", "--min-free", "900000G"]);
	expect(message).toContain(`${world.repository.path}/.git is on a disk with `);
	expect(message).toContain("Wanted are 900000.0G.");
	expect(message).toContain("--min-free 50M");
	expect(await world.run(["dev", "M1", "--min-free", "0"])).toMatchObject({ exitCode: 0 });
});

test.concurrent("git missing from PATH", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const bin = join(world.repository.folder, "bin");
	await mkdir(bin);
	const message = await refused(world, ["dev", "M1"], { env: { PATH: bin } });
	expect(message).toMatch(/git was not found/);
	expect(message).toContain("PATH");
});

test.concurrent("a git that is too old", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const bin = join(world.repository.folder, "bin");
	const { stdout } = await execFileAsync("sh", ["-c", "command -v git"]);
	await program(
		join(bin, "git"),
		`case "$*" in *version) echo git version 2.38.9;; *) exec ${stdout.trim()} "$@";; esac`,
	);
	const message = await refused(world, ["dev", "M1"], { env: { PATH: `${bin}:${process.env.PATH}` } });
	expect(message).toMatch(/^git is 2\.38\.9; 2\.39 or later is needed\.\n {2}Update git\.\n$/);
});

test.concurrent("a Codex that is not installed", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	const folder = join(world.repository.folder, "program");
	// This program as it is, but without the package that brings the binary for this platform.
	const bundle = dirname(process.env.ORCHFILE_BUNDLE ?? "");
	const isCode = (path: string) => path === bundle || !["node_modules", "prompts", "skills"].includes(basename(path));
	await cp(bundle, folder, { recursive: true, filter: isCode });
	for (const name of ["listr2", "@openai/codex-sdk", "@openai/codex"]) {
		await cp(await realpath(join(bundle, "node_modules", name)), join(folder, "node_modules", name), {
			recursive: true,
		});
	}
	await symlink(join(bundle, "prompts"), join(folder, "prompts"));
	await symlink(join(bundle, "skills"), join(folder, "skills"));
	const settings = { orchfile: join(folder, "orchfile.js"), withoutTsx: true };
	const message = await refused(world, ["dev", "M1"], settings);
	expect(message).toMatch(/^The agent can't run .*not installed\.\n {2}Type: npm install\n$/);
});

test.concurrent("a system that gives the agent no sandbox", async ({ skip }) => {
	await using world = await createWorld([{ id: "A-1" }]);
	const node = join(world.repository.folder, "bin/node");
	const none = ["user", "mnt"].map((each) => `echo 0 > /proc/sys/user/max_${each}_namespaces`).join("; ");
	await program(node, `exec unshare --user --map-root-user sh -c '${none}; exec "$0" "$@"' '${process.execPath}' "$@"`);
	const works = await execFileAsync(node, ["--version"]).then(
		() => true,
		() => false,
	);
	skip(!works, "namespaces can't be taken away here");
	const message = await refused(world, ["dev", "M1"], { node });
	expect(message).toMatch(
		/^The agent can't run \(sandbox\): .*namespace.*\n {2}To see it fail: \S+\/codex sandbox -- true\n {2}Codex's sandbox needs user namespaces\. .*\n {2}--cap-add SYS_ADMIN .*\n {2}On the machine itself: sudo sysctl .*\n$/,
	);
});

test.concurrent("a PATH that begins with `.`, and a git of their own in the repository", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const canary = join(world.repository.folder, "canary");
	for (const program of ["git", "bash", "tools/git"]) {
		await world.repository.write(program, `#!/bin/sh\ntouch '${canary}'\n`);
		await chmod(join(world.repository.path, program), 0o755);
	}
	await execFileAsync(join(world.repository.path, "git"));
	expect(existsSync(canary)).toBe(true);
	await rm(canary);
	await world.repository.commit();

	const { exitCode, stderr } = await world.run(["dev", "M1"], { env: { PATH: `.:tools::${process.env.PATH}` } });
	expect(exitCode, stderr).toBe(0);
	expect(existsSync(canary)).toBe(false);
	expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
});

test.concurrent("git's variables pointing to another repository, as in one of its hooks", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await using other = await createRepository([{ id: "A-1" }]);
	const gitDir = join(other.path, ".git");
	const state = async () => ({
		refs: await other.git(["for-each-ref"]),
		worktrees: await other.git(["worktree", "list"]),
		index: await readFile(join(gitDir, "index")),
	});
	const before = await state();
	const { exitCode, stderr } = await world.run(["dev", "M1"], {
		env: {
			GIT_DIR: gitDir,
			GIT_INDEX_FILE: join(gitDir, "index"),
			GIT_WORK_TREE: other.path,
			GIT_PREFIX: "docs/",
			GIT_AUTHOR_NAME: "Somebody Else",
			GIT_AUTHOR_EMAIL: "else@example.com",
			GIT_AUTHOR_DATE: "2001-01-01T00:00:00Z",
			GIT_CONFIG_COUNT: "1",
			GIT_CONFIG_KEY_0: "core.bare",
			GIT_CONFIG_VALUE_0: "true",
		},
	});
	expect(exitCode, stderr).toBe(0);
	expect(await world.repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
	expect(await world.repository.git(["log", "-1", "--format=%an <%ae>", "issue/A-1"])).toBe("Test <test@example.com>");
	expect(await world.repository.git(["log", "-1", "--format=%ad", "issue/A-1"])).not.toContain("2001");
	expect(await state()).toEqual(before);
});

test.concurrent("filters and merge drivers that are files of the repository, until they are taken out as the message says", async () => {
	const script = runAndPass("echo '*.txt filter=harmless' > .gitattributes; echo text > file.txt");
	await using world = await createWorld([{ id: "A-1", script }]);
	const { repository } = world;
	const { git } = repository;
	const canary = join(repository.folder, "canary");
	await repository.write("scripts/fmt.sh", `#!/bin/sh\ntouch '${canary}'\ncat\n`);
	await chmod(join(repository.path, "scripts/fmt.sh"), 0o755);
	await repository.commit();
	const bad = {
		"filter.a b.clean": "./scripts/fmt.sh %f",
		"filter.c.smudge": "sh scripts/fmt.sh",
		"filter.d.process": "tools/not-there-yet --process",
		"merge.e.driver": "sh -c 'scripts/fmt.sh %O %A'",
		"filter.f.clean": "npx prettier --stdin-filepath %f",
	};
	for (const [key, command] of Object.entries(bad)) await git(["config", key, command]);
	await git(["config", "--global", "filter.of-the-user.clean", "../scripts/fmt.sh"]);
	// As with Git LFS, whose words are folders in many a repository.
	await repository.write("clean/x", "");
	await git(["config", "filter.harmless.clean", "sed -e s/text/changed/ -e s/clean/clean/"]);
	await git(["config", "filter.lfs.process", "git-lfs clean"]);
	await git(["config", "filter.harmless.smudge", "/bin/cat"]);
	const message = await refused(world, ["dev", "M1"]);
	for (const key of [...Object.keys(bad), "filter.of-the-user.clean"]) expect(message).toContain(`${key} `);
	expect(message).not.toContain("harmless");
	expect(message).not.toContain("\0");

	const commands = commandsIn(message, "git config ");
	expect(commands).toHaveLength(6);
	for (const command of commands) expect(await typed(world, command), command).toMatchObject({ exitCode: 0 });
	const { exitCode, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode, stderr).toBe(0);
	expect(await git(["show", "issue/A-1:file.txt"])).toBe("changed");
	expect(existsSync(canary)).toBe(false);
});

test.concurrent("a document deleted from the checkout while an issue before it runs", async () => {
	const held = gate();
	await using world = await createWorld([
		{ id: "A-1", script: gated(editAndPass, held) },
		{ id: "A-2", script: editAndPass },
	]);
	const running = world.start(["dev", "M1"]);
	await Promise.race([held.reached, until(running, () => false)]);
	await rm(join(world.repository.path, "docs/projects/p/issues/A-2.md"));
	held.release();
	const { exitCode, stderr } = await running.finished;
	expect(exitCode, stderr).toBe(0);
	expect(await world.repository.git(["show", "issue/A-2:A-2.txt"])).toBe("written for A-2");
});

test.concurrent("a prompt of the repository that has no line for the answer", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await world.repository.write("prompts/dev-auto-parallel.md", "# Phase: dev\n\nDo it.\n");
	await world.repository.commit();
	const { exitCode, stderr } = await world.run(["dev", "M1"]);
	expect(exitCode).toBeGreaterThan(0);
	expect(world.model.requests).toEqual([]);
	expect(stderr).toContain("{{answer}}");
	expect(stderr).toContain("prompts/dev-auto-parallel.md");
	expect(stderr).not.toMatch(STACK_TRACE);
	expect((await footprint(world)).filter((path) => path.startsWith("repo.worktrees"))).toEqual([]);
});

/** Keeps Codex from asking OpenAI when a test takes its provider away: nothing listens there. */
const offline = { HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };

/** Writes a shell script as a program. */
async function program(path: string, script: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, `#!/bin/sh\n${script}\n`);
	await chmod(path, 0o755);
}

/** Types the commands that a message gives. */
async function follow(world: World, message: string): Promise<void> {
	const commands = commandsIn(message, "git add ");
	expect(commands).not.toEqual([]);
	for (const command of commands) expect(await typed(world, command)).toMatchObject({ exitCode: 0 });
}
