import { describe, expect, test } from "vitest";
import { selectIssues } from "../../tasks/backlog/target.ts";
import { backlog, issue, problemsOf } from "../support/documents.ts";

const ISSUES = [
	issue("A-1", { milestone: "M1" }),
	issue("A-2", { milestone: "M1" }),
	issue("A-3", { milestone: "M1-later" }),
	issue("A-4", { milestone: "M2-web_shop" }),
	issue("A-5", { milestone: "M3_api" }),
	issue("A-6", { milestone: null }),
	issue("A-7", { milestone: "M30" }),
	issue("A-8", { milestone: "M4-red" }),
	issue("A-9", { milestone: "M4-blue" }),
	issue("Q-1", { milestone: "M5", project: "q" }),
	issue("R-1", { milestone: "M5", project: "r" }),
	issue("Q-2", { milestone: "M6-q", project: "q" }),
	issue("R-2", { milestone: "M6-q", project: "r" }),
];
const BACKLOG = backlog(ISSUES);

test.each([
	["M1", "M1 - CLI"],
	["m-8", "m-8 - first"],
	["m-8", "m-8: first"],
	["v1.0", "v1.0 (beta)"],
	["M1 - CLI", "M1 - CLI"],
	["m-8 - first", "m-8 - first"],
])("%s finds the milestone %s, and not one whose number goes on", (target, milestone) => {
	const issues = [
		issue("A", { milestone }),
		issue("B", { milestone: "m-80 - x" }),
		issue("C", { milestone: "M10 - x" }),
	];
	expect(selectIssues(backlog(issues), { target }).map(({ id }) => id)).toEqual(["A"]);
});

test("the short name of a milestone that only stands in a document that can't be used is told with its faults", () => {
	const sketches = [{ id: "B", milestone: "M7 - last", isClosed: false, blocks: [] }];
	const problem = { kind: "file-unreadable", path: "x.md", message: "" } as const;
	const broken = [{ project: "p", problems: [problem], sketches }];
	expect(problemsOf(() => selectIssues({ ...BACKLOG, broken }, { target: "M7" }))).toEqual([problem]);
});

describe("a target", () => {
	test.each([
		["M1", ["A-1", "A-2"], "a milestone by its full name, and not one that only begins so"],
		["M1-later", ["A-3"], "a milestone by its full name, with what follows the dash"],
		["M2", ["A-4"], "a milestone by what stands before its dash"],
		["M3", ["A-5"], "a milestone by what stands before its underscore, and not M30"],
		["A-6", ["A-6"], "an issue without a milestone"],
		["A-1", ["A-1"], "one issue of a milestone"],
	])("%s selects %j: %s", (target, ids) => {
		expect(select({ target })).toEqual(ids);
	});

	test("that is left out selects the whole backlog", () => {
		expect(select({})).toEqual(ISSUES.map(({ id }) => id));
	});

	test.each(["M2-web", "m2", "a-1", "M", "M1-", "A"])("%s is neither a milestone nor an issue", (target) => {
		expect(problems({ target })).toMatchObject([{ kind: "unknown-target", name: target }]);
	});

	test("that is mistyped brings up the names that are close, the closest first", () => {
		expect(problems({ target: "m1-latre" })).toEqual([
			{ kind: "unknown-target", name: "m1-latre", nearest: ["M1-later"] },
		]);
		expect(problems({ target: "q-2" })).toMatchObject([{ nearest: expect.arrayContaining(["Q-2"]) }]);
	});

	test("that resembles nothing brings up nothing", () => {
		expect(problems({ target: "completely-else" })).toMatchObject([{ kind: "unknown-target", nearest: [] }]);
	});

	test("that could be several milestones has to be typed in full", () => {
		expect(problems({ target: "M4" })).toEqual([
			{ kind: "several-milestones", name: "M4", milestones: ["M4-red", "M4-blue"] },
		]);
		expect(select({ target: "M4-blue" })).toEqual(["A-9"]);
	});

	test("an issue that is called like a milestone gives way to it", () => {
		const issues = [issue("M1", { milestone: "M2" }), issue("A-1", { milestone: "M1" })];
		expect(selectIssues(backlog(issues), { target: "M1" }).map(({ id }) => id)).toEqual(["A-1"]);
	});

	test("an issue goes before a milestone that only begins like it", () => {
		const issues = [issue("M1", { milestone: "M2" }), issue("A-1", { milestone: "M1-ts" })];
		expect(selectIssues(backlog(issues), { target: "M1" }).map(({ id }) => id)).toEqual(["M1"]);
	});
});

describe("a milestone of several projects", () => {
	test.each([
		["M5", "M5"],
		["M6", "M6-q"],
	])("%s is not selected without --project", (target) => {
		expect(problems({ target })).toEqual([{ kind: "several-projects", milestone: target, projects: ["q", "r"] }]);
	});

	test.each([
		["M5", "q", ["Q-1"]],
		["M5", "r", ["R-1"]],
		["M6", "r", ["R-2"]],
	])("%s of project %s is %j", (target, project, ids) => {
		expect(select({ target, project })).toEqual(ids);
	});

	test("an issue of one of them needs no --project", () => {
		expect(select({ target: "R-1" })).toEqual(["R-1"]);
	});
});

describe("--project", () => {
	test("alone selects all of the project", () => {
		expect(select({ project: "q" })).toEqual(["Q-1", "Q-2"]);
	});

	test("hides the issues and milestones of others", () => {
		expect(problems({ target: "M1", project: "q" })).toMatchObject([{ kind: "unknown-target", name: "M1" }]);
		expect(problems({ target: "A-1", project: "q" })).toMatchObject([
			{ kind: "unknown-target", name: "A-1", project: "q" },
		]);
	});

	test("that nobody has brings up those that are close", () => {
		expect(problems({ project: "qq" })).toMatchObject([
			{ kind: "unknown-project", name: "qq", nearest: expect.arrayContaining(["q"]) },
		]);
	});

	test("that differs in case only is one to correct, alone, before an id, and where only broken documents are of it", () => {
		expect(problems({ project: "Q" })).toMatchObject([{ name: "Q", nearest: ["q"] }]);
		expect(problems({ target: "Q/Q-1" })).toMatchObject([{ kind: "unknown-target", nearest: ["q/Q-1"] }]);
		expect(problems({ target: "M1", issue: "P/A-1" })).toMatchObject([{ kind: "unknown-issue", nearest: ["p/A-1"] }]);
		const broken = backlog(ISSUES, [
			{ project: "shop-web", problems: [invalid("docs/projects/shop-web/issues/S-1.md")] },
		]);
		expect(problemsOf(() => selectIssues(broken, { project: "Shop-Web" }))).toMatchObject([{ nearest: ["shop-web"] }]);
	});

	test("whose documents are all broken is known all the same", () => {
		const problem = invalid("docs/projects/s/issues/S-1.md");
		const broken = backlog(ISSUES, [{ project: "s", problems: [problem] }]);
		expect(selectIssues(broken, { project: "s" })).toEqual([]);
	});
});

describe("--issue", () => {
	test("selects one of the milestone", () => {
		expect(select({ target: "M1", issue: "A-2" })).toEqual(["A-2"]);
	});

	test("selects without a target as well", () => {
		expect(select({ issue: "A-5" })).toEqual(["A-5"]);
	});

	test("of another milestone is refused, naming the milestone and what is close in it", () => {
		expect(problems({ target: "M1", issue: "A-3" })).toEqual([
			{ kind: "unknown-issue", name: "A-3", milestone: "M1", nearest: ["A-1", "A-2"] },
		]);
	});

	test("that is the target itself is no contradiction", () => {
		expect(select({ target: "A-2", issue: "A-2" })).toEqual(["A-2"]);
	});
});

test("a project that may stand in a document that can't be read is told with its faults", () => {
	const problem = invalid("issues/x.md");
	const broken = backlog(ISSUES, [
		{ project: undefined, problems: [problem] },
		{ project: "q", problems: [invalid("issues/y.md")] },
	]);
	expect(problemsOf(() => selectIssues(broken, { project: "new" }))).toMatchObject([
		{ kind: "unknown-project" },
		problem,
	]);
});

describe("a name that stands in a broken document", () => {
	const problem = invalid("docs/projects/p/issues/B-1.md");
	const twice = { kind: "duplicate-id", ids: ["B-2"], files: ["docs/b.md", "docs/c.md"] } as const;
	const unreadable = { kind: "file-unreadable", path: "docs/projects/p/issues/B-3.md", message: "EACCES" } as const;
	const broken = backlog(ISSUES, [
		{ project: "p", problems: [problem] },
		{ project: "p", problems: [twice] },
		{ project: undefined, problems: [unreadable] },
	]);

	test.each([
		["B-1", problem],
		["B-2", twice],
		["b-2", twice],
	])("%s: as a target, what is wrong with the document is said", (target, wanted) => {
		expect(problemsOf(() => selectIssues(broken, { target }))).toEqual([wanted]);
	});

	test.each([
		["B-1", problem],
		["B-2", twice],
	])("%s: as an --issue, what is wrong with the document is said", (name, wanted) => {
		expect(problemsOf(() => selectIssues(broken, { target: "M1", issue: name }))).toEqual([wanted]);
	});

	test("a file that can't be read is said as well, rather than that there is no such issue", () => {
		expect(problemsOf(() => selectIssues(broken, { target: "B-3" }))).toEqual([unreadable]);
	});

	test("others are not said when the target is another one", () => {
		expect(problemsOf(() => selectIssues(broken, { target: "X-99" }))).toMatchObject([{ kind: "unknown-target" }]);
	});

	test("with no document left that can be read, all of them are said", () => {
		const all = backlog([], [{ project: "p", problems: [problem, twice] }]);
		expect(problemsOf(() => selectIssues(all, { target: "M1" }))).toEqual([problem, twice]);
	});
});

function select(wanted: Parameters<typeof selectIssues>[1]): string[] {
	return selectIssues(BACKLOG, wanted).map(({ id }) => id);
}

function problems(wanted: Parameters<typeof selectIssues>[1]) {
	return problemsOf(() => selectIssues(BACKLOG, wanted));
}

function invalid(file: string) {
	return { kind: "document-invalid", file, line: 1, what: "title: nothing", expected: "missing" } as const;
}
