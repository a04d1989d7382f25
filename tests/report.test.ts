import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunRequest } from "../tasks/cli/request.ts";
import { writeRunPage } from "../tasks/cli/run-page.ts";
import type { Surroundings } from "../tasks/cli/surroundings.ts";
import { Failure } from "../tasks/contract/problem.ts";
import type { Graph } from "../tasks/engine/graph.ts";
import { milestoneFolder } from "../tasks/store/log-folder.ts";
import { findIfThere } from "../tasks/system/find-program.ts";
import * as verb from "../tasks/verbs.ts";
import { faultyEnvironment } from "./support/faults.ts";
import { type Edit, ownOrchfile } from "./support/own-orchfile.ts";
import { testSay } from "./support/say.ts";
import { answerDeferred, editAndPass, gate, heldAfterEdit } from "./support/scripts.ts";
import { createWorld, type Finished, type RunSettings, type World } from "./support/world.ts";

let world: World;
let night: Finished;
/** The folder of the second milestone, whose name no folder can have everywhere. */
const M2 = milestoneFolder("M 2");
const logs = (...folders: string[]) => join(world.repository.path, "logs/orch", ...folders);
const pageOf = (path: string) => readFile(path, "utf8");
const lastLine = (text: string) => text.trimEnd().split("\n").at(-1);

async function report(args: readonly string[], settings: RunSettings = {}): Promise<Finished> {
	const finished = await world.run(["report", ...args], settings);
	expect(finished.exitCode, finished.stderr).toBe(0);
	return finished;
}

beforeAll(async () => {
	world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "B-1", script: answerDeferred },
		{ id: "C-1", milestone: "M 2", project: "q", script: editAndPass },
	]);
	night = await world.run(["dev", "M1"]);
});
afterAll(() => world[Symbol.asyncDispose]());

test("a run of a milestone ends with the path of its page, which tells of all of it", async () => {
	expect(night.exitCode).toBe(1);
	expect(lastLine(night.stdout)).toBe(logs("M1", "report.html"));
	const page = await pageOf(logs("M1", "report.html"));
	expect(page).toMatch(/^<!doctype html>/);
	expect(page).toContain("1 up to date, 1 has a question for you.");
	expect(page).toContain('href="./A-1/dev.jsonl"');
	expect(page).toContain("Which of the two formats is meant?");
});

test("a run of one issue writes none, and says none", async () => {
	const alone = await world.run(["dev", "C-1"]);
	expect(alone.exitCode, alone.stderr).toBe(0);
	expect(alone.stdout + alone.stderr).not.toContain("report.html");
	expect(await readdir(logs(M2))).not.toContain("report.html");
});

test("where what is printed is one document, the path is in it, and told on standard error", async () => {
	const { stdout, stderr } = await world.run(["dev", "M1", "--json"]);
	const page = logs("M1", "report.html");
	expect(JSON.parse(stdout).closing).toEqual({ report: { status: "done", value: { kind: "report", page } } });
	expect(lastLine(stderr)).toBe(`The night as a page: ${page}`);
});

test.each([
	["a milestone", ["M1"], "M1/report.html"],
	["all there is", ["--all"], "report.html"],
	["a project", ["--project", "p"], "report-p.html"],
	["one issue", ["A-1"], "M1/A-1/report.html"],
] as const)("the page of %s lies with its logs", async (_, args, path) => {
	await rm(logs(path), { force: true });
	expect((await report(args)).stdout).toBe(`${logs(path)}\n`);
	expect(await pageOf(logs(path))).toMatch(/<\/html>\n$/);
});

test("elsewhere, its links lead to the logs from there", async () => {
	const folder = join(world.repository.folder, "a b");
	await mkdir(folder);
	const { stdout } = await report(["M1", "--out", "../a b/night.html"]);
	expect(stdout).toBe(`${join(folder, "night.html")}\n`);
	expect(await pageOf(join(folder, "night.html"))).toContain('href="../repo/logs/orch/M1/A-1/dev.jsonl"');
});

test("for programs, all that the page tells, and no page unless a file is named", async () => {
	await rm(logs("M1", "report.html"));
	const told = JSON.parse((await report(["M1", "--json"])).stdout);
	expect(told).toMatchObject({ kind: "report", base: { name: "main" }, issues: [{ issue: { id: "A-1" } }, {}] });
	expect(await readdir(logs("M1"))).not.toContain("report.html");
});

test("a page that can't be written is said, with what to type, and changes nothing about how a run ends", async () => {
	const refused = await world.run(["report", "M1", "--out", "docs"]);
	expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringMatching(/The page .*docs can't be written/)]);

	const page = logs(M2, "report.html");
	await mkdir(page, { recursive: true });
	const blocked = await world.run(["dev", "M 2"]);
	expect(blocked.exitCode, blocked.stderr).toBe(0);
	expect(blocked.stdout).not.toContain("report.html");
	expect(blocked.stderr).toMatch(
		/\nThe page .*report\.html can't be written: .*\n +To write it elsewhere: .* report 'M 2' --out page\.html\n$/,
	);
	await rm(page, { recursive: true });

	const step = `open logs/${M2}/report.html.tmp`;
	const full = await world.run(["dev", "M 2"], {
		env: await faultyEnvironment(world, { step, kind: "no-space-once" }),
	});
	expect(full.exitCode, full.stderr).toBe(0);
	expect(full.stderr).toMatch(/\nThere is no space left for .*report\.html\.\n.*\n$/);
	expect(await readdir(dirname(page))).not.toContain("report.html");

	const throwing = ["...verb.report });", '...verb.report, run: async () => { throw new Error("no such luck"); } });'];
	const failed = await world.run(["dev", "M 2"], await ownOrchfile(throwing as unknown as Edit));
	expect(failed.exitCode, failed.stderr).toBe(0);
	expect(failed.stderr.match(/no such luck/g)).toHaveLength(1);
});

test.each([
	[
		"the system",
		Object.assign(new Error("EIO: i/o error, read\n"), { code: "EIO" }),
		"There is no page of the run: EIO: i/o error, read",
	],
	[
		"a problem",
		new Failure({ kind: "disk-full", path: "/a" }),
		expect.stringMatching(/^There is no space left for \/a/),
	],
	["a defect", new TypeError("undefined"), expect.stringMatching(/^This is a defect of orchfile:\nTypeError: /)],
])("what keeps a run from having a page is told: %s", async (_, error, told) => {
	const report = { ...verb.report, name: "page" };
	expect(await pageWithout(report, error)).toEqual({ trouble: [told] });
	if (!(error instanceof Failure)) return;
	// What has kept an issue as well is told with that, and what helps is not told again.
	const failed = {
		issues: [{ id: "A-1" }],
		outcomes: new Map([["A-1", new Map([["persist", { status: "failed", error }]])]]),
	};
	const again = "There is no page of the run: There is no space left for /a.";
	expect(await pageWithout(report, error, failed)).toEqual({ trouble: [again] });
});

/** What is said of the page of a run in which putting it together has failed. */
async function pageWithout(
	report: { readonly name: string },
	error: Error,
	run: object = { issues: [], outcomes: new Map() },
) {
	const ended = { ...run, tasks: [report], closing: new Map([[report.name, { status: "failed", error }]]) };
	return writeRunPage({} as Graph, {} as RunRequest, ended as never, { say: testSay() } as Surroundings);
}

test("it is shown where a browser can be started, and where none can, that is said", async () => {
	const bin = join(world.repository.folder, "bin");
	await mkdir(bin);
	const opened = join(world.repository.folder, "opened");
	await writeFile(join(bin, "xdg-open"), `#!/bin/sh\necho "$1" > "${opened}.new"; mv "${opened}.new" "${opened}"\n`);
	await chmod(join(bin, "xdg-open"), 0o755);
	await report(["M1", "--open"], { env: { PATH: `${bin}:${process.env.PATH}` } });
	await expect.poll(() => readFile(opened, "utf8").catch(() => "")).toBe(`${logs("M1", "report.html")}\n`);
	const bare = join(world.repository.folder, "bare");
	await mkdir(bare);
	await symlink(findIfThere("git") ?? "", join(bare, "git"));
	const none = await report(["M1", "--open"], { env: { PATH: bare } });
	expect(none.stdout).toBe(`${logs("M1", "report.html")}\n`);
	expect(none.stderr).toMatch(/^The page can't be shown here: there is no (?:xdg-)?open\.$/m);
});

test("an interrupted run has its page as well", async () => {
	const held = gate();
	await using other = await createWorld([
		{ id: "A-1", script: heldAfterEdit(held) },
		{ id: "A-2", script: editAndPass },
	]);
	const running = other.start(["dev", "M1"]);
	await held.reached;
	running.child.kill("SIGINT");
	const { exitCode, stdout } = await running.finished;
	held.release();
	expect(exitCode).toBe(130);
	const page = join(other.repository.path, "logs/orch/M1/report.html");
	expect(lastLine(stdout)).toBe(page);
	expect(await pageOf(page)).toContain("issue-A-2");
});

test.each([
	["rename logs/report.html", "kill-before"],
	["writeFile logs/report.html.tmp", "kill-after"],
] as const)(
	"killed at %s (%s), nothing half-made stands in its place, and the same command ends well",
	async (step, kind) => {
		const before = await pageOf((await report(["M1"])).stdout.trim());
		const killed = await world.run(["report", "M1"], { env: await faultyEnvironment(world, { step, kind }) });
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		expect(await pageOf(logs("M1", "report.html"))).toBe(before);
		await report(["M1"]);
	},
);
