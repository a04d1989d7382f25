import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";
import { createInstalled, type Edit, type Installed } from "../support/installed.ts";
import { commandsIn } from "../support/typed.ts";

// Mistakes in a person's orchfile are told as theirs, in a sentence with file and line, by both programs that read one.

/** What is edited, once, and what is to be said, behind the orchfile's path. */
type Row = readonly [name: string, edit: Edit, says: string];

/** Those that nothing else is made with. */
const ALONE = new Set<Row>();

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
		"a goal that can't be typed",
		["\t\tdev: {", '\t\t"--dev": {'],
		':17: a goal\'s name is "--dev"; expected a word that can be typed: no blanks, no dash in front.',
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
		"a task for a graph",
		["main(graph,", "main(own as never,"],
		':21: main was given task "own"; expected the graph, with tasks and goals.',
	],
	[
		"the end of the program, as if all were well",
		["const backlog", "process.exit();\nconst backlog"],
		" does nothing: it does not call main with its own address.\n  Let it end with: await main(graph, import.meta.url);",
	],
	[
		"a misspelt setting of the layout",
		["\tgoals: {", '\tlayout: {\n\t\tbrnch: "x/{id}" },\n\tgoals: {'],
		':17: layout.brnch is "x/{id}"; expected one of issues, finished, milestones, project, fields, foreign, states, priorities, branch, worktree (did you mean branch?).',
	],
	[
		"a misspelt field of the layout",
		["\tgoals: {", '\tlayout: {\n\t\tfields: {\n\t\t\tprioritie: "p" } },\n\tgoals: {'],
		':18: layout.fields.prioritie is "p"; expected one of id, title, project, state, priority, estimate, milestone, assignees, labels, parent, children, blocked_by, blocked, related_to, checks, removes_tests, model, effort, budget, timeout (did you mean priority?).',
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

/** True for what `main` finds once it has the graph, and what a verb throws: both programs tell that as they tell another row. */
function isToldAlike([, , says]: Row): boolean {
	return /: (?:task|goal|the graph|the forEach|a task's|a goal's|two|tasks|defaults|layout|commit|goals|TypeError|main was given (?!undefined for))\b/.test(
		says,
	);
}

/** Mistakes in a graph are told all at once, so those of different lines are made together. */
function batchesOf(rows: readonly Row[]): Row[][] {
	const batches: Row[][] = [];
	for (const row of rows) {
		const [, [from, to], says] = row;
		const isAlone = !/^:\d+: (?:task|goal) /.test(says) || /\n/.test(to) || /2 lists|is used, but|called as/.test(says);
		const lineOf = (each: Row) => /^:\d+/.exec(each[2])?.[0];
		const fitting = batches.find((batch) =>
			batch.every(
				(each) =>
					!ALONE.has(each) && lineOf(each) !== lineOf(row) && !each[1][0].includes(from) && !from.includes(each[1][0]),
			),
		);
		if (isAlone) ALONE.add(row);
		if (isAlone || !fitting) batches.push([row]);
		else fitting.push(row);
	}
	return batches;
}

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

let installed: Installed;

beforeAll(async () => {
	installed = await createInstalled();
});
afterAll(() => installed?.[Symbol.asyncDispose]());

const start: Installed["start"] = (...args) => installed.start(...args);
const writeOrchfile: Installed["writeOrchfile"] = (...edits) => installed.writeOrchfile(...edits);

test("without a mistake nothing is said", async () => {
	await writeOrchfile(["await main", "await main"]);
	for (const way of ["tsx", "installed"] as const)
		expect(await start(way, ["own", "A-1", "--quiet"]), way).toMatchObject({ exitCode: 0, stderr: "" });
	await rm(join(installed.repository.path, "logs"), { recursive: true });
});

test("check tells what TypeScript says of it, for people and for programs", async () => {
	const path = await writeOrchfile(["lines: 1 }) satisfies", 'lines: "one" }) satisfies']);
	const listed = '[backlog, task("check", { needs: { backlog }, ...verb.check }), plan';
	await writeFile(path, (await readFile(path, "utf8")).replace("[backlog, plan", listed));
	const place = join(installed.repository.path, "node_modules/typescript");
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
	for (const rows of batchesOf(LOADED)) {
		test(rows.map(([name]) => name).join("; "), async () => {
			const path = await writeOrchfile(...rows.map(([, edit]) => edit));
			// Once main has the graph, both are one program; what is thrown before, `not today` and a misspelt const try in both.
			const ways = rows.every(isToldAlike) ? [] : [start("tsx", ["own", "A-1"])];
			for (const { exitCode, stderr } of await Promise.all([...ways, start("installed", ["own", "A-1"])])) {
				for (const [name, , says] of rows) expect(stderr, name).toContain(`${path}${says}`);
				expect(stderr).not.toMatch(/^\s+at \S|defect of orchfile|node:internal/m);
				expect(exitCode).toBe(2);
			}
			expect(existsSync(join(installed.repository.path, "logs"))).toBe(false);
		});
	}

	test("all that is wrong with a graph is told at once", async () => {
		const path = await writeOrchfile(["[backlog, plan, own, wide, list]", "[plan, own, wide, wide]"]);
		const { stderr } = await start("installed", ["plan", "M1"]);
		expect(stderr.match(new RegExp(`^${path}:\\d+: `, "gm"))).toHaveLength(2);
	});

	for (const [name, edit, says] of UNREADABLE) {
		test(`${name}, which tsx tells by itself`, async () => {
			const path = await writeOrchfile(edit);
			const [byTsx, installed] = await Promise.all([start("tsx", ["own", "A-1"]), start("installed", ["own", "A-1"])]);
			expect(installed.stderr).toContain(`${path}${says}`);
			expect(installed.stderr).not.toMatch(/^\s+at \S/m);
			expect(installed.exitCode).toBe(2);
			expect(byTsx.stderr).toContain(path);
			expect(byTsx.exitCode).toBe(1);
		});
	}

	test("what it imports throws, and is the place", async () => {
		await writeOrchfile(["const codex", 'import "./helper.ts";\nconst codex']);
		const helper = join(installed.repository.path, "helper.ts");
		await writeFile(helper, 'const x: number = 1;\n\nthrow new Error("no helper");\nexport { x };\n');
		for (const way of ["tsx", "installed"] as const)
			expect(await start(way, ["plan", "M1"])).toMatchObject({ exitCode: 2, stderr: `${helper}:3: no helper\n` });
		await rm(helper);
	});

	test("a folder in the place of an orchfile", async () => {
		const path = join(installed.repository.path, "orchfile.ts");
		await rm(path);
		await mkdir(path);
		const { exitCode, stderr } = await start("installed", ["plan", "M1"]);
		expect({ exitCode, stderr }).toEqual({
			exitCode: 2,
			stderr: `${path} can't be loaded: it is a folder, expected a file\n`,
		});
		await rm(path, { recursive: true });
	});

	test("await outside of a function where the package has no modules, which its other name mends", async () => {
		const path = await writeOrchfile();
		const folder = installed.repository.path;
		await writeFile(join(folder, "package.json"), "{}");
		const { exitCode, stderr } = await start("installed", ["wide", "--quiet"]);
		expect(stderr).toContain(`${path}:21: its package has no "type": "module"`);
		expect(exitCode).toBe(2);
		const [remedy = ""] = commandsIn(stderr, "mv ");
		execFileSync("sh", ["-c", remedy], { cwd: folder });
		expect(await start("installed", ["wide", "--quiet"])).toMatchObject({ exitCode: 0, stderr: "" });
		await rm(path.replace(/ts$/, "mts"));
		await writeFile(join(folder, "package.json"), '{ "type": "module" }');
	});

	test("--verbose shows the stack", async () => {
		const path = await writeOrchfile(["forEach(plan,", "forEach(plam,"]);
		for (const way of ["tsx", "installed"] as const)
			expect((await start(way, ["plan", "M1", "--verbose"])).stderr).toMatch(new RegExp(`^ +at .*${path}:9:`, "m"));
	});
});

test("main called twice: the first call has done it, the second says so", async () => {
	const path = await writeOrchfile([
		"await main(graph, import.meta.url);",
		"await main(graph, import.meta.url);\nawait main(graph, import.meta.url);",
	]);
	for (const way of ["tsx", "installed"] as const)
		expect(await start(way, ["wide", "--quiet"])).toMatchObject({
			exitCode: 2,
			stderr: `${path}:22: main is called a second time; expected one call, which has done what was asked for.\n  Take one of them out.\n`,
		});
});
