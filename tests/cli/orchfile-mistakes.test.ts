import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { declareProgram } from "../../tasks/cli/options/declare-program.ts";
import { graphFailure, withLines } from "../../tasks/cli/orchfile-mistakes.ts";
import { paragraphOf } from "../../tasks/cli/words/problem-words.ts";
import { readCommitSubject } from "../../tasks/contract/commit-subject.ts";
import type { LayoutSettings } from "../../tasks/contract/layout.ts";
import { type Problem, problemOf } from "../../tasks/contract/problem.ts";
import { findMistakes } from "../../tasks/engine/mistakes.ts";
import { codexRunner, task, verb } from "../../tasks/index.ts";
import { ROOT } from "../support/documents.ts";
import { createInstalled, type Edit, type Installed } from "../support/installed.ts";
import { testSay } from "../support/say.ts";
import { commandsIn } from "../support/typed.ts";

// Mistakes in a person's orchfile are told as theirs, in a sentence with file and line, by both programs that read one.

/** A line of an orchfile that has a mistake, and what is to be said of it, behind its place. */
type Line = readonly [name: string, line: string, says: string];

const KEYS = "only summary, needs, after, run, upToDate, isMended, role, watch, intermediate";
const A_TASK = "a task that `task` or a `forEach` has made";

/** Tasks, each a constant; those before them are those of {@link graphOf}. */
const TASKS: readonly Line[] = [
	[
		"two tasks of one name",
		'task("plan", { summary: "", run })',
		'two tasks are called "plan"; expected a name for each.',
	],
	[
		"need for needs",
		'task("a1", { summary: "", need: { backlog }, run })',
		`task "a1" has need; expected ${KEYS}.\n  Did you mean "needs"?`,
	],
	[
		"afer for after",
		'perIssue("a2", { afer: { plan }, summary: "", run })',
		`task "a2" has afer; expected ${KEYS}.\n  Did you mean "after"?`,
	],
	[
		"a need that is undefined",
		'task("a3", { summary: "", needs: { backlog: undefined }, run })',
		`task "a3": needs.backlog is undefined; expected ${A_TASK}.`,
	],
	[
		"a verb for a task",
		'task("a4", { summary: "", needs: { backlog: verb.discover }, run })',
		`task "a4": needs.backlog is { summary, role, run }; expected ${A_TASK}.`,
	],
	[
		"a list of needs",
		'task("a5", { summary: "", needs: [backlog], run })',
		'task "a5": needs is a list of 1; expected tasks by names, as in { plan }.',
	],
	[
		"a run-wide task that needs one of each issue",
		'task("a6", { summary: "", needs: { own }, run })',
		'task "a6": needs.own is task "own"; expected it under after: a run-wide task is told of every issue.',
	],
	["no spec", 'task("a7")', 'task "a7": summary is undefined; expected a line of text.'],
	[
		"a name that can't be typed",
		'task("-a 8", { summary: "", run })',
		'a task\'s name is "-a 8"; expected a word that can be typed: no blanks, no dash in front.',
	],
	["run that is missing", 'task("a9", { summary: "" })', 'task "a9": run is undefined; expected a function.'],
	["run that is no function", 'task("a10", { summary: "", run: 1 })', 'task "a10": run is 1; expected a function.'],
	[
		"upToDate that is no function",
		'task("a11", { summary: "", upToDate: true, run })',
		'task "a11": upToDate is true; expected a function, or nothing.',
	],
	[
		"an option of forEach",
		'forEach(plan, { hld: verb.lock })("a12", { summary: "", run })',
		'the forEach of task "a12" has hld; expected nothing but hold.\n  Did you mean "hold"?',
	],
	[
		"a hold that is no function",
		'forEach(plan, { hold: 1 })("a13", { summary: "", run })',
		'task "a13": hold is 1; expected a function, or nothing.',
	],
	[
		"a forEach of nothing",
		'forEach(undefined)("a14", { summary: "", run })',
		'task "a14": the list of its forEach is undefined; expected a task that `task` has made and that waits for no issue.',
	],
	[
		"a task above what it needs",
		'task("a15", { summary: "", needs: { below }, run })',
		'task "a15" is listed above "below", which it waits for; expected "below" above it.',
	],
];

/** Goals, each by its key. */
const GOALS: readonly Line[] = [
	[
		"a goal with a misspelt key",
		'b1: { summary: "", tasks: [own], sumary: 1 }',
		'goal "b1" has sumary; expected only summary, tasks.\n  Did you mean "summary"?',
	],
	[
		"a goal that can't be typed",
		'"--b2": { summary: "", tasks: [own] }',
		'a goal\'s name is "--b2"; expected a word that can be typed: no blanks, no dash in front.',
	],
	[
		"an empty goal",
		'b3: { summary: "", tasks: [] }',
		'goal "b3": tasks is an empty list; expected a list of at least one task.',
	],
	[
		"a goal that names no task",
		'b4: { summary: "", tasks: [own, "plan"] }',
		`goal "b4": one of its tasks is "plan"; expected ${A_TASK}.`,
	],
	[
		"a goal called as a task",
		'own: { summary: "", tasks: [own] }',
		'goal "own" is called as a task is; expected another name.',
	],
	[
		"a goal over two lists of issues",
		'b6: { summary: "", tasks: [own, other] }',
		'goal "b6" has tasks of 2 lists of issues; expected those of one forEach.',
	],
];

/** What stands in the graph itself, or is used by it, once each in {@link graphOf}. */
const OTHERS: readonly Line[] = [
	[
		"a task used and not listed",
		'const unlisted = task("unlisted", { summary: "", run });',
		'task "unlisted" is used, but not listed; expected it under tasks.',
	],
	[
		"a goal's task that is not listed",
		'const asked = task("asked", { summary: "", run });',
		'task "asked" is used, but not listed; expected it under tasks.',
	],
	["a task listed twice", 'const below = task("below", ', 'task "below" is listed twice; expected it once.'],
	["a list that holds no task", "\ttasks: [", `tasks has { summary, role, run }; expected ${A_TASK}.`],
	[
		"a misspelt key of the graph",
		"\tlayuot: {}",
		'the graph has layuot; expected only tasks, goals, defaults, layout, commit.\n  Did you mean "layout"?',
	],
	["a default that is no string", "jobs: 4", "defaults: jobs is 4; expected a string, as it is typed."],
];

/** An orchfile with all of these mistakes. */
function graphOf(): string {
	return `import { forEach, main, task, verb } from "orchfile";
const run = async () => [];
const backlog = task("discover", verb.discover);
const plan = task("plan", { needs: { backlog }, ...verb.plan });
const perIssue = forEach(plan, { hold: verb.lock });
const own = perIssue("own", { summary: "mine", run });
const list = task("list", { summary: "mine", run });
const other = forEach(list)("other", { summary: "mine", run });
const unlisted = task("unlisted", { summary: "", run });
const waiting = task("waiting", { summary: "", needs: { unlisted }, run });
const asked = task("asked", { summary: "", run });
const below = task("below", { summary: "", run });
${TASKS.map(([, line], at) => `const t${at + 1} = ${line};`).join("\n")}
export const graph = {
	layuot: {},
	tasks: [backlog, plan, own, list, other, waiting, verb.check, ${TASKS.map((_, at) => `t${at + 1}`)}, below, below],
	goals: {
${GOALS.map(([, line]) => `\t\t${line},`).join("\n")}
		all: { summary: "", tasks: [asked] },
	},
	defaults: {
		jobs: 4,
	},
};
await main(graph, import.meta.url);
`;
}

/** What is edited, once, and what is to be said, behind the orchfile's path. */
type Row = readonly [name: string, edit: Edit, says: string];

/** What is found once `main` has the graph, or is thrown by what the package has: both programs tell it as they tell another. */
const TOLD_ALIKE: readonly Row[] = [
	[
		"a default that is no option",
		["\tgoals: {", '\tdefaults: { jbs: "4" },\n\tgoals: {'],
		':16: the default for "jbs" is not valid: there is no such option.\n  Did you mean "jobs"?',
	],
	[
		"a turn that there is not",
		["const backlog", 'codex.turn("dve" as "dev");\nconst backlog'],
		':7: TypeError: "dve" is no turn of an agent that has dev',
	],
	[
		"no graph",
		["main(graph,", "main(undefined,"],
		":21: main was given undefined; expected the graph, with tasks and goals.",
	],
	[
		"a const that stands below",
		["needs: { backlog }", "needs: { own }"],
		":8: ReferenceError: Cannot access 'own' before initialization",
	],
	["a string that it throws", ["const backlog", 'throw "not today";\nconst backlog'], ': it throws "not today"'],
	[
		"main for another file",
		["import.meta.url", '"file:///elsewhere/orchfile.ts"'],
		" does nothing: it does not call main with its own address.",
	],
];

/** Settings that are read as the program reads them, and what is said of them. */
const SETTINGS: readonly (readonly [edit: Edit, read: () => unknown, says: string])[] = [
	[
		["\tgoals: {", '\tlayout: {\n\t\tbrnch: "x/{id}" },\n\tgoals: {'],
		() => readLayout({ brnch: "x/{id}" } as LayoutSettings),
		':17: layout.brnch is "x/{id}"; expected one of issues, finished, milestones, project, fields, foreign, states, priorities, branch, worktree (did you mean branch?).',
	],
	[
		["\tgoals: {", '\tlayout: {\n\t\tfields: {\n\t\t\tprioritie: "p" } },\n\tgoals: {'],
		() => readLayout({ fields: { prioritie: "p" } } as LayoutSettings),
		':18: layout.fields.prioritie is "p"; expected one of id, title, project, state, priority, estimate, milestone, assignees, labels, parent, children, blocked_by, blocked, related_to, checks, removes_tests, model, effort, budget, timeout (did you mean priority?).',
	],
	[
		["\tgoals: {", "\tcommit: { subject: 1 },\n\tgoals: {"],
		() => readCommitSubject({ subject: 1 as never }),
		":16: commit.subject is 1; expected a string",
	],
	[
		["\tgoals: {", '\tdefaults: { jobs: "many" },\n\tgoals: {'],
		() => declareProgram("orchfile", { jobs: "many" }),
		':16: the default for "jobs" is not valid: ',
	],
	[
		["main(graph,", "main({ tasks: graph.tasks },"],
		() => {
			throw graphFailure(findMistakes({ tasks: [] } as never), installed.orchfile);
		},
		":21: goals is undefined; expected goals by their names, or {}.",
	],
	[
		["main(graph,", "main(own as never,"],
		() => {
			throw graphFailure(findMistakes(task("own", { summary: "", run: async () => 1 }) as never), installed.orchfile);
		},
		':21: main was given task "own"; expected the graph, with tasks and goals.',
	],
];

/** What each program has to find by itself. */
const IN_BOTH: readonly Row[] = [
	[
		"a misspelt const",
		["forEach(plan,", "forEach(plam,"],
		':9: ReferenceError: plam is not defined\n  Did you mean "plan"?',
	],
	[
		"the end of the program, as if all were well",
		["const backlog", "process.exit();\nconst backlog"],
		" does nothing: it does not call main with its own address.\n  Let it end with: await main(graph, import.meta.url);",
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
	["an error that it throws", ["const backlog", 'throw new Error("not today");\nconst backlog'], ":7: not today"],
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
	test("all that is wrong with a graph is told at once, each at its line", async () => {
		await writeFile(installed.orchfile, graphOf());
		const { exitCode, stderr } = await start("installed", ["plan", "M1"]);
		const lines = graphOf().split("\n");
		const rows = [...TASKS, ...GOALS, ...OTHERS];
		for (const [name, line, says] of rows) {
			const at = lines.findIndex((each) => each.includes(line)) + 1;
			expect(stderr, name).toContain(`${installed.orchfile}:${at}: ${says}\n`);
		}
		const told = stderr.match(new RegExp(`^${installed.orchfile}:\\d+: .*`, "gm")) ?? [];
		// A task without a spec lacks two things, and nothing else is said of any.
		expect(told, stderr).toHaveLength(rows.length + 1);
		expectTold({ exitCode, stderr });
	});

	for (const [name, edit, says] of TOLD_ALIKE) {
		test(name, async () => {
			const path = await writeOrchfile(edit);
			const told = await start("installed", ["own", "A-1"]);
			expect(told.stderr).toContain(`${path}${says}`);
			expectTold(told);
		});
	}

	test("what is wrong with a setting is told with its line, as with the default that is no option", async () => {
		for (const [edit, read, says] of SETTINGS) {
			const path = await writeOrchfile(edit);
			const thrown = await new Promise((resolve) => resolve(read())).catch((error: unknown) => withLines(error, path));
			expect(paragraphOf(problemOf(thrown) as Problem, testSay()), says).toContain(`${path}${says}`);
		}
	});

	for (const [name, edit, says] of IN_BOTH) {
		test(`${name}: in both programs`, async () => {
			const path = await writeOrchfile(edit);
			for (const told of await Promise.all((["tsx", "installed"] as const).map((way) => start(way, ["own", "A-1"])))) {
				expect(told.stderr).toContain(`${path}${says}`);
				expectTold(told);
			}
		});
	}

	test("what verbs are given that they can't take", () => {
		expect(() => verb.agent(undefined as never, ["dev"])).toThrow(
			new TypeError("agent takes a runner first, such as codexRunner()"),
		);
		expect(() => verb.agent(codexRunner(), ["dve" as "dev"])).toThrow(
			new TypeError('agent takes a list of phases, out of dev, review, fix, and was given ["dve"]'),
		);
		expect(() => verb.setupWorktree(undefined as never)).toThrow(
			new TypeError("setupWorktree takes a shell command, and was given undefined"),
		);
	});

	for (const [name, edit, says] of UNREADABLE) {
		test(`${name}, which tsx tells by itself`, async () => {
			const path = await writeOrchfile(edit);
			const told = await start("installed", ["own", "A-1"]);
			expect(told.stderr).toContain(`${path}${says}`);
			expect(told.stderr).not.toMatch(/^\s+at \S/m);
			expect(told.exitCode).toBe(2);
			// In what is the first of them tsx is asked as well: nothing of this program is loaded then.
			if (name !== "a syntax error") return;
			const byTsx = await start("tsx", ["own", "A-1"]);
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
		await rm(path, { force: true });
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

/** Told in sentences, as a mistake of the person's, and nothing has begun. */
function expectTold({ exitCode, stderr }: { readonly exitCode: number; readonly stderr: string }): void {
	expect(stderr).not.toMatch(/^\s+at \S|defect of orchfile|node:internal/m);
	expect(exitCode).toBe(2);
	expect(existsSync(join(installed.repository.path, "logs"))).toBe(false);
}
