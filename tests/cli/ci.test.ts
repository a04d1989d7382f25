import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../support/documents.ts";
import { readLog } from "../support/github-runner.ts";
import { readJunit } from "../support/junit.ts";
import { PATIENCE } from "../support/observe.ts";
import { workingIn } from "../support/processes.ts";
import type { Script } from "../support/scripted-model.ts";
import { devResult, editAndPass } from "../support/scripts.ts";
import { workForLong } from "../support/turns.ts";
import { createWorld, type Finished } from "../support/world.ts";

interface Step {
	readonly name?: string;
	readonly uses?: string;
	readonly run?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
	readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps: readonly Step[] }>>;
	readonly permissions: unknown;
}

const GUIDE = readFileSync(join(ROOT, "docs/guides/ci.md"), "utf8");
const WORKFLOW = parse(/```yaml\n([\s\S]*?)```/.exec(GUIDE)?.[1] ?? "") as Workflow;

const EVIL =
	"evil\n::error title=pwned::x\n  ::add-mask::main\n##[set-output name=x]y | <img src=x> \u001b[31m\u0000 ]]>";

test.concurrent("the workflow of the guide, run step by step", async () => {
	await using github = await createGithub([
		{ id: "A-1", script: sayEvil("pass"), title: "A | <b>title</b> ##[add-mask]x" },
		{ id: "A-2", script: sayEvil("failed") },
		{ id: "A-3", script: sayEvil("deferred") },
		{ id: "A-4", script: editAndPass, blocked_by: ["A-2"] },
	]);
	const { world } = github;
	const checked = await github.step("check", "Check the backlog");
	expect(checked, checked.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("4 issues checked") });

	for (const name of ["Say who commits", "Fetch the branches of earlier runs"]) {
		expect(await github.step("dev", name)).toMatchObject({ exitCode: 0 });
	}
	const ran = await github.step("dev", "Run the milestone");
	expect(ran.exitCode, ran.stderr).toBe(1);
	const log = readLog(ran.stderr);
	expect(readLog(ran.stdout).commands).toEqual([]);
	expect(log.groups.map(({ title }) => title.slice(0, 3)).sort()).toEqual(["A-1", "A-2", "A-3"]);
	for (const { title, lines } of log.groups) {
		for (const line of lines) expect(line).toMatch(new RegExp(`^${title.slice(0, 3)}  `));
		expect(lines).toContainEqual(expect.stringContaining("phase:dev  $ printf"));
	}
	const errors = log.commands.filter(({ name }) => !/group$/.test(name));
	const document = (id: string) => `docs/projects/p/issues/${id}.md`;
	expect(errors.map(({ name, properties: { file, title } }) => [name, file, title])).toEqual([
		["error", document("A-2"), "A-2 failed"],
		["error", document("A-3"), "A-3 deferred"],
		["error", document("A-4"), "A-4 blocked by A-2"],
	]);
	expect(errors[0]?.data).toContain("evil");

	const summary = await github.summary();
	const rows = summary.split("\n").filter((line) => line.startsWith("| A-"));
	expect(rows.map((row) => row.split("|")[2]?.trim())).toEqual([
		"✅ pass",
		"❌ failed",
		"❌ deferred",
		"❌ blocked by A-2",
	]);
	expect(summary).not.toContain("<");

	const cases = readJunit(await github.junit());
	expect(cases.map(({ className, verdict, type }) => [className, verdict, type])).toEqual([
		["p/M1", "", undefined],
		["p/M1", "failure", "failed"],
		["p/M1", "failure", "deferred"],
		["p/M1", "failure", "blocked"],
	]);
	expect(cases[1]?.text).toContain("evil");

	expect(await github.step("dev", "Push the branches")).toMatchObject({ exitCode: 0 });
	expect(await github.pushed()).toEqual(["issue/A-1", "issue/A-2", "issue/A-3"]);
	expect(await world.repository.git(["status", "--porcelain"])).toBe("");
});

test.concurrent("a job that is cancelled, which interrupts nothing but the step's shell: what the agent did is committed and reported", async ({
	skip,
}) => {
	skip(!existsSync("/proc/self"), "processes are looked up in /proc");
	await using github = await createGithub([{ id: "A-1", script: workForLong }]);
	const worktree = join(github.world.repository.folder, "repo.worktrees/A-1");
	await github.step("dev", "Say who commits");
	const step = github.start("dev", "Run the milestone");
	const isWorking = async () => (await workingIn(worktree)).some(({ command }) => command === "sleep 600");
	await vi.waitUntil(isWorking, { timeout: PATIENCE, interval: 20 });
	expect(readJunit(await github.junit())).toMatchObject([{ verdict: "error", type: "unfinished" }]);
	step.child.kill("SIGINT");
	const { exitCode, stderr } = await step.finished;
	expect(exitCode, stderr).toBe(130);
	expect(await github.world.repository.git(["show", "issue/A-1:first.txt"])).toBe("half done");
	expect(readJunit(await github.junit())).toMatchObject([{ verdict: "failure", type: "cancelled" }]);
	expect(await github.step("dev", "Push the branches")).toMatchObject({ exitCode: 0 });
	expect(await github.pushed()).toEqual(["issue/A-1"]);
});

test.concurrent("a backlog that is not in order", async () => {
	await using world = await createWorld([{ id: "A-1", blocked_by: ["A-0"] }, { id: "A-2" }]);
	const env = {
		GITHUB_ACTIONS: "true",
		GITHUB_WORKSPACE: world.repository.folder,
		GITHUB_STEP_SUMMARY: world.repository.folder,
	};
	const file = "repo/docs/projects/p/issues/A-1.md";
	const checked = await world.run(["check"], { env });
	expect(checked.exitCode).toBe(2);
	expect(readLog(checked.stderr).commands.map(({ name, properties }) => [name, properties.file])).toEqual([
		["warning", file],
		["error", file],
	]);

	const report = join(world.repository.folder, "new/junit.xml");
	const refused = await world.run(["dev", "M1", "--report-junit", report], { env });
	expect(refused.exitCode, refused.stderr).toBe(2);
	const { commands, lines } = readLog(refused.stderr);
	expect(commands).toMatchObject([{ name: "error", properties: { file }, data: expect.stringContaining("A-0") }]);
	// A folder is no file to append to; nobody's run fails for that.
	expect(lines).toContainEqual(expect.stringMatching(/^The summary can't be written to .*: EISDIR/));
	expect(readJunit(await readFile(report, "utf8"))).toMatchObject([{ verdict: "error", type: "unknown-blocker" }]);

	// What is asked for has to be possible, before anything starts.
	await world.repository.git(["rm", "-q", "docs/projects/p/issues/A-1.md"]);
	await world.repository.commit("in order");
	for (const path of [world.repository.folder, join(report, "below-a-file.xml"), "/proc/none/junit.xml"]) {
		const { exitCode, stderr } = await world.run(["dev", "M1", "--report-junit", path]);
		expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`The report ${path} can't be written: `)]);
		expect(stderr).toContain("--report-junit FILE");
	}
	expect(world.model.requests).toEqual([]);
	expect(await world.repository.git(["branch", "--list", "issue/*"])).toBe("");
});

test("the workflow of the guide gives away as little as it can", () => {
	const { jobs, permissions } = WORKFLOW;
	expect(permissions).toEqual({ contents: "read" });
	expect(jobs.check?.permissions).toBeUndefined();
	expect(jobs.dev?.permissions).toEqual({ contents: "write" });
	const steps = Object.values(jobs).flatMap((job) => job.steps);
	const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
	expect(checkouts.map((each) => each.with?.["persist-credentials"])).toEqual([false, false]);
	// A value in a script would be part of the script.
	for (const { run } of steps) expect(run ?? "").not.toContain("${{");
	const withKey = steps.filter((step) => JSON.stringify(step).includes("secrets."));
	expect(withKey.map(({ name }) => name)).toEqual(["Run the milestone"]);
});

/** Edits, runs a command that is meant for the runner, and ends with this status and words that are. */
function sayEvil(status: "pass" | "failed" | "deferred"): Script {
	return async function* (prompted) {
		yield { kind: "run", command: `printf '${EVIL.replace("\u0000", "")}'; echo done > ${prompted.issueId}.txt` };
		const openQuestions = status === "deferred" ? [EVIL] : [];
		yield { kind: "answer", text: JSON.stringify(devResult(prompted, { status, summary: EVIL, openQuestions })) };
	};
}

/** A repository that uses this orchfile, checked out by a job on GitHub, with the repository it was cloned from. */
async function createGithub(issues: Parameters<typeof createWorld>[0]) {
	const world = await createWorld(issues);
	const { repository } = world;
	const { folder, path, git } = repository;
	const temporary = join(folder, "runner-temp");
	const summary = join(temporary, "summary.md");
	await mkdir(temporary);
	await symlink(process.env.ORCHFILE_BUNDLE ?? join(ROOT, "orchfile.ts"), join(path, "orchfile.ts"));
	await symlink(join(ROOT, "node_modules"), join(path, "node_modules"));
	await repository.write(".gitignore", "node_modules\n");
	for (const id of new Set(issues.map(({ milestone = "M1" }) => milestone)))
		await repository.write(`docs/projects/p/milestones/${id}.md`, `# ${id}\n`);
	await repository.commit("orchfile");
	await git(["init", "-q", "--bare", join(folder, "origin.git")]);
	await git(["remote", "add", "origin", join(folder, "origin.git")]);
	// The runner has no identity of its own.
	await writeFile(join(repository.home, ".gitconfig"), "[safe]\n\tdirectory = *\n");
	const values: Readonly<Record<string, string>> = {
		"inputs.milestone": "M1",
		"inputs.jobs": "2",
		"runner.temp": temporary,
		"github.token": "token",
		"secrets.OPENAI_API_KEY": "sk-test",
	};
	const start = (job: string, name: string) => {
		const step = WORKFLOW.jobs[job]?.steps.find((each) => each.name === name);
		if (!step?.run) throw new Error(`the guide has no step "${name}" that runs something`);
		const env = Object.entries(step.env ?? {}).map(([key, value]) => [key, evaluate(value, values)]);
		const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
			cwd: path,
			env: {
				...world.environment,
				CI: "true",
				GITHUB_ACTIONS: "true",
				GITHUB_WORKSPACE: path,
				GITHUB_STEP_SUMMARY: summary,
				...Object.fromEntries(env),
			},
			stdio: ["ignore", "pipe", "pipe"],
		});
		return { child, finished: collect(child) };
	};
	return {
		world,
		start,
		step: (job: string, name: string): Promise<Finished> => start(job, name).finished,
		summary: () => readFile(summary, "utf8"),
		junit: () => readFile(join(temporary, "orchfile/junit.xml"), "utf8"),
		pushed: async () =>
			(await git(["for-each-ref", "--format=%(refname:short)"], join(folder, "origin.git"))).split("\n"),
		[Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
	};
}

/** A value of the workflow with its expressions filled in; one that nobody knows is an error. */
function evaluate(text: string, values: Readonly<Record<string, string>>): string {
	return text.replace(/\$\{\{ *(.*?) *\}\}/g, (_, name: string) => {
		const value = values[name];
		if (value === undefined) throw new Error(`the guide uses ${name}, and this test does not know it`);
		return value;
	});
}

async function collect(child: ReturnType<typeof spawn>): Promise<Finished> {
	const output = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const) {
		child[name]?.setEncoding("utf8").on("data", (text) => {
			output[name] += text;
		});
	}
	const [exitCode, signal] = await once(child, "close");
	return { exitCode, signal, ...output };
}
