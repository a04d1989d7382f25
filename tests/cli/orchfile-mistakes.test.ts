import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { commandsIn } from "../support/typed.ts";

// Mistakes in a person's orchfile are told as theirs, in a sentence with file and line, by both programs that read one.

/** An orchfile without a mistake. */
const SOURCE = `import { codexRunner, forEach, main, type Orchfile, task, verb } from "orchfile";

interface Own {
	readonly lines: number;
}
const codex = verb.agent(codexRunner(), ["dev"]);
const backlog = task("discover", verb.discover);
const plan = task("plan", { needs: { backlog }, ...verb.plan });
const perIssue = forEach(plan, { hold: verb.lock });
const own = perIssue("own", { summary: "mine", run: async () => ({ lines: 1 }) satisfies Own });
const wide = task("wide", { summary: "mine", run: async () => undefined });
const list = task("list", { summary: "mine", run: async () => [] });

export const graph = {
	tasks: [backlog, plan, own, wide, list],
	goals: {
		dev: { summary: "all", tasks: [own] },
	},
} satisfies Orchfile;

await main(graph, import.meta.url);
`;

/** What is edited, once, and what is to be said, behind the orchfile's path. */
type Row = readonly [name: string, edit: readonly [from: string, to: string], says: string];

/** What is found before anything is started. */
const LOADED: readonly Row[] = [
	[
		"a misspelt const",
		["forEach(plan,", "forEach(plam,"],
		':9: ReferenceError: plam is not defined\n  Did you mean "plan"?',
	],
	[
		"a const that stands below",
		["needs: { backlog }", "needs: { own }"],
		":8: ReferenceError: Cannot access 'own' before initialization",
	],
	[
		"a task used and not listed",
		["tasks: [backlog, plan", "tasks: [plan"],
		':7: task "discover" is used, but not listed; expected it under tasks.',
	],
	[
		"a goal's task that is not listed",
		["own, wide", "wide"],
		':10: task "own" is used, but not listed; expected it under tasks.',
	],
	["a task listed twice", ["own, wide", "own, own, wide"], ':10: task "own" is listed twice; expected it once.'],
	[
		"two tasks of one name",
		['task("wide"', 'task("plan"'],
		':11: two tasks are called "plan"; expected a name for each.',
	],
	[
		"a task above what it needs",
		["[backlog, plan", "[plan, backlog"],
		':8: task "plan" is listed above "discover", which it waits for; expected "discover" above it.',
	],
	[
		"need for needs",
		["needs: { backlog }", "need: { backlog }"],
		':8: task "plan" has need; expected only summary, needs, after, run, upToDate, isMended, role, watch, intermediate.\n  Did you mean "needs"?',
	],
	[
		"afer for after",
		['{ summary: "mine", run: async () => ({', '{ afer: { plan }, summary: "mine", run: async () => ({'],
		':10: task "own" has afer; expected only summary, needs, after, run, upToDate, isMended, role, watch, intermediate.\n  Did you mean "after"?',
	],
	[
		"a need that is undefined",
		["needs: { backlog }", "needs: { backlog: undefined }"],
		':8: task "plan": needs.backlog is undefined; expected a task that `task` or a `forEach` has made.',
	],
	[
		"a verb for a task",
		["needs: { backlog }", "needs: { backlog: verb.discover }"],
		':8: task "plan": needs.backlog is { summary, role, run }; expected a task that `task` or a `forEach` has made.',
	],
	[
		"a list of needs",
		["needs: { backlog }", "needs: [backlog]"],
		':8: task "plan": needs is a list of 1; expected tasks by names, as in { plan }.',
	],
	[
		"a run-wide task that needs one of each issue",
		['task("wide", {', 'task("wide", { needs: { own },'],
		':11: task "wide": needs.own is task "own"; expected it under after: a run-wide task is told of every issue.',
	],
	[
		"no spec",
		['task("wide", { summary: "mine", run: async () => undefined })', 'task("wide")'],
		':11: task "wide": summary is undefined; expected a line of text.',
	],
	[
		"a name that can't be typed",
		['task("wide"', 'task("-w ide"'],
		':11: a task\'s name is "-w ide"; expected a word that can be typed: no blanks, no dash in front.',
	],
	[
		"run that is missing",
		["run: async () => undefined", "rn: 1"],
		':11: task "wide": run is undefined; expected a function.',
	],
	[
		"run that is no function",
		["run: async () => undefined", "run: 1"],
		':11: task "wide": run is 1; expected a function.',
	],
	[
		"upToDate that is no function",
		["run: async () => undefined", "upToDate: true, run: async () => undefined"],
		':11: task "wide": upToDate is true; expected a function, or nothing.',
	],
	[
		"an option of forEach",
		["hold: verb.lock", "hld: verb.lock"],
		':10: the forEach of task "own" has hld; expected nothing but hold.\n  Did you mean "hold"?',
	],
	[
		"a hold that is no function",
		["hold: verb.lock", "hold: 1"],
		':10: task "own": hold is 1; expected a function, or nothing.',
	],
	[
		"a forEach of nothing",
		["forEach(plan,", "forEach(undefined,"],
		':10: task "own": the list of its forEach is undefined; expected a task that `task` has made and that waits for no issue.',
	],
	[
		"a goal with a misspelt key",
		["tasks: [own]", "tasks: [own], sumary: 1"],
		':17: goal "dev" has sumary; expected only summary, tasks.\n  Did you mean "summary"?',
	],
	[
		"an empty goal",
		["tasks: [own]", "tasks: []"],
		':17: goal "dev": tasks is an empty list; expected a list of at least one task.',
	],
	[
		"a goal that names no task",
		["tasks: [own]", 'tasks: [own, "plan"]'],
		':17: goal "dev": one of its tasks is "plan"; expected a task that `task` or a `forEach` has made.',
	],
	[
		"a goal called as a task",
		["\t\tdev: {", "\t\town: {"],
		':17: goal "own" is called as a task is; expected another name.',
	],
	[
		"a goal over two lists of issues",
		["tasks: [own]", 'tasks: [own, forEach(list)("other", { summary: "", run: async () => 1 })]'],
		':17: goal "dev" has tasks of 2 lists of issues; expected those of one forEach.',
	],
	[
		"a list that holds no task",
		["own, wide", "own, verb.check, wide"],
		":15: tasks has { summary, role, run }; expected a task that `task` or a `forEach` has made.",
	],
	[
		"a misspelt key of the graph",
		["\tgoals: {", "\tlayuot: {},\n\tgoals: {"],
		':16: the graph has layuot; expected only tasks, goals, defaults, layout, commit.\n  Did you mean "layout"?',
	],
	[
		"no goals",
		["main(graph,", "main({ tasks: graph.tasks },"],
		":21: goals is undefined; expected goals by their names, or {}.",
	],
	[
		"no graph",
		["main(graph,", "main(undefined,"],
		":21: main was given undefined; expected the graph, with tasks and goals.",
	],
	[
		"a misspelt setting of the layout",
		["\tgoals: {", '\tlayout: {\n\t\tbrnch: "x/{id}" },\n\tgoals: {'],
		':17: layout.brnch is "x/{id}"; expected one of issues, milestones, project, fields, foreign, branch, worktree (did you mean branch?).',
	],
	[
		"a misspelt field of the layout",
		["\tgoals: {", '\tlayout: {\n\t\tfields: {\n\t\t\tprioritie: "p" } },\n\tgoals: {'],
		':18: layout.fields.prioritie is "p"; expected one of id, title, project, state, priority, estimate, milestone, assignees, labels, parent, children, blocked_by, blocked, related_to (did you mean priority?).',
	],
	[
		"a setting of commit that can't be",
		["\tgoals: {", "\tcommit: { subject: 1 },\n\tgoals: {"],
		":16: commit.subject is 1; expected a string",
	],
	[
		"a default that is no option",
		["\tgoals: {", '\tdefaults: { jbs: "4" },\n\tgoals: {'],
		':16: the default for "jbs" is not valid: there is no such option.\n  Did you mean "jobs"?',
	],
	[
		"a default that does not fit",
		["\tgoals: {", '\tdefaults: { jobs: "many" },\n\tgoals: {'],
		':16: the default for "jobs" is not valid: ',
	],
	[
		"a default that is no string",
		["\tgoals: {", "\tdefaults: { jobs: 4 },\n\tgoals: {"],
		":16: defaults: jobs is 4; expected a string, as it is typed.",
	],
	[
		"a turn that there is not",
		["const backlog", 'codex.turn("dve" as "dev");\nconst backlog'],
		':7: TypeError: "dve" is no turn of an agent that has dev',
	],
	[
		"a phase that there is not",
		['["dev"]', '["dve"]'],
		':6: TypeError: agent takes a list of phases, out of dev, review, fix, and was given ["dve"]',
	],
	[
		"an agent without a runner",
		["codexRunner()", "undefined"],
		":6: TypeError: agent takes a runner first, such as codexRunner()",
	],
	[
		"a set-up without a command",
		["const backlog", "verb.setupWorktree(undefined);\nconst backlog"],
		":7: TypeError: setupWorktree takes a shell command, and was given undefined",
	],
	[
		"main without an address",
		[", import.meta.url", ""],
		":21: main was given undefined for its address; expected import.meta.url.",
	],
	[
		"no call of main",
		["await main(", "void ("],
		" does nothing: it does not call main with its own address.\n  Let it end with: await main(graph, import.meta.url);",
	],
	[
		"main for another file",
		["import.meta.url", '"file:///elsewhere/orchfile.ts"'],
		" does nothing: it does not call main with its own address.",
	],
	["an error that it throws", ["const backlog", 'throw new Error("not today");\nconst backlog'], ":7: not today"],
	["a string that it throws", ["const backlog", 'throw "not today";\nconst backlog'], ': it throws "not today"'],
	[
		"a promise that nobody waits for",
		[
			"const backlog",
			'Promise.reject(new Error("lost"));\nawait new Promise((resolve) => setTimeout(resolve, 300));\nconst backlog',
		],
		":7: lost",
	],
	[
		"a callback that throws",
		[
			"const backlog",
			'setTimeout(() => {\n\tthrow new Error("late");\n});\nawait new Promise((resolve) => setTimeout(resolve, 300));\nconst backlog',
		],
		":8: late",
	],
];

/** What can't be imported: of these tsx itself tells, before anything of this program is loaded. */
const UNREADABLE: readonly Row[] = [
	["a syntax error", ["export const graph = {", "export const graph = {{"], ':14: Expected identifier but found "{"'],
	["a file that is not there", ["const codex", 'import "./nothing.ts";\nconst codex'], ":6: Cannot find module "],
	[
		"a package that is not there",
		["const codex", 'import "no-such-package";\nconst codex'],
		":6: Cannot find package 'no-such-package'",
	],
	[
		"a name that is not exported",
		["const codex", 'import { verbs } from "orchfile";\nconsole.log(verbs);\nconst codex'],
		":6: The requested module 'orchfile' does not provide an export named 'verbs'",
	],
];

/** What a task does, and what is said of it; `own` is asked for A-1. */
const RUN: readonly (readonly [name: string, body: string, says: string])[] = [
	["an error", 'throw new Error("boom");', ':11: task "own" threw for A-1: boom'],
	[
		"an error of a type",
		"(undefined as unknown as string).length;",
		":11: task \"own\" threw for A-1: TypeError: Cannot read properties of undefined (reading 'length')",
	],
	["a string", 'throw "boom";', ':10: task "own" threw for A-1: boom'],
	["undefined", "throw undefined;", ':10: task "own" threw for A-1: undefined'],
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

let repository: TestRepository;

beforeAll(async () => {
	repository = await createRepository([{ id: "A-1" }], { name: "app" });
	const { path, write, commit } = repository;
	await write("package.json", '{ "type": "module" }');
	await write(".gitignore", "node_modules\n");
	await commit("package");
	const modules = join(path, "node_modules");
	const outdir = join(modules, "orchfile/dist");
	const entryPoints = ["tasks/index.ts", "tasks/cli/bin.ts"];
	await build({
		absWorkingDir: ROOT,
		entryPoints,
		outdir,
		outbase: "tasks",
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		packages: "external",
	});
	await copyFile(join(ROOT, "package.json"), join(modules, "orchfile/package.json"));
	const { dependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
	for (const name of Object.keys(dependencies)) {
		await mkdir(dirname(join(modules, name)), { recursive: true });
		await symlink(join(ROOT, "node_modules", name), join(modules, name));
	}
});
afterAll(() => repository?.[Symbol.asyncDispose]());

/** How an orchfile is started: by tsx, or by the program that is installed. */
const WAYS = { tsx: ["--import", "tsx", "orchfile.ts"], installed: ["node_modules/orchfile/dist/cli/bin.js"] };

function start(
	way: keyof typeof WAYS,
	args: readonly string[],
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
	const { path: cwd, home } = repository;
	const env = { PATH: process.env.PATH, HOME: home, TMPDIR: process.env.TMPDIR };
	return new Promise((resolve) => {
		execFile(process.execPath, [...WAYS[way], ...args], { cwd, env }, (error, stdout, stderr) => {
			resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr });
		});
	});
}

async function writeOrchfile(...[from, to]: Row[1]): Promise<string> {
	expect(SOURCE.split(from)).toHaveLength(2);
	const path = join(repository.path, "orchfile.ts");
	await writeFile(
		path,
		SOURCE.replace(from, () => to),
	);
	return path;
}

test("without a mistake nothing is said", async () => {
	await writeOrchfile("await main", "await main");
	for (const way of ["tsx", "installed"] as const)
		expect(await start(way, ["own", "A-1", "--quiet"]), way).toMatchObject({ exitCode: 0, stderr: "" });
	await rm(join(repository.path, "logs"), { recursive: true });
});

test("check tells what TypeScript says of it, for people and for programs", async () => {
	const path = await writeOrchfile("lines: 1 }) satisfies", 'lines: "one" }) satisfies');
	const listed = '[backlog, task("check", { needs: { backlog }, ...verb.check }), plan';
	await writeFile(path, (await readFile(path, "utf8")).replace("[backlog, plan", listed));
	const place = join(repository.path, "node_modules/typescript");
	expect((await start("installed", ["check"])).stderr).toContain("types are not checked: TypeScript is not installed");
	await symlink(join(ROOT, "node_modules/typescript"), place);
	const [text, json] = [await start("installed", ["check"]), await start("tsx", ["check", "--json"])];
	await rm(place);
	expect(text.stdout).toMatch(/^orchfile\.ts:10: error: TS2322: Type 'string' is not assignable to type 'number'/m);
	expect(text).toMatchObject({ exitCode: 2, stderr: "" });
	expect(json.exitCode).toBe(2);
	const found = { kind: "type", file: "orchfile.ts", line: 10, code: "TS2322" };
	expect(JSON.parse(json.stdout).findings).toContainEqual(expect.objectContaining(found));
});

describe("found before anything is started", () => {
	for (const [name, edit, says] of LOADED) {
		test(name, async () => {
			const path = await writeOrchfile(...edit);
			// Once main has the graph, both are one program.
			const ways = /: (?:task|goal|the|a task's|two|tasks|defaults|layout|commit)\b/.test(says)
				? []
				: [start("tsx", ["own", "A-1"])];
			for (const { exitCode, stderr } of await Promise.all([...ways, start("installed", ["own", "A-1"])])) {
				expect(stderr).toContain(`${path}${says}`);
				expect(stderr).not.toMatch(/^\s+at \S|defect of orchfile|node:internal/m);
				expect(exitCode).toBe(2);
			}
			expect(existsSync(join(repository.path, "logs"))).toBe(false);
		});
	}

	test("all that is wrong with a graph is told at once", async () => {
		const path = await writeOrchfile("[backlog, plan, own, wide, list]", "[plan, own, wide, wide]");
		const { stderr } = await start("installed", ["plan", "M1"]);
		expect(stderr.match(new RegExp(`^${path}:\\d+: `, "gm"))).toHaveLength(2);
	});

	for (const [name, edit, says] of UNREADABLE) {
		test(`${name}, which tsx tells by itself`, async () => {
			const path = await writeOrchfile(...edit);
			const [byTsx, installed] = await Promise.all([start("tsx", ["own", "A-1"]), start("installed", ["own", "A-1"])]);
			expect(installed.stderr).toContain(`${path}${says}`);
			expect(installed.stderr).not.toMatch(/^\s+at \S/m);
			expect(installed.exitCode).toBe(2);
			expect(byTsx.stderr).toContain(path);
			expect(byTsx.exitCode).toBe(1);
		});
	}

	test("what it imports throws, and is the place", async () => {
		await writeOrchfile("const codex", 'import "./helper.ts";\nconst codex');
		const helper = join(repository.path, "helper.ts");
		await writeFile(helper, 'const x: number = 1;\n\nthrow new Error("no helper");\nexport { x };\n');
		for (const way of ["tsx", "installed"] as const)
			expect(await start(way, ["plan", "M1"])).toMatchObject({ exitCode: 2, stderr: `${helper}:3: no helper\n` });
		await rm(helper);
	});

	test("a folder in the place of an orchfile", async () => {
		const path = join(repository.path, "orchfile.ts");
		await rm(path);
		await mkdir(path);
		const { exitCode, stderr } = await start("installed", ["plan", "M1"]);
		expect({ exitCode, stderr }).toEqual({
			exitCode: 2,
			stderr: `${path} can't be loaded: it is a folder, expected a file\n`,
		});
		await rm(path, { recursive: true });
	});

	test("--verbose shows the stack", async () => {
		const path = await writeOrchfile("forEach(plan,", "forEach(plam,");
		for (const way of ["tsx", "installed"] as const)
			expect((await start(way, ["plan", "M1", "--verbose"])).stderr).toMatch(new RegExp(`^ +at .*${path}:9:`, "m"));
	});
});

describe("what a task does", () => {
	for (const [name, body, says] of RUN) {
		test(name, async () => {
			const path = await writeOrchfile(
				"run: async () => ({ lines: 1 }) satisfies Own",
				`run: async (): Promise<unknown> => {\n${body}\nreturn 1; }`,
			);
			await writeFile(
				path,
				`${await readFile(path, "utf8")}\nfunction later() { return new Promise((resolve) => setTimeout(resolve, 300)); }\n`,
			);
			const { exitCode, stderr } = await start("installed", ["own", "A-1"]);
			expect(stderr).toContain(`A-1  ${path}${says}`);
			expect(stderr).not.toMatch(/^\s+at \S|defect of orchfile|node:internal/m);
			expect(exitCode).toBe(1);
			const [verbose] = commandsIn(stderr, "npx orchfile own");
			expect(verbose !== undefined).toBe(!/string|undefined|bigint|map|circle/.test(name));
			if (name !== "an error") return;
			const words = verbose?.replace("npx orchfile ", "").split(" ") ?? [];
			for (const way of ["tsx", "installed"] as const)
				expect((await start(way, words)).stderr).toMatch(new RegExp(`^ +at .*${path}:11:`, "m"));
		});
	}

	for (const [answer, says] of [
		[
			"1",
			':10: task "own", asked whether it is up to date, returned 1 for A-1; expected { upToDate: true, value } or { upToDate: false, because }.',
		],
		[
			'{ upToDate: "yes" }',
			':10: task "own", asked whether it is up to date, returned {"upToDate":"yes"} for A-1; expected ',
		],
		['Promise.reject(new Error("boom"))', ':10: task "own", asked whether it is up to date, threw for A-1: boom'],
	] as const) {
		test(`upToDate that returns ${answer}`, async () => {
			const path = await writeOrchfile(
				"run: async () => ({",
				`upToDate: async () => (${answer}) as never, run: async () => ({`,
			);
			const { exitCode, stderr } = await start("installed", ["own", "A-1"]);
			expect(stderr).toContain(`A-1  ${path}${says}`);
			expect(exitCode).toBe(1);
		});
	}

	test("a run-wide task", async () => {
		const path = await writeOrchfile(
			"run: async () => undefined",
			'run: async () => { throw new RangeError("boom"); }',
		);
		for (const way of ["tsx", "installed"] as const)
			expect(await start(way, ["wide", "--quiet"])).toMatchObject({
				exitCode: 1,
				stderr: `${path}:11: task "wide" threw: RangeError: boom\n`,
			});
	});

	test("a list that is none of issues", async () => {
		const path = await writeOrchfile(
			"forEach(plan,",
			'forEach((await import("orchfile")).task("mine", { summary: "", run: async () => [{ id: 1 }] }) as never,',
		);
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
		const path = await writeOrchfile(
			'{ summary: "mine", run: async () => ({',
			'{ watch: () => {\nthrow new Error("no eyes"); }, summary: "mine", run: async () => ({',
		);
		const { exitCode, stderr } = await start("installed", ["own", "A-1"]);
		expect(stderr).toContain(`${path}:11: task "own" threw while it watched the run: no eyes\n`);
		expect(stderr.split("no eyes")).toHaveLength(2);
		expect(exitCode).toBe(0);
	});
});

test("main called twice: the first call has done it, the second says so", async () => {
	const path = await writeOrchfile(
		"await main(graph, import.meta.url);",
		"await main(graph, import.meta.url);\nawait main(graph, import.meta.url);",
	);
	for (const way of ["tsx", "installed"] as const)
		expect(await start(way, ["wide", "--quiet"])).toMatchObject({
			exitCode: 2,
			stderr: `${path}:22: main is called a second time; expected one call, which has done what was asked for.\n  Take one of them out.\n`,
		});
});
