import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findStateless } from "../../tasks/backlog/no-state.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import { checkText } from "../../tasks/cli/words/finding-words.ts";
import type { LayoutSettings } from "../../tasks/contract/layout.ts";
import { plainWord } from "../../tasks/contract/names.ts";
import { DEFAULT_STATES, isDone, meaningOf } from "../../tasks/contract/state.ts";
import { backlog, issue, problemsOf } from "../support/documents.ts";
import { asWritten } from "../support/edited-orchfile.ts";
import { testSay } from "../support/say.ts";
import { editAndPass } from "../support/scripts.ts";
import { createWorld, ORCHFILE, type World } from "../support/world.ts";

describe("what a state means", () => {
	test.each([
		[
			"open",
			["planned", "To Do", "todo", "to-do", "OPEN", "new", "backlog", "Ready for agent", "In Progress", "in_progress"],
		],
		["open", ["not started", "Not-Started", "reopened", "pending", "doing", "WIP"]],
		[
			"closed",
			["done", "Completed", "complete", "closed", "Cancelled", "canceled", "duplicate", "won't fix", "wontfix"],
		],
		["closed", ["wont_do", "resolved", "merged", "Archived", "shipped", "superseded", "not planned"]],
		[
			"held",
			["ready-for-human", "needs-triage", "needs_info", "blocked", "On Hold", "in-review", "in_review", "draft"],
		],
		["held", ["waiting", "deferred", "icebox", "for_review", "proposed", "In–Review"]],
		["unknown", ["qa", "accepted", "approved", "done?", "not done", "", "constructor", "__proto__", "toString", "3"]],
	] as const)("%s: %j", (meaning, words) => {
		for (const state of words) expect([state, meaningOf({ state }, DEFAULT_STATES)]).toEqual([state, meaning]);
	});

	test("was done, or was merely given up", () => {
		const done = (state: string) => isDone({ state }, DEFAULT_STATES);
		expect(["done", "Completed", "merged"].every(done)).toBe(true);
		expect(["cancelled", "duplicate", "in-review", "qa"].some(done)).toBe(false);
	});

	test("an orchfile adds words, and moves those it gives another meaning", () => {
		const { states } = readLayout({ states: { closed: ["QA", "in review"], open: ["draft", "__proto__"], held: [] } });
		const of = (state: string) => meaningOf({ state }, states);
		expect([of("qa"), of("In-Review"), of("Draft"), of("done"), of("triage")]).toEqual([
			...["closed", "closed", "open", "closed", "held"],
		]);
	});

	test.each<readonly [LayoutSettings | Record<string, unknown>, string, RegExp]>([
		[{ states: ["open"] }, "states", /lists of words/],
		[{ states: { done: ["x"] } }, "states.done", /one of open, closed, held/],
		[{ states: { open: "qa" } }, "states.open", /a list of words/],
		[{ states: { open: [" "] } }, "states.open", /a list of words/],
		[{ states: { open: [7] } }, "states.open", /a list of words/],
		[{ states: { open: ["Q A"], held: ["q_a"] } }, "states.held", /another word than one for open/],
	])("%j can't be used", (settings, key, expected) => {
		const problems = problemsOf(() => readLayout(settings as LayoutSettings));
		expect(problems).toMatchObject([{ kind: "layout-invalid", key, expected: expect.stringMatching(expected) }]);
	});

	test("case, blanks, dashes and underscores never change it", () => {
		const gap = fc.constantFrom(" ", "-", "_", "  ", "");
		const word = fc.tuple(fc.constantFrom("in", "on", "x", "for"), gap, fc.constantFrom("review", "hold", "y"));
		fc.assert(
			fc.property(word, gap, fc.boolean(), ([one, between, two], other, isLoud) => {
				const written = [one, between, two].join("");
				const again = [one, other, two].join("");
				expect(plainWord(isLoud ? written.toUpperCase() : written)).toBe(plainWord(again));
			}),
		);
	});
});

describe("issues that are open for want of a state", () => {
	const texts: Readonly<Record<string, string>> = {
		none: "---\nid: x\n---\n",
		empty: "---\nstate:\nstatus: ~\n---\n",
		said: "---\nstate: planned\nstatus: planned\n---\n",
		line: "# T\n\nStatus: planned\n",
	};
	const found = (names: readonly string[], settings: LayoutSettings = {}) => {
		const issues = names.map((name) => issue(name, { docPath: name }));
		const all = backlog([...issues]);
		return findStateless(issues, all, readLayout(settings), (path) => texts[basename(path)]?.split("\n") ?? []);
	};

	test.each<readonly [names: readonly string[], settings: LayoutSettings, stateless: readonly string[]]>([
		[["none", "empty"], {}, []],
		[["none", "empty", "said"], {}, ["none", "empty"]],
		[["none", "said"], { fields: { state: "status" } }, ["none"]],
		[["none"], { fields: { state: "lane" } }, ["none"]],
		[["none", "line"], { fields: { state: "Status: {state}" } }, ["none"]],
		[["none", "said", "line"], { fields: { state: ["status", "Status: {state}"] } }, ["none"]],
		[["none", "said"], { fields: { state: null } }, []],
	])("of %j, where it is said of %j, %j", (names, settings, stateless) => {
		expect(found(names, settings)).toEqual(stateless);
	});

	test("are told in one line, as are globs that find nothing", () => {
		const checked = {
			kind: "checked",
			issues: 2,
			findings: [],
			skipped: [],
			unknownKeys: [],
			unusedGlobs: ["a/*.md"],
			stateless: ["A", "B"],
		} as const;
		expect(checkText(checked, testSay())).toBe(
			"No file is called a/*.md, as layout.issues has it\n2 issues without a state, which counts as open: A, B\n2 issues checked: 0 errors, 0 warnings.",
		);
	});
});

/** A world with an issue in each of these states, by its id. */
async function worldOf(
	states: Readonly<Record<string, string>>,
	more: Readonly<Record<string, object>> = {},
): Promise<World> {
	return createWorld(
		Object.entries(states).map(([id, state]) => ({ id, state, ...more[id] })),
		{ script: editAndPass },
	);
}

describe("issues that are not for an agent", () => {
	test("none is run whose state is closed, held or unknown", async () => {
		await using world = await worldOf({ A: "completed", B: "in-review", C: "qa", D: "planned", E: "Closed" });
		const { exitCode, stderr } = await world.run(["dev", "M1"]);
		expect(exitCode).toBe(0);
		expect(world.model.issuesSeen).toEqual(["D"]);
		expect(stderr).toMatch(/^Not run, since their documents say they are closed: A, E$/m);
		expect(stderr.replace(/\s+/g, " ")).toMatch(
			/Held back, since .*: B \(in-review\), C \(qa, unknown\)\. .*layout\.states/,
		);
	});

	test("where nothing else is left, that is what is said, and nothing has failed", async () => {
		await using world = await worldOf({ A: "done", B: "in-review", C: "qa" });
		const said = "Nothing to run: 2 issues held back, 1 of them in a state that is unknown.\n";
		for (const args of [["dev", "M1"], ["plan"], ["dev", "M1", "-n"]])
			expect(await world.run(args)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(`^${said}`) });
		expect(await world.run(["dev", "C"])).toMatchObject({
			exitCode: 0,
			stdout: expect.stringContaining("1 issue held back"),
		});
		expect(await world.run(["dev", "M1", "-q"])).toMatchObject({ exitCode: 0 });
		const why = await world.run(["why", "C"]);
		expect(why.stdout).toMatch(
			/^C is held back: its state, qa, is unknown, as docs\/projects\/p\/issues\/C\.md has it/,
		);
		expect((await world.run(["why", "B"])).stdout).toMatch(
			/^B is held back: its state, in-review, is not for an agent/,
		);
		expect((await world.run(["why", "A"])).stdout).toBe("Its document says that it is closed.\n");
		expect((await world.run(["status"])).stdout).toMatch(/^B +held: in-review .*\nC +held: qa, unknown /m);
		const data = JSON.parse((await world.run(["status", "--json"])).stdout);
		expect(data).toMatchObject([
			{ id: "B", held: "held", standing: "held: in-review", upToDate: false, because: "held" },
			{ id: "C", held: "unknown" },
		]);
	});

	test("what waits for one is blocked by it; what waits for a closed one is not", async () => {
		await using world = await worldOf(
			{ A: "in-review", B: "qa", C: "completed", D: "planned", E: "planned", F: "planned", G: "planned" },
			{ D: { blocked_by: ["A"] }, E: { blocked_by: ["B"] }, F: { blocked_by: ["C"] }, G: { blocked_by: ["F", "D"] } },
		);
		const { exitCode, stdout, stderr } = await world.run(["dev", "M1"]);
		expect(exitCode).toBe(1);
		expect(world.model.issuesSeen).toEqual(["F"]);
		expect(stderr).toMatch(/^D is blocked by A:\n {2}A is held back: its state, in-review, is not for an agent/m);
		expect(stderr).toMatch(/^G is blocked by A:\n {2}A is held back: its state, in-review, is not for an agent/m);
		expect(stderr).not.toContain("To run that first");
		expect(stdout).toMatch(/^D +.*blocked by A/m);
		expect(stdout).toMatch(/^E +.*blocked by B/m);
		const plan = (await world.run(["plan"])).stdout;
		expect(plan).toMatch(/^4 issues from main .*, 0 to run, 3 waiting for what is held back, 2 more held back$/m);
		expect(plan).toMatch(/^\d +D .* waits for A, held: in-review /m);
		expect(plan).toMatch(/^\d +E .* waits for B, held: qa, unknown /m);
		expect(plan).toMatch(/^\d +G .* waits for A, held: in-review /m);
		const why = (await world.run(["why", "D"])).stdout;
		expect(why).toContain("D is blocked by A: held: in-review.");
		expect(why).toMatch(/A is held back: its state, in-review, is not for an agent/);
		expect(why).not.toContain("dev A");
	});

	test("check names an unknown state with its line, and what to write", async () => {
		await using world = await worldOf({ A: "qa", B: "plannde", C: "in-review" });
		const { exitCode, stdout } = await world.run(["check"]);
		expect(exitCode).toBe(0);
		const file = (id: string) => `docs/projects/p/issues/${id}\\.md`;
		expect(stdout).toMatch(
			new RegExp(`^${file("A")}:6: warning: state qa is unknown, .*states: \\{ open: \\["qa"\\] \\}`, "m"),
		);
		expect(stdout).toMatch(
			new RegExp(`^${file("B")}:6: warning: state plannde is unknown, .*did you mean planned\\?`, "m"),
		);
		expect(stdout).not.toMatch(new RegExp(file("C:6")));
	});

	test("an orchfile's own words are asked everywhere", async () => {
		await using world = await worldOf({ A: "qa", B: "planned", C: "live" }, { A: { blocked_by: ["C"] } });
		const own = await readFile(ORCHFILE, "utf8");
		const layout = `export const graph = {\n\tlayout: { states: { open: ["QA"], closed: ["live"], held: ["planned"] } },`;
		const settings = await asWritten(own.replace("export const graph = {", () => layout));
		const { stderr } = await world.run(["dev", "M1"], settings);
		expect(world.model.issuesSeen, stderr).toEqual(["A"]);
		expect((await world.run(["check"], settings)).stdout).not.toContain("unknown");
	});
});
