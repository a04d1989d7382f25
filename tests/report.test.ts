import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faultyEnvironment } from "./support/faults.ts";
import { answerDeferred, editAndPass, gate, heldAfterEdit } from "./support/scripts.ts";
import { createWorld, type Finished, type RunSettings, type World } from "./support/world.ts";

let world: World;
let night: Finished;
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
	expect(await readdir(logs("M-2+dd57ac1b")).catch(() => readdir(logs()))).not.toContain("report.html");
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
	await mkdir(logs("M1", "report.html"), { recursive: true });
	await world.repository.writeIssue({ id: "D-1", milestone: "M1", state: "done" });
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", "--issue", "A-1"]);
	expect(exitCode, stderr).toBe(0);
	expect(stdout).not.toContain("report.html");
	const all = await world.run(["dev", "M1"]);
	expect(all.exitCode).toBe(1);
	expect(all.stderr).toMatch(
		/The page .*report\.html can't be written: .*\n +To write it elsewhere: .* report M1 --out page\.html\n$/,
	);
	await rm(logs("M1", "report.html"), { recursive: true });
});

test("it is shown where a browser can be started, and where none can, that is said", async () => {
	const bin = join(world.repository.folder, "bin");
	await mkdir(bin);
	const opened = join(world.repository.folder, "opened");
	await writeFile(join(bin, "xdg-open"), `#!/bin/sh\necho "$1" > "${opened}.new"; mv "${opened}.new" "${opened}"\n`);
	await chmod(join(bin, "xdg-open"), 0o755);
	await report(["M1", "--open"], { env: { PATH: `${bin}:${process.env.PATH}` } });
	await expect.poll(() => readFile(opened, "utf8").catch(() => "")).toBe(`${logs("M1", "report.html")}\n`);
	const none = await report(["M1", "--open"], { env: { PATH: "" } }).catch(() => undefined);
	expect(none?.stderr ?? "there is no xdg-open").toContain("there is no xdg-open");
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
	["open logs/report.html.tmp", "kill-after"],
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
