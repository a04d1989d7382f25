import { describe, expect, test } from "vitest";
import { graph } from "../../orchfile.ts";
import { type Request, readArguments } from "../../tasks/cli/arguments.ts";
import { taskHelp } from "../../tasks/cli/help.ts";
import { LOOKS } from "../../tasks/cli/looks.ts";
import { nameOf, variableOf } from "../../tasks/cli/options/option-row.ts";
import { OPTION_ROWS } from "../../tasks/cli/options/option-rows.ts";
import type { BacklogNames } from "../../tasks/cli/shell/backlog-names.ts";
import { generalHelp } from "../../tasks/cli/words/general-help.ts";
import type { Graph } from "../../tasks/engine/graph.ts";
import { forEach, task } from "../../tasks/engine/task.ts";
import { issue, problemsOf } from "../support/documents.ts";
import { testSay } from "../support/say.ts";
import { commandsIn, typed } from "../support/typed.ts";
import { createWorld } from "../support/world.ts";

const say = testSay();
const read = (words: string): Request => readArguments(words.split(" "), "npx tsx orchfile.ts", "/package");

const WORDS = [
	...new Set([...graph.tasks.map(({ name }) => name), ...Object.keys(graph.goals), ...Object.keys(LOOKS)]),
];

describe("help is asked for", () => {
	test.each([
		["dev --help", "dev"],
		["dev M1 -h", "dev"],
		["-j 4 -C repo dev M1 --help", "dev"],
		["--help dev", "dev"],
		["help dev", "dev"],
		["help dev --json", "dev"],
		["help", undefined],
		["--help", undefined],
		["-C dev --help", undefined],
		["dev -j x --help", "dev"],
		["dev --nonesuch --help", "dev"],
	])("by %s", (words, name) => {
		const request = read(words);
		expect(request.kind).toBe("help");
		expect("task" in request ? request.task : undefined).toBe(name);
	});

	test("and given with a variable that is not valid, since the message about that says to see it", () => {
		process.env.ORCH_JOBS = "x";
		try {
			expect(problemsOf(() => read("dev M1"))).toMatchObject([{ kind: "usage" }]);
			expect(read("--help")).toMatchObject({ kind: "help" });
		} finally {
			delete process.env.ORCH_JOBS;
		}
	});

	test.each(["dev -- --help", "dev help", "dev M1 --base --help"])("not by %s", (words) => {
		expect(read(words).kind).toBe("run");
	});
});

describe("the help about everything", () => {
	const text = generalHelp(generalText(), "dev", say);

	test("has room on one screen of eighty columns", () => {
		const lines = text.split("\n");
		expect(lines.length).toBeLessThanOrEqual(92);
		expect(lines.filter((line) => line.length > 110)).toEqual([]);
	});

	test("says of which options there is a variable, and called as it says", () => {
		expect(text).toContain("but --all, --rehearse and those of Clean, Documents, Integrate, Other");
		for (const row of OPTION_ROWS) {
			const name = nameOf(row);
			const isNamed =
				!["rehearse", "all"].includes(name) && !["Clean", "Documents", "Integrate", "Other"].includes(row.group);
			const wanted = isNamed ? `ORCH_${name.toUpperCase().replaceAll("-", "_")}` : undefined;
			expect(variableOf(row), `--${name}`).toBe(wanted);
		}
	});
});

describe("the help about a task", () => {
	const names: BacklogNames = {
		milestones: ["M1", "M2"],
		projects: ["p", "q"],
		issues: [issue("A-1", { state: "done" }), issue("A-2"), issue("A-3", { project: "q" })],
		open: new Set(["A-2", "A-3"]),
	};
	const about = (name: string, known = names, of: Graph = graph) => taskHelp(of, name, generalText(), say, known) ?? "";

	test.each(WORDS)("%s: summary, usage, options, and two examples that are as the program takes them", (name) => {
		const text = about(name);
		expect(text).toMatch(new RegExp(`^${name}: \\S`));
		expect(text).toContain(`Usage: npx tsx orchfile.ts ${name} `);
		const examples = examplesIn(text);
		expect(examples).toHaveLength(2);
		for (const example of examples) {
			expect(example.split("  ")).toHaveLength(2);
			const request = read(example.split(/ {2}/)[0] ?? "");
			expect(request).toMatchObject({ kind: "run", task: name });
		}
	});

	test("names what there is to do, and the project where a milestone is in several", () => {
		expect(examplesIn(about("phase:dev")).map((each) => each.split("  ")[0])).toEqual([
			"phase:dev M1 --project p",
			"phase:dev A-2",
		]);
		const closed = { ...names, issues: [issue("A-1", { state: "done", milestone: null })] };
		expect(examplesIn(about("phase:dev", closed)).map((each) => each.split("  ")[0])).toEqual([
			"phase:dev A-1",
			"phase:dev A-1",
		]);
		expect(about("phase:dev", { ...names, issues: [] })).toContain("phase:dev M1");
	});

	test("of somebody's own tells its edges: what is run, what it waits for, and which goals ask for it", () => {
		const nothing = async () => [];
		const plan = task("plan", { summary: "find", run: nothing });
		const perIssue = forEach(plan);
		const worktree = perIssue("worktree", { summary: "make", run: nothing });
		const dev = perIssue("phase:dev", { summary: "work", needs: { worktree }, run: nothing });
		const verify = perIssue("verify", { summary: "check", needs: { worktree }, after: { dev }, run: nothing });
		const own = {
			tasks: [plan, worktree, dev, verify],
			goals: { all: { summary: "everything", tasks: [dev, verify] } },
		};
		expect(about("verify", names, own)).toMatch(/^Once a run: +plan\nOnce an issue: +worktree → verify\n/m);
		expect(about("verify", names, own)).toMatch(
			/^Needs: +worktree\nWaits for: +phase:dev, when in the run\nAsked for by: +all$/m,
		);
		expect(about("all", names, own)).toMatch(/^Once an issue: +worktree → phase:dev → verify$/m);
	});

	test("has the options that mean something for it, and no others", () => {
		const has = (name: string) =>
			["--issue", "--jobs", "--network", "--timeout", "--format", "--discard"].filter((option) =>
				about(name).includes(`${option} `),
			);
		expect(has("dev")).toEqual(["--issue", "--jobs", "--network", "--timeout"]);
		expect(has("worktree:create")).toEqual(["--issue", "--jobs"]);
		expect(has("status")).toEqual(["--issue"]);
		expect(has("graph")).toEqual(["--issue", "--format"]);
		expect(about("clean")).toContain("--discard");
	});
});

test("typed: help with names of this backlog, whose examples work; and a name that there is not", async () => {
	await using world = await createWorld([{ id: "Z-9" }]);
	const { stdout, exitCode } = await world.run(["status", "--help", "-C", "repo"], { cwd: world.repository.folder });
	expect(exitCode).toBe(0);
	const examples = commandsIn(stdout, "npx tsx ").slice(1, -1);
	expect(examples.map((line) => line.split(/ {2}/)[0])).toEqual([
		expect.stringMatching(/ -C repo status$/),
		expect.stringMatching(/ -C repo status M1$/),
	]);
	const [, example = ""] = examples;
	const done = await typed(world, example.split(/ {2}/)[0] ?? "", { cwd: world.repository.folder });
	expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Z-9") });
	expect(await world.run(["help", "stauts"])).toMatchObject({
		exitCode: 2,
		stderr: expect.stringContaining('Did you mean "status"'),
	});
	expect(await world.run(["M1", "dev"])).toMatchObject({
		exitCode: 2,
		stderr: expect.stringContaining('Did you mean "dev M1"'),
	});
});

function generalText(): string {
	const request = read("--help");
	if (request.kind !== "help") throw new Error(request.kind);
	return request.text;
}

/** The examples of a help, without what calls the program: the words to type, two spaces, and what they do. */
function examplesIn(text: string): string[] {
	const [, examples = ""] = /^Examples:\n((?: {2}.*\n)+)/m.exec(text) ?? [];
	return examples
		.trimEnd()
		.split("\n")
		.map((line) => line.replace(/^ {2}npx tsx orchfile\.ts /, "").replace(/ {2,}/g, "  "));
}
