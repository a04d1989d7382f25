import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { isAtLeast } from "../tasks/contract/version.ts";
import { codexBinary } from "../tasks/runner/codex/package.ts";
import { THIS_RUN } from "../tasks/system/this-run.ts";
import { verifyWritable } from "../tasks/system/writable.ts";
import { STACK_TRACE } from "./support/footprint.ts";
import { createRepository } from "./support/repository.ts";
import { mountSmallDisk, noSmallDisk } from "./support/small-disk.ts";
import { snapshot } from "./support/snapshot.ts";
import { ownTemporaryFolder } from "./support/temporary.ts";
import { noTerminal, openTerminal } from "./support/terminal.ts";
import { commandsIn, typed } from "./support/typed.ts";
import { createWorld, type RunSettings, type World } from "./support/world.ts";

const CHECKS = [
	"node",
	"git",
	"identity",
	"codex",
	"credentials",
	"provider",
	"sandbox",
	"confinement",
	"repository",
	"settings",
	"base",
	"checkout",
	"backlog",
	"prompts",
	"places",
	"worktrees",
	"filters",
	"logs",
	"disk",
	"leftovers",
];
/** What can't be looked at without a repository. */
const OF_REPOSITORY = CHECKS.slice(CHECKS.indexOf("settings"));
const DEAD = 2 ** 22 + 1;

test.concurrent("a repository in which a run can start: every line is good, and nothing is changed or left", async () => {
	await using world = await worldInOrder();
	const { repository, codexHome } = world;
	const env = await ownTemporaryFolder(world);
	const configuration = await readFile(join(codexHome, "config.toml"), "utf8");
	const before = await snapshot(repository, { everything: true });
	const { exitCode, stdout, stderr } = await world.run(["doctor"], { env });
	expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: "" });
	const lines = stdout.trimEnd().split("\n");
	expect(lines.slice(0, CHECKS.length).map((line) => /^ok {7}(\S+) +\S/.exec(line)?.[1])).toEqual(CHECKS);
	expect(lines.slice(CHECKS.length)).toEqual(["", "Nothing would stop a run."]);
	expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
	expect(stdout).toContain("(20.19 or later is needed)");
	expect(stdout).toContain("commits are made by Test <test@example.com>\n");
	expect(await snapshot(repository, { everything: true })).toEqual(before);
	expect(await readdir(env.TMPDIR ?? "")).toEqual([]);
	expect(await readFile(join(codexHome, "config.toml"), "utf8")).toBe(configuration);
	expect(world.model.requests).toEqual([]);
});

test.concurrent("what stops no run is a warning, and an issue by itself is asked about by itself", async () => {
	await using world = await worldInOrder();
	const { repository } = world;
	await repository.writeIssue({ id: "B", milestone: "M1", blocked_by: ["A"], children: ["NOBODY"] });
	await repository.writeIssue({ id: "H", milestone: "M1", state: "in-review" });
	await repository.writeIssue({ id: "W", milestone: "M1", blocked_by: ["H"] });
	await repository.writeIssue({ id: "X", milestone: "M1", blocked_by: ["B", "W"] });
	await repository.commit();
	await repository.writeIssue({ id: "C", milestone: null });
	await repository.write(".git/planted", JSON.stringify({ ...THIS_RUN, pid: DEAD }));
	const blob = await repository.git(["hash-object", "-w", ".git/planted"]);
	await repository.git(["update-ref", "refs/orch/lock/A", blob]);
	await repository.git(["worktree", "add", "-q", "-b", "issue/A", join(repository.folder, "repo.worktrees/A")]);
	await promisify(execFile)("rm", ["-r", join(repository.folder, "repo.worktrees/A")]);
	// A doctor that was killed can't remove its own try-out.
	const killed = `orchfile-${DEAD}-1-${THIS_RUN.pidNamespace?.replace(/\D/g, "") ?? ""}-${THIS_RUN.nonce}-abcdef`;
	await mkdir(join(repository.folder, "repo.worktrees", killed));
	const other = await wrapCodex(
		world,
		"other",
		'if [ "$1" = doctor ]; then "$REAL" "$@" | sed s/0.163.0/0.1.2/; exit; fi',
	);

	const settings = { env: { ORCH_CODEX: other } };
	const first = await world.run(["doctor", "M1"], settings);
	expect(first.exitCode, first.stdout).toBe(0);
	const line = (check: string, text: string) =>
		expect(first.stdout).toMatch(new RegExp(`^warning  ${check} +${text}`, "m"));
	line("codex", `0\\.1\\.2, ${other} \\(tested is 0\\.163\\.0\\)\n +.*--codex`);
	line("checkout", "1 path not committed, .*: docs/projects/p/issues/C\\.md\n +To see them: git status --short\n");
	line(
		"backlog",
		"5 issues, 2 to run, 2 waiting for what is held back, 1 held back; 0 errors and 1 warning that stop no run\n +To see them: npx tsx \\S+ check M1\n",
	);
	line(
		"leftovers",
		`.*the lock of A \\(process ${DEAD} .*\\), a worktree without its folder .*\n +To see them all: .* clean\n`,
	);
	expect(first.stdout.trimEnd().split("\n").at(-1)).toBe("Nothing would stop a run. There are 4 warnings.");
	expect(existsSync(join(repository.folder, "repo.worktrees", killed))).toBe(false);

	await repository.write(".git/info/exclude", "C.md\n");
	const { exitCode, checks } = await asJson(world, ["doctor", "C"]);
	expect(exitCode).toBe(2);
	expect(checks.backlog).toMatchObject({
		status: "error",
		problems: [{ kind: "document-not-committed", file: "docs/projects/p/issues/C.md", isIgnored: true }],
	});
	const [remedy = ""] = commandsIn(checks.backlog?.problems?.[0]?.remedy ?? "", "git add ");
	expect(await typed(world, remedy)).toMatchObject({ exitCode: 0 });
	expect((await asJson(world, ["doctor", "C"])).checks.backlog).toMatchObject({ status: "ok", issues: 1, toRun: 1 });
});

test.concurrent("everything that would stop a run, at once, each with what to type", async () => {
	await using world = await worldInOrder();
	const { repository, codexHome } = world;
	const home = join(repository.folder, "new-home");
	await mkdir(home);
	await writeFile(join(codexHome, "config.toml"), "");
	await repository.write("docs/projects/p/issues/broken.md", "---\nid: 7.5\ntitle: t\nproject: p\n---\n");
	await repository.write("prompts/dev-auto-parallel.md", "# Do it\n");
	await repository.write("logs", "a file where a folder should be\n");
	await repository.write("../repo.worktrees", "another\n");
	await repository.commit();
	await repository.git(["config", "filter.mine.clean", "./format.sh"]);
	await repository.git(["switch", "-q", "--detach"]);
	const offline = { HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
	const settings = { env: { ...offline, HOME: home } };
	const before = await snapshot(repository, { everything: true });
	const [{ exitCode, checks }, told] = await Promise.all([
		asJson(world, ["doctor", "--min-free", "900000G"], settings),
		world.run(["doctor", "--min-free", "900000G"], settings),
	]);

	expect({ json: exitCode, text: told.exitCode, stderr: told.stderr }).toEqual({ json: 2, text: 2, stderr: "" });
	const bad = {
		identity: "no-identity",
		credentials: "runner-unavailable",
		settings: "relative-filter",
		base: "detached-head",
		backlog: "document-invalid",
		prompts: "prompt-invalid",
		worktrees: "folder-unwritable",
		logs: "folder-unwritable",
		disk: "disk-low",
	};
	for (const [check, kind] of Object.entries(bad)) {
		expect(checks[check], check).toMatchObject({ status: "error", problems: [{ kind, what: expect.any(String) }] });
		expect(told.stdout).toMatch(new RegExp(`^error    ${check} +\\S`, "m"));
	}
	expect(checks.provider).toEqual({ check: "provider", status: "skipped", needs: "credentials" });
	expect(checks.places).toEqual({ check: "places", status: "skipped", needs: "backlog" });
	for (const check of ["node", "git", "codex", "sandbox", "repository", "checkout", "leftovers"])
		expect(checks[check], check).toMatchObject({ status: "ok" });
	for (const remedy of [
		"git config --global user.email",
		"codex login",
		"--base BRANCH",
		"--unset-all",
		"ls -ld",
		"{{answer}}",
	])
		expect(told.stdout).toContain(remedy);
	expect(told.stdout).toContain("docs/projects/p/issues/broken.md:2: id: 7.5; expected a string; quote it.");
	expect(told.stdout.trimEnd().split("\n").at(-1)).toBe(
		`A run would be stopped by: ${CHECKS.filter((check) => check in bad).join(", ")}.`,
	);
	expect(await snapshot(repository, { everything: true })).toEqual(before);
});

test.concurrent("without a repository, without git, without Codex, the rest is looked at all the same", async () => {
	await using world = await worldInOrder();
	const { repository } = world;
	const bin = join(repository.folder, "bin");
	const { stdout: git } = await promisify(execFile)("sh", ["-c", "command -v git"]);
	await program(join(bin, "git"), `case "$*" in *version) echo git version 2.38.9;; *) exec ${git.trim()} "$@";; esac`);
	const nowhere = join(repository.folder, "nowhere");
	const [outside, tooOld, neither] = await Promise.all([
		asJson(world, ["doctor"], { cwd: repository.home }),
		asJson(world, ["doctor"], { env: { PATH: `${bin}:${process.env.PATH}` } }),
		asJson(world, ["doctor", "--codex", nowhere], { env: { PATH: nowhere } }),
	]);
	const skipped = (needs: string) => (check: string) => [check, expect.objectContaining({ status: "skipped", needs })];
	const ok = (check: string) => [check, expect.objectContaining({ status: "ok" })];
	const error = (kind: string) =>
		expect.objectContaining({ status: "error", problems: [expect.objectContaining({ kind })] });

	expect(outside.exitCode).toBe(2);
	expect(outside.checks).toEqual({
		...Object.fromEntries(CHECKS.map(ok)),
		repository: error("not-a-repository"),
		...Object.fromEntries(OF_REPOSITORY.map(skipped("repository"))),
		places: expect.objectContaining({ status: "skipped", needs: "backlog" }),
	});
	expect(tooOld.exitCode).toBe(2);
	expect(tooOld.checks).toEqual({
		...Object.fromEntries(CHECKS.map(ok)),
		...Object.fromEntries(OF_REPOSITORY.map(skipped("repository"))),
		git: error("git-too-old"),
		...Object.fromEntries(["identity", "repository"].map(skipped("git"))),
		places: expect.objectContaining({ status: "skipped", needs: "backlog" }),
	});
	expect(neither.exitCode).toBe(2);
	expect(neither.checks.node).toMatchObject({ status: "ok" });
	expect(neither.checks.git).toEqual(error("program-missing"));
	expect(neither.checks.codex).toEqual(error("runner-unavailable"));
	for (const check of ["credentials", "provider", "sandbox", "places"])
		expect(neither.checks[check]).toMatchObject({ status: "skipped", needs: "codex" });
});

test.concurrent("a sandbox that lets something through is told with what, and nothing of it stays", async () => {
	await using world = await worldInOrder();
	const { repository } = world;
	const env = await ownTemporaryFolder(world);
	// The real sandbox, with another profile than it was asked for.
	const cases = [
		[
			'":workspace_roots"',
			`"${repository.path}/.git"="write",":workspace_roots"`,
			`${repository.path}/.git can be written`,
		],
		['":workspace_roots"', `"${env.TMPDIR}"="write",":workspace_roots"`, "/outside, which is outside, can be written"],
		['"write"', '"read"', "/inside, which is inside, can't be written"],
	] as const;
	const programs = await Promise.all(
		cases.map(([asked, given], at) => wrapCodex(world, `codex-${at}`, `set -- "\${@//'${asked}'/'${given}'}"`)),
	);
	const before = await snapshot(repository, { everything: true });
	const results = await Promise.all(programs.map((codex) => asJson(world, ["doctor", "--codex", codex], { env })));
	for (const [at, { exitCode, checks }] of results.entries()) {
		expect(exitCode).toBe(2);
		expect(checks.sandbox).toMatchObject({
			status: "error",
			problems: [{ kind: "runner-unavailable", check: "sandbox" }],
		});
		expect(checks.sandbox?.problems?.[0]?.what).toMatch(new RegExp(`${cases[at]?.[2]}\\.$`));
	}
	expect(await readdir(env.TMPDIR ?? "")).toEqual([]);
	expect(await snapshot(repository, { everything: true })).toEqual(before);
});

test.skipIf(noSmallDisk)("less room than is wanted where Codex writes, which is on a disk of its own", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	using _disk = mountSmallDisk(world.codexHome);
	const said = `${world.codexHome} is on a disk with`;
	expect((await world.run(["doctor", "--min-free", "8M"])).stdout).toContain(said);
	const { exitCode, stderr } = await world.run(["dev", "A-1", "--min-free", "8M"]);
	expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(said) });
	expect(world.model.requests).toEqual([]);
});

test.skipIf(noSmallDisk)("worktrees that don't fit on their disk together, until fewer are asked for", async () => {
	await using world = await worldInOrder();
	const { repository } = world;
	for (const id of ["B", "C"]) await repository.writeIssue({ id });
	await repository.write("large.bin", Buffer.alloc(3 << 20, 1));
	await repository.commit();
	using _disk = mountSmallDisk(join(repository.folder, "repo.worktrees"), { megabytes: 8 });
	const asked = async (jobs: string) => (await asJson(world, ["doctor", "--min-free", "1M", "-j", jobs])).checks.disk;
	const [problem] = (await asked("9"))?.problems ?? [];
	expect(problem).toMatchObject({ kind: "worktrees-too-large", jobs: 3 });
	expect(problem?.what).toMatch(/repo\.worktrees is on a disk with \dM left; 3 worktrees of 3M each and 1M to spare/);
	expect(problem?.remedy).toMatch(/-j 2$/);
	expect(await asked("2")).toMatchObject({ status: "ok", jobs: 2 });
});

test.skipIf(noTerminal)("in a terminal there are marks, in colour unless that is switched off", async () => {
	await using world = await worldInOrder();
	await world.repository.write("scratch.txt", "not committed\n");
	const shown = async (env: Record<string, string>) => {
		await using terminal = openTerminal(world, ["doctor", "--base", "mian"], { env });
		// Without the line that stands there until something is found.
		return (await terminal.finished).output.replaceAll("\r", "").split("\u001b[K").at(-1) ?? "";
	};
	const [coloured, plain] = await Promise.all([shown({}), shown({ NO_COLOR: "1" })]);
	for (const [mark, check, colour] of [
		["✔", "node", 32],
		["⚠", "checkout", 33],
		["✖", "base", 31],
	] as const) {
		expect(coloured).toMatch(new RegExp(`^\\u001b\\[${colour}m${mark}\\u001b\\[39m  ${check} `, "m"));
		expect(plain).toMatch(new RegExp(`^${mark}  ${check} `, "m"));
	}
	expect(plain).not.toContain("\u001b");
});

test("a folder that can be made is good, a link that leads nowhere and a file are not", async () => {
	await using repository = await createRepository();
	const at = (...names: string[]) => join(repository.path, ...names);
	await symlink(at("nowhere"), at("link"));
	await expect(verifyWritable([at("new/folder"), repository.path])).resolves.toBeUndefined();
	await expect(verifyWritable([at("new"), at("link/new"), at("README.md/new")])).rejects.toMatchObject({
		problems: [
			{ kind: "folder-unwritable", path: at("link"), message: "ENOENT" },
			{ kind: "folder-unwritable", path: at("README.md"), message: "it is no folder" },
		],
	});
	expect(await readdir(repository.path)).not.toContain("new");
});

test.each([
	["20.19.0", "20.19", true],
	["20.18.9", "20.19", false],
	["22.0.0", "20.19", true],
	["9.99", "20.19", false],
	["2.39", "2.39.1", false],
	["2.39.5", "2.39.1", true],
	["unknown", "2.39", false],
])("version %s where %s or later is needed: %s", (found, needed, expected) => {
	expect(isAtLeast(found, needed)).toBe(expected);
});

interface Told {
	readonly check: string;
	readonly status: string;
	readonly problems?: readonly { readonly kind: string; readonly what: string; readonly remedy?: string }[];
	readonly [fact: string]: unknown;
}

/** Runs the doctor for programs. */
async function asJson(
	world: World,
	args: readonly string[],
	settings: RunSettings = {},
): Promise<{ readonly exitCode: number | null; readonly checks: Readonly<Record<string, Told>> }> {
	const { exitCode, stdout, stderr } = await world.run([...args, "--json"], settings);
	expect(stderr).not.toMatch(STACK_TRACE);
	const document = JSON.parse(stdout);
	expect(document.exitCode).toBe(exitCode);
	expect(document.checks.map(({ check }: Told) => check)).toEqual(CHECKS);
	return { exitCode, checks: Object.fromEntries(document.checks.map((told: Told) => [told.check, told])) };
}

/** One issue, with the document of its milestone. */
async function worldInOrder(): Promise<World> {
	const world = await createWorld([{ id: "A" }]);
	await world.repository.write("docs/projects/p/milestones/M1.md", "# M1\n");
	await world.repository.commit();
	return world;
}

/** Writes a program that does something before it becomes the real Codex. */
async function wrapCodex({ repository }: World, name: string, first: string): Promise<string> {
	const path = join(repository.folder, "programs", name);
	await program(path, `REAL='${codexBinary()}'\n${first}\nexec "$REAL" "$@"`);
	return path;
}

async function program(path: string, script: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, `#!/bin/bash\n${script}\n`);
	await chmod(path, 0o755);
}
