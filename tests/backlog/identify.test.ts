import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identify } from "../../tasks/backlog/identify.ts";
import { selectIssues } from "../../tasks/backlog/target.ts";
import { addressNameOf, ownIdOf } from "../../tasks/contract/identity.ts";
import type { Issue } from "../../tasks/contract/issue.ts";
import { DEFAULT_LAYOUT } from "../../tasks/contract/layout.ts";
import { isName } from "../../tasks/contract/names.ts";
import { DEFAULT_STATES } from "../../tasks/contract/state.ts";
import { branchOf, issueOfBranch, issueOfWorktree, worktreeOf } from "../../tasks/repo/addresses.ts";
import { lockRef } from "../../tasks/repo/lock.ts";
import { logFolder } from "../../tasks/store/log-folder.ts";
import { backlog, issue, problemsOf } from "../support/documents.ts";

const named = (...issues: readonly Issue[]) => identify(issues, DEFAULT_STATES);
const of = (project: string, id: string, changes: Partial<Issue> = {}) => issue(id, { project, ...changes });

test("an id that one document has is all that it is called by, and what its addresses are named after", () => {
	const { issues, duplicates } = named(of("a", "X"), of("b", "Y"));
	expect(issues.map(({ id }) => id)).toEqual(["X", "Y"]);
	expect(issues.map(addressNameOf)).toEqual(["X", "Y"]);
	expect(duplicates).toEqual([]);
});

test.each([
	["X", "X"],
	["todo", "TODO"],
])("%s in one project and %s in another are called by both, and have addresses of their own", (one, other) => {
	const { issues, duplicates } = named(of("a", one), of("b", other), of("c", "Z"));
	expect(issues.map(({ id }) => id)).toEqual([`a/${one}`, `b/${other}`, "Z"]);
	expect(issues.map(addressNameOf)).toEqual([`a+${one}`, `b+${other}`, "Z"]);
	expect(issues.map(ownIdOf)).toEqual([one, other, "Z"]);
	expect(duplicates).toEqual([]);
});

test.each([
	["X", "a", "X", "a"],
	["x", "a", "X", "a"],
	["X", "a", "X", "A"],
])("%s in %s and %s in %s are twice in one project, and of that project only", (one, first, other, second) => {
	const { issues, duplicates } = named(of(first, one), of(second, other), of("b", "X"), of("b", "Y"));
	expect(issues.map(({ id }) => id)).toEqual(["b/X", "Y"]);
	expect(duplicates).toMatchObject([{ project: first, problem: { kind: "duplicate-id" } }]);
	expect(duplicates[0]?.issues).toHaveLength(2);
});

test("of several that are closed one stays, so that what waits for it can go on", () => {
	const { issues, duplicates } = named(of("a", "X", { state: "done" }), of("a", "X", { state: "wont-fix" }));
	expect(issues.map(({ id, state }) => [id, state])).toEqual([["X", "done"]]);
	expect(duplicates).toHaveLength(1);
});

describe("what names another issue", () => {
	const KEYS = ["blockedBy", "blocks", "children", "relatedTo"] as const;
	const all = [of("a", "X"), of("b", "X"), of("b", "Y"), of("b", "Z"), of("d", "Z")];
	test.each([
		["a", "X", "a/X", "its own project's"],
		["b", "X", "b/X", "its own project's"],
		["c", "X", "X", "none, where several others have it"],
		["c", "a/X", "a/X", "the project's that it names"],
		["b", "A/x", "a/X", "the same without case"],
		["c", "Y", "Y", "the only one there is"],
		["c", "y", "Y", "the only one there is, without case"],
		["c", "b/Y", "Y", "the only one there is, by its project"],
		["c", "a/Y", "a/Y", "none, where that project has none"],
		["c", "Q", "Q", "none"],
	])("in %s, %s means %s: %s", (project, reference, expected) => {
		for (const key of KEYS) {
			const { issues } = named(...all, of(project, "W", { [key]: [reference] }));
			expect(issues.find(({ id }) => id === "W")?.[key], key).toEqual([expected]);
		}
		const { issues } = named(...all, of(project, "W", { parent: reference }));
		expect(issues.find(({ id }) => id === "W")?.parent).toBe(expected);
	});
});

describe("what is typed", () => {
	const { issues } = named(
		of("a", "X", { milestone: "M1" }),
		of("b", "X", { milestone: "M2" }),
		of("b", "Y", { milestone: "M2" }),
	);
	const select = (options: Parameters<typeof selectIssues>[1]) =>
		selectIssues(backlog(issues), options).map(({ id }) => id);
	test.each([
		[{ target: "a/X" }, "a/X"],
		[{ target: "X", project: "b" }, "b/X"],
		[{ target: "b/X", project: "b" }, "b/X"],
		[{ target: "b/Y" }, "Y"],
		[{ target: "M1", issue: "X" }, "a/X"],
		[{ target: "M2", issue: "b/X" }, "b/X"],
		[{ issue: "X", project: "b" }, "b/X"],
	])("%j is %s", (options, id) => {
		expect(select(options)).toEqual([id]);
	});
	test.each([{ target: "X" }, { issue: "X" }])("%j may be several", (options) => {
		expect(problemsOf(() => select(options))).toEqual([{ kind: "several-issues", name: "X", ids: ["a/X", "b/X"] }]);
	});
	test.each([
		{ target: "a/Y" },
		{ target: "b/X", project: "a" },
		{ target: "/X" },
		{ target: "a/" },
		{ target: "a/b/X" },
	])("%j is none", (options) => {
		expect(problemsOf(() => select(options))).toMatchObject([{ kind: "unknown-target" }]);
	});
});

/** Names of few letters, in both cases, so that they meet. */
const NAME = fc
	.array(fc.constantFrom("a", "A", "b", "-", "_", ".", "1"), { minLength: 1, maxLength: 3 })
	.map((letters) => letters.join(""))
	.filter(isName);
const DOCUMENTS = fc.array(fc.record({ project: NAME, id: NAME, milestone: fc.option(NAME) }), { maxLength: 12 });

test("two documents never share an address, on whatever disk; and where an id is alone, it is what it was", () => {
	fc.assert(
		fc.property(DOCUMENTS, (documents) => {
			const read = documents.map(({ project, id, milestone }) => of(project, id, { milestone }));
			const { issues, duplicates } = identify(read, DEFAULT_STATES);
			expect(issues.length + duplicates.flatMap((each) => each.issues).length).toBe(read.length);
			const names = issues.map((each) => ({ each, name: addressNameOf(each) }));
			const kinds = [
				...[names.map(({ name }) => branchOf(DEFAULT_LAYOUT, name))],
				...[names.map(({ name }) => worktreeOf(DEFAULT_LAYOUT, "/srv/repo", name))],
				...[names.map(({ name, each }) => logFolder("/srv/repo/logs", "orch", each.milestone, name))],
				...[names.map(({ name }) => lockRef({}, name))],
				...[issues.map(({ id }) => id)],
			];
			for (const addresses of kinds)
				expect(new Set(addresses.map((each) => each.toLowerCase())).size).toBe(issues.length);
			for (const { each, name } of names) {
				expect(issueOfBranch(DEFAULT_LAYOUT, branchOf(DEFAULT_LAYOUT, name))).toBe(name);
				expect(issueOfWorktree(DEFAULT_LAYOUT, "/srv/repo", worktreeOf(DEFAULT_LAYOUT, "/srv/repo", name))).toBe(name);
				const isAlone = read.filter(({ id }) => id.toLowerCase() === ownIdOf(each).toLowerCase()).length === 1;
				if (isAlone) expect([each.id, name]).toEqual([ownIdOf(each), ownIdOf(each)]);
			}
		}),
	);
});
