import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectNoneLeft } from "./support/observe.ts";
import { answerProse, editAndPass, passWithoutChange, runAndPass } from "./support/scripts.ts";
import { type Snapshot, snapshot } from "./support/snapshot.ts";
import { createWorld, type Finished, type World } from "./support/world.ts";

const shell = promisify(execFile);

/** Control characters other than a line feed, colours included. */
const CONTROL = /[^\P{Cc}\n]/u;

// A-10 is the most urgent but waits for A-9, which is the least; A-2 comes between them by its priority.
const THREE = [
	{ id: "A-10", priority: 1, blocked_by: ["A-9"], script: editAndPass },
	{ id: "A-2", priority: 3, script: editAndPass },
	{ id: "A-9", script: editAndPass },
];
const IN_ORDER = ["A-2", "A-9", "A-10"];
const FILES = ["dev-result.json", "dev-run.json", "dev.jsonl", "dev.stderr.log"];

describe("a milestone with three issues", { tags: ["always", "together"] }, () => {
	let world: World;
	let before: Snapshot;
	let finished: Finished;

	beforeAll(async () => {
		world = await createWorld(THREE);
		const { repository } = world;
		// What a person has lying about in the checkout is nobody else's business.
		await repository.write("README.md", "# Changed, not staged\n");
		await repository.write("staged.txt", "staged, not committed\n");
		await repository.git(["add", "staged.txt"]);
		await repository.write("notes/für später.txt", "untracked\n");
		before = await snapshot(repository);
		finished = await world.run(["dev", "M1"]);
	});
	afterAll(() => world?.[Symbol.asyncDispose]());

	test("ends with 0 and a closing table of all issues in their order", () => {
		expect(finished).toMatchObject({ exitCode: 0 });
		const [heading = "", ...rows] = finished.stdout.trimEnd().split("\n");
		expect(rows.pop()).toBe(join(world.repository.path, "logs/orch/M1/report.html"));
		expect(heading.split(/ {2,}/)).toEqual(["ISSUE", "STATUS", "COMMITS", "FILES", "+/-", "TIME", "TOKENS", "LOG"]);
		expect(rows.map((row) => row.split(/ {2,}/))).toEqual(
			IN_ORDER.map((id) => [id, "pass", "1", "1", "+1 -0", expect.stringMatching(/^\d/), "240", `logs/orch/M1/${id}`]),
		);
	});

	test("gives the issues to the agent one after the other, blockers first, then by priority", () => {
		expect(world.model.issuesSeen).toEqual(IN_ORDER);
	});

	test("says what goes on as plain lines, each with its issue, on standard error", () => {
		expect(finished.stderr).not.toMatch(CONTROL);
		expect(finished.stdout).not.toMatch(CONTROL);
		for (const id of IN_ORDER) {
			expect(finished.stderr).toMatch(new RegExp(`^${id}  \\d\\d:\\d\\d:\\d\\d  phase:dev  started$`, "m"));
			expect(finished.stderr).toMatch(
				new RegExp(`^${id}  \\d\\d:\\d\\d:\\d\\d  persist  committed [0-9a-f]{10}$`, "m"),
			);
		}
		expect(finished.stderr).toContain("git diff main...issue/A-2");
	});

	test("leaves one commit on each issue's branch, which says what was done and by what", async () => {
		const { git } = world.repository;
		for (const id of IN_ORDER) {
			const branch = `issue/${id}`;
			const record = await world.log(`M1/${id}/dev-run.json`);
			const message = `${await git(["log", "-1", "--format=%B", branch])}\n`;
			const trailers = await pipe(world, ["interpret-trailers", "--parse"], message);
			// A-10 stands on A-9, which it waits for.
			const from = id === "A-10" ? "issue/A-9" : "main";
			expect(await git(["rev-list", "--count", `${from}..${branch}`])).toBe("1");
			expect(await git(["diff", "--name-status", `${from}...${branch}`])).toBe(`A\t${id}.txt`);
			expect(await git(["show", `${branch}:${id}.txt`])).toBe(`written for ${id}`);
			expect(message.split("\n\n").slice(0, 2)).toEqual([`${id}: Title of ${id}`, `Wrote ${id}.txt.`]);
			expect(trailers.trimEnd().split("\n")).toEqual([
				`Orch-Issue: ${id}`,
				`Orch-Document: docs/projects/p/issues/${id}.md`,
				"Orch-Milestone: M1",
				"Orch-Phase: dev",
				"Orch-Status: pass",
				`Orch-Thread: ${record.threadId}`,
			]);
			expect(await git(["log", "-1", "--format=%an <%ae>|%cn <%ce>", branch])).toBe(
				"Test <test@example.com>|Test <test@example.com>",
			);
		}
	});

	test("leaves events, result, error output and record of each issue", async () => {
		const { git } = world.repository;
		const base = await git(["rev-parse", "main"]);
		for (const id of IN_ORDER) {
			const folder = join(world.repository.path, "logs/orch/M1", id);
			const worktreePath = join(`${world.repository.path}.worktrees`, id);
			expect((await readdir(folder)).sort()).toEqual(FILES);
			expect(await world.log(`M1/${id}/dev-result.json`)).toMatchObject({
				phase: "dev",
				status: "pass",
				issueId: id,
				milestoneId: "M1",
				branch: `issue/${id}`,
				worktreePath,
				summary: `Wrote ${id}.txt.`,
			});
			const tip = await git(["rev-parse", `issue/${id}`]);
			expect(await world.log(`M1/${id}/dev-run.json`)).toMatchObject({
				phase: "dev",
				outcome: "pass",
				reason: null,
				branch: `issue/${id}`,
				worktreePath,
				base: { name: "main", commit: base },
				threadId: expect.stringMatching(/^[0-9a-f-]{36}$/),
				usage: { inputTokens: 200, cachedInputTokens: 80, outputTokens: 40, reasoningOutputTokens: 10 },
				saved: { commit: tip, head: tip, commits: 1, filesChanged: 1, insertions: 1, deletions: 0 },
			});
		}
	});

	test("leaves the checkout, its index and all other refs as they were, and no worktree", async () => {
		expect(await snapshot(world.repository)).toEqual(before);
		expect(before.worktrees.filter((line) => line.startsWith("worktree "))).toHaveLength(1);
	});

	test("removes the folder of the worktrees with the last of them", async () => {
		expect((await readdir(world.repository.folder)).sort()).toEqual(["codex-home", "home", "repo"]);
	});

	test("leaves no process behind", async () => {
		await expectNoneLeft(world);
	});

	test("a second run finds everything up to date and asks nobody", async () => {
		const asked = world.model.requests.length;
		const { files, ...all } = await snapshot(world.repository, { everything: true });
		const again = await world.run(["dev", "M1"]);
		expect(again).toMatchObject({ exitCode: 0 });
		for (const id of IN_ORDER) expect(again.stdout).toContain(`'dev ${id}' is up to date.`);
		const question = await world.run(["dev", "M1", "-q"]);
		expect(question).toMatchObject({ exitCode: 0, stdout: "" });
		expect(world.model.requests).toHaveLength(asked);
		// The page tells how long ago all of it was.
		const page = { "logs/orch/M1/report.html": expect.any(String) };
		expect(await snapshot(world.repository, { everything: true })).toEqual({ ...all, files: { ...files, ...page } });
	});

	test("with -n, once everything is done, no issue is shown as one that would run", async () => {
		const dryRun = await world.run(["dev", "M1", "-n"]);
		expect(dryRun).toMatchObject({ exitCode: 0 });
		const shown = dryRun.stdout.split("\n").filter((line) => line.includes("issue/"));
		expect(shown.filter((line) => !line.includes("up to date"))).toEqual([]);
	});

	test("with -B an issue runs again, and its earlier attempt is kept; --json prints one document", async () => {
		const folder = join(world.repository.path, "logs/orch/M1/A-2");
		const earlier = await readAll(folder);
		const { startedAt } = await world.log<{ startedAt: string }>("M1/A-2/dev-run.json");
		const asked = world.model.requests.length;
		// Colours are for terminals only, whatever a build server sets.
		const forced = await world.run(["dev", "A-2", "-B", "--json"], { env: { FORCE_COLOR: "1" } });
		expect(forced).toMatchObject({ exitCode: 0 });
		expect(forced.stderr).not.toMatch(CONTROL);
		expect(world.model.requests.slice(asked).map(({ issueId }) => issueId)).toEqual(["A-2", "A-2"]);
		const report = JSON.parse(forced.stdout);
		expect(report).toMatchObject({ exitCode: 0, stopped: null, issues: [{ issueId: "A-2", status: "pass" }] });
		expect(await readAll(join(folder, "attempts", startedAt.replaceAll(":", "-")))).toEqual(earlier);
		expect((await readdir(folder)).sort()).toEqual(["attempts", ...FILES]);
		const record = await world.log<{ startedAt: string }>("M1/A-2/dev-run.json");
		expect(record).toEqual(report.issues[0].record);
		expect(record.startedAt > startedAt).toBe(true);
	});
});

test("looking at a milestone (plan, -n, -q) touches nothing and asks nobody", async () => {
	await using world = await createWorld(THREE);
	const { repository, model } = world;
	const before = await snapshot(repository, { everything: true });
	const plan = await world.run(["plan", "M1"]);
	const dryRun = await world.run(["dev", "M1", "-n"]);
	const question = await world.run(["dev", "M1", "-q"]);
	const json = await world.run(["plan", "M1", "--json"]);

	for (const looked of [plan, dryRun]) {
		expect(looked).toMatchObject({ exitCode: 0 });
		const rows = looked.stdout.split("\n").filter((line) => /^\d+ {2}/.test(line));
		expect(rows.map((row) => row.split(/ {2,}/))).toEqual(
			IN_ORDER.map((id, at) => [
				String(at + 1),
				id,
				{ "A-10": "1", "A-2": "3" }[id] ?? "-",
				id === "A-10" ? "A-9" : "-",
				"never run",
				`issue/${id}`,
				join(`${repository.path}.worktrees`, id),
				`Title of ${id}`,
			]),
		);
	}
	expect(dryRun.stdout).toContain("phase:dev → persist → worktree:teardown");
	expect(question).toMatchObject({ exitCode: 1, stdout: "" });
	expect(JSON.parse(json.stdout).map(({ id }: { id: string }) => id)).toEqual(IN_ORDER);
	expect(await snapshot(repository, { everything: true })).toEqual(before);
	expect(model.requests).toEqual([]);
});

test("a repository with spaces and letters beyond ASCII in its path, documents with CRLF and a byte order mark", async () => {
	await using world = await createWorld(
		[
			{ id: "A-1", title: "Größe prüfen", script: runAndPass("echo größer > 'größe der datei.txt'") },
			{ id: "A-2", script: editAndPass },
		],
		{ name: "Projekt ü x" },
	);
	const { repository } = world;
	const [first, second] = ["A-1", "A-2"].map((id) => `docs/projects/p/issues/${id}.md`) as [string, string];
	await repository.write(first, (await repository.read(first)).replaceAll("\n", "\r\n"));
	await repository.write(second, `\uFEFF${await repository.read(second)}`);
	await repository.commit();
	const before = await snapshot(repository);
	const finished = await world.run(["dev", "M1", "-C", repository.path], { cwd: repository.folder });

	expect(finished).toMatchObject({ exitCode: 0 });
	expect(await snapshot(repository)).toEqual(before);
	const { git } = repository;
	expect(await git(["-c", "core.quotePath=false", "diff", "--name-only", "main...issue/A-1"])).toBe(
		"größe der datei.txt",
	);
	expect(await git(["log", "-1", "--format=%s", "issue/A-1"])).toBe("A-1: Größe prüfen");
	expect(await git(["diff", "--name-only", "main...issue/A-2"])).toBe("A-2.txt");
	expect(await world.log("M1/A-1/dev-result.json")).toMatchObject({
		worktreePath: join(repository.folder, "Projekt ü x.worktrees", "A-1"),
	});
});

test("a repository named with -C: what is suggested can be typed where the run was started", async () => {
	await using world = await createWorld([{ id: "A-1", script: passWithoutChange }]);
	const { repository } = world;
	const typed = ["dev", "M1", "-C", "repo"];
	// The script ends before its turn does: a failure, so that the next command is suggested.
	await using failing = await createWorld([{ id: "A-1", script: async function* () {} }]);
	const failed = await failing.run(typed, { cwd: failing.repository.folder });
	expect(failed).toMatchObject({ exitCode: 1 });
	expect(failed.stderr).toMatch(/^To go on with what is not done: npx tsx \S+ -C repo dev M1$/m);
	expect(failed.stderr).toMatch(/^ {2}To run it again: npx tsx \S+ -C repo dev A-1$/m);

	const passed = await world.run(typed, { cwd: repository.folder });
	expect(passed).toMatchObject({ exitCode: 0 });
	expect(await repository.git(["rev-list", "--count", "main..issue/A-1"])).toBe("0");
	expect(passed.stdout).toMatch(/^A-1 +pass, no change .* repo\/logs\/orch\/M1\/A-1$/m);
});

test("a repository named with -C, however it is typed, stands in what is suggested", async () => {
	await using world = await createWorld([{ id: "A-1" }]);
	for (const typed of [["-C", "repo"], ["-Crepo"], ["--directory", "repo"], ["--directory=repo"]]) {
		const { exitCode, stderr } = await world.run(["plan", "Nonesuch", ...typed], { cwd: world.repository.folder });
		expect(exitCode).toBe(2);
		expect(stderr, typed.join(" ")).toMatch(/npx tsx \S+ (-C |-C|--directory |--directory=)repo discover$/m);
	}
});

test("the command that shows the work, where the run was started with -C", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { folder, home } = world.repository;
	const { stderr } = await world.run(["dev", "M1", "-C", "repo"], { cwd: folder });
	const command = /^To look at the work: (.+)$/m.exec(stderr)?.[1] ?? "";
	const env = { PATH: process.env.PATH, HOME: home };
	const shown = await shell("bash", ["-c", command], { cwd: folder, env }).catch((error) => error);
	expect(shown.code, `in ${folder}: ${command}`).toBeUndefined();
	expect(shown.stdout).toContain("written for A-1");
});

test("started in a folder below the repository", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { repository } = world;
	const before = await snapshot(repository);
	const finished = await world.run(["dev", "M1"], { cwd: join(repository.path, "docs/projects/p") });

	expect(finished).toMatchObject({ exitCode: 0 });
	expect(await snapshot(repository)).toEqual(before);
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ outcome: "pass" });
	expect(await repository.git(["show", "issue/A-1:A-1.txt"])).toBe("written for A-1");
});

test("started in a linked worktree, the issue starts from what is checked out there", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { repository } = world;
	const linked = join(repository.folder, "linked");
	await repository.git(["worktree", "add", "-q", "-b", "side", linked]);
	await repository.git(["commit", "-q", "--allow-empty", "-m", "only on side"], linked);
	const before = await snapshot(repository);
	const finished = await world.run(["dev", "M1"], { cwd: linked });

	expect(finished).toMatchObject({ exitCode: 0 });
	expect(await snapshot(repository)).toEqual(before);
	expect(await repository.git(["log", "--format=%s", "main..issue/A-1"])).toBe("A-1: Title of A-1\nonly on side");
	expect(await repository.git(["status", "--porcelain"], linked)).toBe("");
	expect(existsSync(join(linked, "logs/orch/M1/A-1/dev-run.json"))).toBe(true);
});

test("--base: the issue starts from another branch than the one checked out", async () => {
	await using world = await createWorld([{ id: "A-1", script: runAndPass("cat release.txt") }]);
	const { repository } = world;
	await repository.git(["switch", "-q", "-c", "release"]);
	await repository.write("release.txt", "only on release\n");
	await repository.commit();
	await repository.git(["switch", "-q", "main"]);
	const before = await snapshot(repository);
	const finished = await world.run(["dev", "M1", "--base", "release"]);

	expect(finished).toMatchObject({ exitCode: 0 });
	expect(await snapshot(repository)).toEqual(before);
	const release = await repository.git(["rev-parse", "release"]);
	expect(await repository.git(["rev-parse", "issue/A-1"])).toBe(release);
	expect(await world.log("M1/A-1/dev-run.json")).toMatchObject({ base: { name: "release", commit: release } });
	const { summary } = await world.log<{ summary: string }>("M1/A-1/dev-result.json");
	expect(summary).toContain("only on release");
});

test("--base: what is suggested after a failure starts from the same branch", async () => {
	await using world = await createWorld([{ id: "A-1", script: answerProse }]);
	await world.repository.git(["branch", "release"]);
	const { exitCode, stderr } = await world.run(["dev", "M1", "--base", "release"]);
	expect(exitCode).toBe(1);
	expect(stderr).toMatch(/^To go on with what is not done: npx tsx \S+ dev M1 --base release$/m);
	expect(stderr).toMatch(/^ {2}To run it again: npx tsx \S+ dev A-1 --base release$/m);
});

async function readAll(folder: string): Promise<Record<string, string>> {
	const contents = FILES.map(async (file) => [file, await readFile(join(folder, file), "utf8")]);
	return Object.fromEntries(await Promise.all(contents));
}

/** Runs git in the repository with this on its standard input. */
async function pipe({ repository }: World, args: readonly string[], input: string): Promise<string> {
	const running = shell("git", args, { cwd: repository.path, env: { PATH: process.env.PATH, HOME: repository.home } });
	running.child.stdin?.end(input);
	return (await running).stdout;
}
