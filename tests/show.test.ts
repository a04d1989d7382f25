import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerDeferred, runAndPass } from "./support/scripts.ts";
import { noTerminal, openTerminal } from "./support/terminal.ts";
import { createWorld, type World } from "./support/world.ts";

const TOKEN = `ghp_${"abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"}`;
/** What commands a terminal, or turns round what comes behind it. */
const HOSTILE = "\u001b[31mred\u001b]0;title\u0007 \u202egnp.exe";
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const COMMANDING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

let world: World;
const show = async (...args: string[]) => {
	const { exitCode, stdout, stderr } = await world.run(["show", ...args]);
	expect(exitCode, stderr).toBe(0);
	return stdout;
};

beforeAll(async () => {
	const command = `printf 'token = ${TOKEN}\\n\\033[2Jclear\\r\\342\\200\\256back\\n' > a.txt; printf '\\0' > b.bin; seq 1003 > package-lock.json; echo '${TOKEN} ${HOSTILE}'; exit 1`;
	world = await createWorld([
		{ id: "A-1", title: `Adds files ${HOSTILE}`, script: runAndPass(command) },
		{ id: "B-1", script: answerDeferred },
		{ id: "C-1", state: "review" },
		{ id: "D-1", milestone: "M2" },
	]);
	expect((await world.run(["dev", "M1"])).exitCode).toBe(1);
});
afterAll(() => world[Symbol.asyncDispose]());

test("an issue: where it stands, what its agent says and did, what it changed, what is next, and its diff", async () => {
	const text = await show("A-1");
	expect(text).toMatch(/^A-1: Adds files red gnp\.exe\nup to date\nA-1 is up to date: it passed /);
	expect(text).toMatch(/^What the agent of dev says:\n {2}Chunk/m);
	expect(text).toMatch(/^ {2}it ran npm test: pass$/m);
	expect(text).toMatch(/^1 attempt:\n {2}dev: pass .* tokens {2}1 command, 1 failed$/m);
	expect(text).toMatch(/^Commits:\n {2}[0-9a-f]{10} A-1: Adds files/m);
	expect(text).toMatch(
		/^ {2}A {2}\+2 −0 +a\.txt\n {2}A {2}binary +b\.bin\n.*package-lock\.json, lock file\n {2}3 files \+1005 −0$/m,
	);
	expect(text).toMatch(/^Log: .*logs\/orch\/M1\/A-1$/m);
	expect(text).toMatch(/^Next: git diff main\.\.\.issue\/A-1$/m);
	expect(text).toMatch(/^diff --git a\/a\.txt b\/a\.txt$/m);
});

test("of a long file the rest is counted, with the command that shows all of it", async () => {
	const [, command = ""] = /^… 3 more lines: git (.*)$/m.exec(await show("A-1")) ?? [];
	expect(await world.repository.git(command.split(" "))).toMatch(/^\+1003$/m);
});

test("what agents, documents and diffs say commands no terminal, and no secret is shown", async () => {
	for (const text of [await show("A-1"), await show("M1"), await show("B-1")]) {
		expect(text).not.toMatch(COMMANDING);
		expect(text).not.toContain(TOKEN);
	}
	const text = await show("A-1");
	expect(text).toContain("+token = ‹secret: github›\n+‹ESC›[2Jclear‹CR›‹U+202E›back\n");
	expect(await show("A-1", "--json")).not.toContain(TOKEN);
});

test("an issue that a person has to answer, one that is held back, and one that nobody has begun", async () => {
	expect(await show("B-1")).toMatch(/A person has to answer first:\n {2}Which of the two formats is meant\?/);
	expect(await show("C-1")).toMatch(/^C-1 is held back/);
	expect(await show("D-1")).toMatch(/^D-1: Title of D-1\nnever run\n/);
});

test("a milestone is the night in one screen", async () => {
	const text = await show("M1");
	expect(text).toMatch(
		/^M1: 1 up to date, 1 has a question for you, 1 held back\.\n\nISSUE +STANDING +EVIDENCE +TITLE\n/,
	);
	expect(text).toMatch(/^A-1 +up to date +3 files \+1005 −0 +Adds files/m);
	expect(text).toMatch(/^C-1 +held: review /m);
	expect(text).toMatch(/^B-1: Which of the two formats is meant\?\n {2}Next: .*answer B-1 --commit$/m);
	expect(text).toMatch(/\nTo answer B-1: .*answer B-1 --commit\n$/);
	expect((await world.run(["show"])).stderr).toContain('"show" takes a target');
});

test("for programs, all that is known of each issue", async () => {
	const all = JSON.parse(await show("M1", "--json"));
	expect(all.map(({ id }: { id: string }) => id)).toEqual(["A-1", "B-1", "C-1"]);
	expect(all[0]).toMatchObject({
		upToDate: true,
		turns: [{ turn: "dev", folder: "", result: { status: "pass" }, commands: [{ exitCode: 1 }] }],
		spans: [{ what: "dev" }],
		commits: [{ trailers: expect.arrayContaining([["Orch-Issue", "A-1"]]) }],
		diff: { files: [{ path: "a.txt" }, { path: "b.bin" }, { path: "package-lock.json", kind: "lock" }] },
		logs: expect.arrayContaining(["dev-run.json", "dev.jsonl"]),
	});
});

/** Writes down that it is a pager, and what it was given. */
const PAGER = '#!/bin/sh\necho "[the pager]"\nsed -n 1,3p\n';

test.for([
	["a pager of the user's", "pager", /\[the pager\][\s\S]*diff --git a\/a\.txt b\/a\.txt/],
	["none, so that nothing would hold back what commands the terminal", "cat", /\+‹ESC›\[2Jclear‹CR›‹U\+202E›back/],
] as const)("where a person sits, the diff goes through git's pager: %s", async ([, pager, shown], { skip }) => {
	skip(noTerminal !== undefined, noTerminal);
	const { folder } = world.repository;
	await writeFile(join(folder, "pager"), PAGER);
	await chmod(join(folder, "pager"), 0o755);
	const env = { GIT_PAGER: pager === "pager" ? join(folder, "pager") : pager };
	await using terminal = openTerminal(world, ["show", "A-1"], { env });
	const { exitCode, output } = await terminal.finished;
	expect(exitCode, output).toBe(0);
	expect(output).toMatch(shown);
	expect(output).not.toContain("\u001b[2J");
});
