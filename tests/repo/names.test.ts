import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { resolveBase } from "../../tasks/repo/repository.ts";
import { suggestedIn } from "../support/commands.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld, type World } from "../support/world.ts";

const shell = promisify(execFile);

/** What a person may type to start from the branch `main`, or from what is before it. */
const NAMES: Readonly<Record<string, { readonly commit: string; readonly name?: string }>> = {
	main: { commit: "refs/heads/main" },
	"heads/main": { commit: "refs/heads/main", name: "main" },
	"refs/heads/main": { commit: "refs/heads/main", name: "main" },
	"main~1": { commit: "refs/heads/main~1" },
	"main^": { commit: "refs/heads/main~1" },
	"main@{0}": { commit: "refs/heads/main" },
	HEAD: { commit: "refs/heads/main" },
	"@~1": { commit: "refs/heads/main~1" },
	"release/1": { commit: "refs/heads/release/1" },
	abcdef0: { commit: "refs/heads/abcdef0" },
	"README.md": { commit: "refs/heads/README.md" },
	"origin/main": { commit: "refs/remotes/origin/main" },
	"refs/tags/main": { commit: "refs/tags/main" },
	v1: { commit: "refs/tags/v1" },
};

test("a name means the branch, whatever else is called so", async () => {
	await using world = await worldOfTags();
	const { git, path: root } = world.repository;
	const paths = { root, commonDir: join(root, ".git") };
	const tip = await git(["rev-parse", "refs/heads/main"]);
	expect(await resolveBase(paths, undefined)).toEqual({ name: "main", commit: tip });
	for (const [typed, { commit, name = typed }] of Object.entries(NAMES))
		expect(await resolveBase(paths, typed), typed).toEqual({ name, commit: await git(["rev-parse", commit]) });
	const { stdout } = await world.run(["plan", "M1", "--base", "main"]);
	expect(stdout).toContain(`main (${tip.slice(0, 10)})`);
	const mistyped = await world.run(["plan", "M1", "--base", "maim"]);
	expect(mistyped.stderr).toMatch(/Did you mean "main"/);
});

test("issues are worked on from the branch and on the branch, and what is suggested shows that", async () => {
	await using world = await worldOfTags();
	const { git, path } = world.repository;
	const run = await world.run(["dev", "M1"]);
	expect(run.exitCode, run.stderr).toBe(0);
	expect(await git(["rev-parse", "refs/heads/issue/A-2~1"])).toBe(await git(["rev-parse", "refs/heads/issue/A-1"]));
	expect(await git(["rev-parse", "refs/heads/issue/A-1~1"])).toBe(await git(["rev-parse", "refs/heads/main"]));
	const why = await world.run(["why", "A-1"]);
	for (const said of [run.stderr, why.stdout]) {
		const diff = suggestedIn(said).find((command) => command.includes(" diff ")) ?? "";
		const { stdout, stderr } = await shell("/bin/sh", ["-c", `${diff} --`], { cwd: path });
		expect(stdout, diff).toMatch(/^diff --git a\/A-1\.txt b\/A-1\.txt\n(?![\s\S]*diff --git)/);
		expect(stderr).toBe("");
	}
	const rehearsed = await world.run(["dev", "M1", "--rehearse"]);
	const show = suggestedIn(rehearsed.stderr).find((command) => command.includes(" show ")) ?? "";
	expect((await shell("/bin/sh", ["-c", show], { cwd: path })).stderr).toBe("");
});

test("from an issue's branch, one is sent back to the branch", async () => {
	await using world = await worldOfTags();
	const { git, path } = world.repository;
	await git(["switch", "-q", "-c", "issue/A-1"]);
	const refused = await world.run(["dev", "A-2"]);
	const back = suggestedIn(refused.stderr).find((command) => command.includes(" switch ")) ?? refused.stderr;
	await shell("/bin/sh", ["-c", back], { cwd: path });
	expect(await git(["symbolic-ref", "HEAD"])).toBe("refs/heads/main");
});

test("a branch that somebody began earlier is brought to the branch that it lacks, not to the tag", async () => {
	await using world = await worldOfTags();
	const { git, path } = world.repository;
	await git(["switch", "-q", "-c", "issue/A-1", "refs/tags/main"]);
	await git(["commit", "-q", "--allow-empty", "-m", "somebody's"]);
	await git(["switch", "-q", "main"]);
	const refused = await world.run(["dev", "A-1"]);
	const rebase = suggestedIn(refused.stderr).find((command) => command.includes("rebase")) ?? "";
	await shell("/bin/sh", ["-c", rebase], { cwd: path, env: { PATH: process.env.PATH, HOME: world.repository.home } });
	expect(await git(["rev-parse", "refs/heads/issue/A-1~1"])).toBe(await git(["rev-parse", "refs/heads/main"]));
	const { exitCode, stderr } = await world.run(["dev", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect(stderr).toContain("diff heads/main...heads/issue/A-1");
});

test("without tags of their names, branches are called in commands as everywhere", async () => {
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	await world.repository.git(["tag", "v1"]);
	const { stderr } = await world.run(["dev", "M1", "--base", "v1"]);
	expect(stderr).toMatch(/ diff v1\.\.\.issue\/A-1$/m);
	const why = await world.run(["why", "A-1"]);
	expect(why.stdout).toMatch(/ diff main\.\.\.issue\/A-1$/m);
});

test("a document that only another branch has is asked for by that branch's name", async () => {
	await using world = await worldOfTags();
	const { git, writeIssue, commit } = world.repository;
	await git(["branch", "feature", "refs/heads/main"]);
	await git(["tag", "feature"]);
	await git(["switch", "-q", "feature"]);
	await writeIssue({ id: "B-1", milestone: "M2" });
	await commit();
	const { stderr } = await world.run(["dev", "M2", "--base", "main"]);
	expect(stderr).toMatch(/--base feature$/m);
});

/** Two commits on `main`, and tags, branches and files whose names mean something else where git looks first. */
async function worldOfTags(): Promise<World> {
	const world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", blocked_by: ["A-1"], script: editAndPass },
	]);
	const { git, write, commit } = world.repository;
	for (const tag of ["main", "issue/A-1", "issue/A-2", "rehearsal/A-1", "release/1", "v1"]) await git(["tag", tag]);
	await git(["update-ref", "refs/remotes/origin/main", "main"]);
	await write("later.txt", "later\n");
	await commit();
	for (const branch of ["release/1", "abcdef0", "README.md"]) await git(["branch", branch, "refs/heads/main"]);
	return world;
}
