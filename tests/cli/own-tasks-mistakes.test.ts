import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wordsOf } from "../../tasks/cli/orchfile-mistakes.ts";
import { faultIn, faultInIssues } from "../../tasks/cli/own-answer.ts";
import type { Part } from "../../tasks/engine/execution.ts";
import type { Task } from "../../tasks/engine/task.ts";
import { createInstalled, type Installed } from "../support/installed.ts";
import { commandsIn } from "../support/typed.ts";

// What a task of a person's own does wrong is told as theirs, in a sentence with file and line, and fails that task alone.

/** What a task does, and what is said of it where it stands in line 10 and is called `own`. */
const RUN: readonly (readonly [name: string, body: string, says: string])[] = [
	["an error", 'throw new Error("boom");', ':11: task "own" threw for A-1: boom'],
	[
		"an error of a type",
		"(undefined as unknown as string).length;",
		":11: task \"own\" threw for A-1: TypeError: Cannot read properties of undefined (reading 'length')",
	],
	["a string", 'throw "boom";', ':10: task "own" threw for A-1: boom'],
	["undefined", "throw undefined;", ':10: task "own" threw for A-1: undefined'],
	["null", "throw null;", ':10: task "own" threw for A-1: null'],
	[
		"a failure that says nothing",
		'const { Failure } = await import("orchfile"); throw new Failure({ kind: "refused" } as never);',
		':11: task "own" threw for A-1: Failure: refused',
	],
	[
		"a change of what it was given",
		'await import("orchfile"); all[1].issue.id = "B-1";',
		":11: task \"own\" threw for A-1: TypeError: Cannot assign to read only property 'id'",
	],
	[
		"a promise that nothing settles (of which Node would end without a word, undefined)",
		"return new Promise(() => {});",
		':10: task "own" returned a promise that nothing is left to settle for A-1; expected one that comes to an end.',
	],
	["a rejected promise", 'return Promise.reject(new Error("boom"));', ':11: task "own" threw for A-1: boom'],
	[
		"a promise that nobody waits for",
		'void Promise.reject(new Error("boom")); await later();',
		':11: task "own" threw for A-1: boom',
	],
	[
		"a callback",
		'await new Promise((resolve) => setTimeout(() => { throw new Error("boom"); resolve(1); }));',
		':11: task "own" threw for A-1: boom',
	],
	[
		"a bigint",
		"return { lines: 1n };",
		':10: task "own" returned a bigint under "lines" for A-1; expected plain data, as JSON can hold it.',
	],
	["a map", "return new Map();", ':10: task "own" returned a Map for A-1; expected plain data, as JSON can hold it.'],
	[
		"a circle",
		"const a: Record<string, unknown> = {}; a.a = a; return a;",
		':10: task "own" returned what JSON can\'t hold (TypeError: Converting circular structure to JSON) for A-1; expected plain data, as JSON can hold it.',
	],
];

/** What is wrong with what somebody's function returns, as it is told. */
const ANSWERS: readonly (readonly [part: Part | "list", value: unknown, says: string | undefined])[] = [
	["run", { kind: "note" }, '{"kind":"note"}; { kind, text }'],
	["run", { kind: "note", text: "9 tests" }, undefined],
	["run", { kind: "turn" }, '{"kind":"turn"}; what a verb returns as turn, or a kind of its own'],
	[
		"run",
		{ kind: "saved", record: {} },
		'{"kind":"saved","record":{}}; what a verb returns as saved, or a kind of its own',
	],
	["run", { kind: "kept" }, '{"kind":"kept"}; what a verb returns as kept, or a kind of its own'],
	["run", { kind: "mine" }, undefined],
	["run", { tests: Promise.resolve(9) }, 'a Promise under "tests"; plain data, as JSON can hold it'],
	["run", { toJSON: () => 1n }, "a bigint; plain data, as JSON can hold it"],
	["upToDate", { upToDate: true, value: new Set() }, "a Set; plain data, as JSON can hold it"],
	["upToDate", { upToDate: false, because: 1 }, undefined],
	["hold", {}, "{}; { release }, a function that lets go"],
	["hold", { release: () => {} }, undefined],
	[
		"hold",
		{ release: () => {}, issue: { id: "B-1", blockers: [] } },
		'{"id":"B-1","blockers":[]} as its issue; the issue as it was given',
	],
	["hold", { release: () => {}, issue: { id: "A-1", blockers: [] } }, undefined],
	[
		"list",
		[
			{ id: "A-1", blockers: ["A-2"] },
			{ id: "A-2", blockers: ["A-1"] },
		],
		"issues that wait for each other (A-1 ← A-2 ← A-1); an order among them",
	],
	["list", [{ id: "A-1", blockers: ["A-1"] }], "issues that wait for each other (A-1 ← A-1); an order among them"],
	[
		"list",
		[
			{ id: "A-1", blockers: ["Z-9"] },
			{ id: "A-2", blockers: ["A-1"] },
		],
		undefined,
	],
	[
		"list",
		[
			{ id: "A-1", blockers: [] },
			{ id: "A-1", blockers: [] },
		],
		'{"id":"A-1","blockers":[]} in its list; a list of issues, each with an id of its own and a list of blockers',
	],
];

test("what can't be used of what a function returns", () => {
	for (const [part, value, says] of ANSWERS) {
		const node = { scope: "issue" } as Task;
		const fault = part === "list" ? faultInIssues(value) : faultIn(part, node, value, "A-1");
		expect(fault && `${fault.value}; ${fault.expected}`, `${part} ${says}`).toBe(says);
	}
});

test("what is thrown, in words", () => {
	for (const [thrown, words] of [
		[new Error(), "an error without a message"],
		[new TypeError("no"), "TypeError: no"],
		[new Error("outer", { cause: new Error("inner", { cause: "root" }) }), "outer (inner (root))"],
		[
			new AggregateError([new Error("one"), new TypeError("two")], "both"),
			"AggregateError: both (one; TypeError: two)",
		],
		[null, "null"],
		[undefined, "undefined"],
		["text", "text"],
		[{ code: 7 }, '{"code":7}'],
		[Object.create(null), "{}"],
		[7n, "an object"],
		[Symbol("x"), "Symbol(x)"],
	] as const)
		expect(wordsOf(thrown)).toBe(words);
	const circle = new Error("circle");
	circle.cause = circle;
	expect(wordsOf(circle)).toBe("circle (circle (circle (circle)))");
});

let installed: Installed;

beforeAll(async () => {
	installed = await createInstalled();
});
afterAll(() => installed?.[Symbol.asyncDispose]());

const start: Installed["start"] = (...args) => installed.start(...args);
const writeOrchfile: Installed["writeOrchfile"] = (...edits) => installed.writeOrchfile(...edits);

/** What a task says of itself when it is asked whether it is up to date. */
const FRESH: readonly (readonly [answer: string, says: string])[] = [
	[
		"1",
		':10: task "own", asked whether it is up to date, returned 1 for A-1; expected { upToDate: true, value } or { upToDate: false, because }.',
	],
	[
		'{ upToDate: "yes" }',
		':10: task "own", asked whether it is up to date, returned {"upToDate":"yes"} for A-1; expected ',
	],
	['Promise.reject(new Error("boom"))', ':10: task "own", asked whether it is up to date, threw for A-1: boom'],
];

/** Writes an orchfile with a task for each of these, from line 10 on. @returns its path, and where each task stands. */
async function writeTasks(specs: readonly string[]) {
	const names = specs.map((_, at) => `own${at + 1}`);
	const tasks = specs.map((spec, at) => `const ${names[at]} = perIssue("${names[at]}", { summary: "mine", ${spec} });`);
	const path = await writeOrchfile(
		[
			'const own = perIssue("own", { summary: "mine", run: async () => ({ lines: 1 }) satisfies Own });',
			tasks.join("\n"),
		],
		["own, wide", [...names, "wide"].join(", ")],
		["tasks: [own]", `tasks: [${names.join(", ")}]`],
		["await main", "function later() { return new Promise((resolve) => setTimeout(resolve, 300)); }\nawait main"],
	);
	const lines = (await readFile(path, "utf8")).split("\n");
	const places = names.map((name) => ({
		name,
		line: lines.findIndex((line) => line.startsWith(`const ${name} =`)) + 1,
	}));
	return { path, places };
}

test("each of many tasks fails by itself, with what it threw or returned", async () => {
	const { path, places } = await writeTasks([
		...RUN.map(([, body]) => `run: async (...all: any[]): Promise<unknown> => {\n${body}\nreturn 1; }`),
		...FRESH.map(([answer]) => `upToDate: async () => (${answer}) as never, run: async () => 1`),
		"run: async () => 1",
	]);
	const { exitCode, stdout, stderr } = await start("installed", ["dev", "A-1"]);
	expect(exitCode).toBe(1);
	expect(stdout).toMatch(new RegExp(`^A-1 +${places.at(-1)?.name} +done$`, "m"));
	expect(stderr).not.toMatch(/^\s+at \S|defect of orchfile|node:internal/m);
	const rows = [...RUN, ...FRESH.map(([answer, says]) => [`upToDate: ${answer}`, "", says] as const)];
	for (const [at, [what, , says]] of rows.entries()) {
		const { name = "", line = 0 } = places[at] ?? {};
		const told = says.replace(/^:(\d+): task "own"/, (_, number) => `:${line + Number(number) - 10}: task "${name}"`);
		expect(stderr, what).toContain(`A-1  ${path}${told}`);
		const hasStack = commandsIn(stderr, `npx orchfile ${name} `).length > 0;
		expect(hasStack, what).toBe(!/string|undefined|null|bigint|map|circle|upToDate: [1{]/.test(what));
	}
	const [{ name = "", line = 0 } = {}] = places;
	const words = commandsIn(stderr, `npx orchfile ${name} `)[0]?.split(" ").slice(2) ?? [];
	for (const way of ["tsx", "installed"] as const)
		expect((await start(way, words)).stderr).toMatch(new RegExp(`^ +at .*${path}:${line + 1}:`, "m"));
});

test("a run-wide task", async () => {
	const path = await writeOrchfile([
		"run: async () => undefined",
		'run: async () => { throw new RangeError("boom"); }',
	]);
	for (const way of ["tsx", "installed"] as const)
		expect(await start(way, ["wide", "--quiet"])).toMatchObject({
			exitCode: 1,
			stderr: `${path}:11: task "wide" threw: RangeError: boom\n`,
		});
});

test("a list that is none of issues", async () => {
	const path = await writeOrchfile([
		"forEach(plan,",
		'forEach((await import("orchfile")).task("mine", { summary: "", run: async () => [{ id: 1 }] }) as never,',
	]);
	await writeFile(
		path,
		(await readFile(path, "utf8"))
			.replace('const perIssue = forEach((await import("orchfile")).task(', "const mine = task(")
			.replace("}) as never, {", "});\nconst perIssue = forEach(mine as never, {")
			.replace("[backlog, plan,", "[backlog, plan, mine,"),
	);
	const { exitCode, stderr } = await start("installed", ["own", "A-1", "--quiet"]);
	expect(stderr).toBe(
		`${path}:9: task "mine" returned {"id":1} in its list; expected a list of issues, each with an id of its own and a list of blockers.\n`,
	);
	expect(exitCode).toBe(1);
});

test("a watcher, which nothing depends on", async () => {
	const path = await writeOrchfile([
		'{ summary: "mine", run: async () => ({',
		'{ watch: () => {\nthrow new Error("no eyes"); }, summary: "mine", run: async () => ({',
	]);
	const { exitCode, stderr } = await start("installed", ["own", "A-1"]);
	expect(stderr).toContain(`${path}:11: task "own" threw while it watched the run: no eyes\n`);
	expect(stderr.split("no eyes")).toHaveLength(2);
	expect(exitCode).toBe(0);
});

test("process.exit, which would end the night as if all were well", async () => {
	const path = await writeOrchfile(["run: async () => undefined", "run: async () => {\nprocess.exit(); }"]);
	const { exitCode, stderr } = await start("installed", ["wide", "--quiet"]);
	expect(stderr).toContain(
		`${path}:12: task "wide" has ended the whole program by process.exit; expected it to return or to throw.`,
	);
	expect(exitCode).toBe(1);
});

test("a hold that throws, and one that can't let go", async () => {
	const rows = [
		['throw new Error("taken");', 1, ':10: task "own", taking hold, threw for A-1: taken'],
		[
			'return { release: async () => { throw new Error("stuck"); } };',
			0,
			':10: task "own" threw while it let go of its issue: stuck',
		],
	] as const;
	for (const [body, expected, says] of rows) {
		const path = await writeOrchfile(["hold: verb.lock", `hold: async () => {\n${body}\n}`]);
		const { exitCode, stderr } = await start("installed", ["own", "A-1"]);
		expect(stderr).toContain(`${path}${says}`);
		expect(stderr).not.toMatch(/^\s+at \S|defect of orchfile/m);
		expect(exitCode).toBe(expected);
	}
});
