import { appendFile, chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { acceptAll } from "./support/accepted.ts";
import { type Beginning, beginningOf } from "./support/beginning.ts";
import { faultyEnvironment } from "./support/faults.ts";
import { commandsIn, typed } from "./support/typed.ts";
import { createWorld, type World } from "./support/world.ts";

// Three issues whose work the base has, and one whose work it does not have.

let world: World;
let beginning: Beginning;
const file = (id: string) => `docs/projects/p/issues/${id}.md`;
const run = (...args: string[]) => world.run(["done", ...args]);
const changed = () => world.repository.git(["diff", "--name-only", "HEAD", "--", "docs"]);

beforeAll(async () => {
	world = await createWorld([
		{ id: "A-1", state: "planned" },
		{ id: "A-2", milestone: "M2" },
		{ id: "A-3", title: "- [ ] boxes", state: "open" },
		{ id: "OPEN-1" },
		{ id: "OLD-1", state: "Completed" },
		{ id: "OLD-2", state: "Completed" },
		{ id: "OLD-3", state: "cancelled" },
	]);
	await acceptAll(world, { "A-1": { script: "touch a" }, "A-2": { script: "touch b" }, "A-3": { script: "touch c" } });
	await world.repository.git(["merge", "-q", "--no-edit", "issue/A-1", "issue/A-2", "issue/A-3"]);
	beginning = await beginningOf(world);
});

afterAll(async () => {
	await beginning?.[Symbol.asyncDispose]();
	await world?.[Symbol.asyncDispose]();
});

test("what would close the documents is shown, in the word of those that are closed, and written when that is said", async () => {
	await beginning.again();
	const { exitCode, stdout, stderr } = await run();
	expect(exitCode, stderr).toBe(0);
	expect(stdout).toBe(
		[
			...[`--- a/${file("A-1")}`, `+++ b/${file("A-1")}`, "@@ -6 +6 @@", '-state: "planned"', "+state: Completed"],
			...[`--- a/${file("A-2")}`, `+++ b/${file("A-2")}`, "@@ -5,0 +6 @@", "+state: Completed"],
			...[`--- a/${file("A-3")}`, `+++ b/${file("A-3")}`, "@@ -6 +6 @@", '-state: "open"', "+state: Completed", ""],
		].join("\n"),
	);
	expect(stderr).toMatch(/^Nothing was written\. To write it into 3 documents: npx tsx \S+ done --write$/m);
	expect((await run("--write", "-n")).exitCode).toBe(0);
	const [data] = JSON.parse((await run("M2", "--json")).stdout).issues;
	expect(data).toEqual({ id: "A-2", file: file("A-2"), byHand: false, written: false });
	expect(await changed()).toBe("");

	const written = await run("M1", "--write");
	expect(await changed()).toBe(`${file("A-1")}\n${file("A-3")}`);
	const [command = ""] = commandsIn(written.stderr, "git commit");
	expect((await typed(world, command)).exitCode).toBe(0);
	expect(await world.repository.git(["log", "-1", "--format=%s"])).toBe("Close A-1, A-3");
	expect(await changed()).toBe("");
	const status = (await world.run(["status"])).stdout;
	expect(status).toMatch(/^A-2 +merged /m);
	expect(status).not.toMatch(/^A-[13] /m);
	const none = await run("M1");
	expect({ ...none, stderr: "" }).toMatchObject({ exitCode: 0, stdout: "" });
	expect(none.stderr).toMatch(/^There is no open document of an issue whose work the base has\.$/m);
});

test("--commit commits the documents alone; where a hook refuses they are written, and what is left is to be typed", async () => {
	await beginning.again();
	const { git, path, write } = world.repository;
	await write("staged.txt", "mine\n");
	await git(["add", "staged.txt"]);
	const hook = join(path, ".git/hooks/pre-commit");
	await writeFile(hook, "#!/bin/sh\necho not today >&2; exit 1\n");
	await chmod(hook, 0o755);
	const refused = await run("--write", "--commit");
	expect(refused.exitCode).not.toBe(0);
	expect(refused.stderr).toContain("not today");
	expect(refused.stderr).toMatch(/^It is written\. To commit it: git commit -m 'Close A-1, A-2, A-3' -- /m);

	await writeFile(hook, "#!/bin/sh\n");
	await git(["checkout", "-q", "--", "docs"]);
	const committed = await run("--write", "--commit");
	expect(committed.exitCode, committed.stderr).toBe(0);
	expect(committed.stderr).toMatch(/^Committed on main: [0-9a-f]{10}$/m);
	expect(await git(["log", "-1", "--format=%s", "--name-only"])).toBe(
		["Close A-1, A-2, A-3", "", ...["A-1", "A-2", "A-3"].map(file)].join("\n"),
	);
	expect(await git(["status", "--porcelain", "--untracked-files=no"])).toBe("A  staged.txt");
});

test.each([`rename repo/${file("A-3")}`, "git commit"])(
	"killed before %s, the same command ends well",
	async (step) => {
		await beginning.again();
		const { git, read, write } = world.repository;
		// A person's own, which has nothing to do with it.
		await write(file("OPEN-1"), (await read(file("OPEN-1"))).replace("\n---\n\n", "\nstate: Completed\n---\n\n"));
		const env = await faultyEnvironment(world, { step, kind: "kill-before" });
		const killed = await world.run(["done", "--write", "--commit"], { env });
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		expect(await changed()).toContain(file("A-1"));
		const again = await run("--write", "--commit");
		expect(again.exitCode, again.stderr).toBe(0);
		expect(again.stdout).toContain(`+++ b/${file("A-1")}`);
		expect(await git(["log", "-1", "--format=%s"])).toBe("Close A-1, A-2, A-3");
		expect(await changed()).toBe(file("OPEN-1"));
	},
);

test("what is somebody's own is left: other changes of a document, another branch", async () => {
	await beginning.again();
	const { git, path } = world.repository;
	await appendFile(join(path, file("A-1")), "\nAnd more.\n");
	const own = await changed();
	const refused = await run("A-1", "--write", "--commit");
	expect(refused.exitCode).toBe(2);
	expect(refused.stderr).toMatch(/other changes that are not committed/);
	expect(await changed()).toBe(own);
	await git(["switch", "-q", "-c", "mine"]);
	const elsewhere = await run("A-3", "--write", "--base", "main");
	expect(elsewhere.exitCode).toBe(2);
	expect(elsewhere.stderr).toMatch(/^ +To write there: git switch main$/m);
	expect(await changed()).toBe(own);
});

test("a state that stands in no line of the front matter is a person's to change", async () => {
	await beginning.again();
	const { write, commit } = world.repository;
	await write(file("A-1"), '---\n{ id: A-1, title: "Title of A-1", project: p, milestone: M1, state: planned }\n---\n');
	await commit("in a line");
	const { exitCode, stdout, stderr } = await run("M1", "--write");
	expect(exitCode).toBe(1);
	expect(stderr).toMatch(/^A-1: its state is in no line of a front matter of its own\. Say by hand that it is done: /m);
	expect(stdout).toContain(`+++ b/${file("A-3")}`);
	expect(await changed()).toBe(file("A-3"));
});
