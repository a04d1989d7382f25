import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orderIssues } from "../../tasks/backlog/order.ts";
import type { Issue } from "../../tasks/contract/issue.ts";
import { issue } from "../support/documents.ts";

describe("the order of issues", () => {
	test("ids count as people count", () => {
		expect(orderOf([issue("CIV-10"), issue("CIV-2"), issue("B-1"), issue("CIV-1")])).toEqual([
			"B-1",
			"CIV-1",
			"CIV-2",
			"CIV-10",
		]);
	});

	test("priority 1 to 4 before none, and 0 is none", () => {
		const priorities = { A: 0, B: null, C: 4, D: 3, E: 2, F: 1, G: 0 };
		const issues = Object.entries(priorities).map(([id, priority]) => issue(id, { priority }));
		expect(orderOf(issues)).toEqual(["F", "E", "D", "C", "A", "B", "G"]);
	});

	test("a blocker goes before an urgent issue that waits for it", () => {
		expect(orderOf([issue("A-1", { priority: 1, blockedBy: ["Z-9"] }), issue("Z-9", { priority: 4 })])).toEqual([
			"Z-9",
			"A-1",
		]);
	});

	test("an urgent issue that waits goes before less urgent ones as soon as it may", () => {
		const issues = [
			issue("A-1", { priority: 3 }),
			issue("A-2", { priority: 1, blockedBy: ["A-3"] }),
			issue("A-3", { priority: 2 }),
		];
		expect(orderOf(issues)).toEqual(["A-3", "A-2", "A-1"]);
	});

	test("ids that count alike still have one order", () => {
		const issues = [issue("A-01"), issue("A-1"), issue("A-001")];
		expect(orderOf(issues)).toEqual(orderOf([...issues].reverse()));
	});

	test("nothing to order", () => {
		expect(orderIssues([], [issue("A-1")])).toEqual({ ordered: [], problems: [] });
	});
});

describe("who blocks whom", () => {
	test.each([
		["the issue that waits says so", issue("A-1", { blockedBy: ["A-2"] }), issue("A-2")],
		["the blocker says so", issue("A-1"), issue("A-2", { blocks: ["A-1"] })],
		["both say so", issue("A-1", { blockedBy: ["A-2", "A-2"] }), issue("A-2", { blocks: ["A-1"] })],
	])("%s", (_, waiting, blocker) => {
		const { ordered, problems } = orderIssues([waiting, blocker], [waiting, blocker]);
		expect(problems).toEqual([]);
		expect(ordered.map((each) => [each.issue.id, each.blockers])).toEqual([
			["A-2", []],
			["A-1", ["A-2"]],
		]);
	});

	test("a blocker outside the selection, named on either side, is kept and not run", () => {
		const selected = issue("A-1", { blockedBy: ["B-2"] });
		const { ordered, problems } = orderIssues([selected], [selected, issue("B-2"), issue("B-10", { blocks: ["A-1"] })]);
		expect(problems).toEqual([]);
		expect(ordered).toEqual([{ issue: selected, blockers: ["B-2", "B-10"] }]);
	});

	test("an issue outside the selection that is blocked from within changes nothing", () => {
		const selected = issue("A-1", { blocks: ["B-1", "nobody"] });
		expect(orderIssues([selected], [selected, issue("B-1")])).toEqual({
			ordered: [{ issue: selected, blockers: [] }],
			problems: [],
		});
	});

	test("a blocker that does not exist is a problem, with the names that are close", () => {
		const selected = issue("A-1", { blockedBy: ["CVI-2"] });
		expect(orderIssues([selected], [selected, issue("CIV-2"), issue("OTHER-5")]).problems).toEqual([
			{
				kind: "unknown-blocker",
				file: "docs/projects/p/issues/A-1.md",
				key: "blocked_by",
				id: "CVI-2",
				nearest: ["CIV-2"],
			},
		]);
	});

	test("a blocker that does not exist for an issue outside the selection is none of our business", () => {
		expect(orderIssues([issue("A-1")], [issue("A-1"), issue("B-1", { blockedBy: ["nobody"] })]).problems).toEqual([]);
	});

	test.each(["done", "Done", "canceled", "cancelled", "duplicate"])(
		"a blocker that is %s holds nobody back",
		(state) => {
			const issues = [issue("A-1", { priority: 1, blockedBy: ["A-2"] }), issue("A-2", { state })];
			expect(orderOf(issues)).toEqual(["A-1", "A-2"]);
		},
	);
});

describe("issues that wait for each other", () => {
	test("are named in their order, with their files", () => {
		const issues = [
			issue("A-1", { blockedBy: ["A-2"] }),
			issue("A-2", { blockedBy: ["A-3"] }),
			issue("A-3", { blockedBy: ["A-1"] }),
		];
		expect(problemsWith(issues)).toEqual([cycle("A-1", "A-2", "A-3", "A-1")]);
	});

	test("are found through `blocked` as well", () => {
		const issues = [issue("A-1", { blocks: ["A-2"] }), issue("A-2", { blocks: ["A-1"] })];
		expect(problemsWith(issues)).toEqual([cycle("A-1", "A-2", "A-1")]);
	});

	test("an issue that waits for itself", () => {
		expect(problemsWith([issue("A-1", { blockedBy: ["A-1"] })])).toEqual([cycle("A-1", "A-1")]);
	});

	test("those that only wait behind them are not blamed", () => {
		const issues = [
			issue("A-1", { blockedBy: ["B-1"] }),
			issue("B-1", { blockedBy: ["B-2"] }),
			issue("B-2", { blockedBy: ["B-1"] }),
			issue("C-1"),
		];
		const { ordered, problems } = orderIssues(issues, issues);
		expect(problems).toEqual([cycle("B-1", "B-2", "B-1")]);
		expect(ordered.map((each) => each.issue.id)).toEqual(["C-1"]);
	});

	test("are no problem once one of them is closed", () => {
		const issues = [issue("A-1", { blockedBy: ["A-2"], state: "done" }), issue("A-2", { blockedBy: ["A-1"] })];
		expect(problemsWith(issues)).toEqual([]);
		expect(orderOf(issues)).toEqual(["A-2", "A-1"]);
	});

	test("are in nobody's way where none of them is open, and are told all the same", () => {
		const circle = [
			issue("A-1", { blockedBy: ["A-2"], state: "in-review" }),
			issue("A-2", { blockedBy: ["A-1"], state: "qa" }),
		];
		const { ordered, problems } = orderIssues([...circle, issue("B-1")], [...circle, issue("B-1")]);
		expect(ordered.map((each) => each.issue.id)).toEqual(["B-1", "A-1", "A-2"]);
		expect(problems).toEqual([cycle("A-1", "A-2", "A-1")]);
		const waiting = [...circle, issue("B-1", { blockedBy: ["A-1"] })];
		expect(orderIssues(waiting, waiting).ordered).toEqual([]);
	});

	test("a closed issue that waits behind them is not blamed: taking it out would change nothing", () => {
		const issues = [
			issue("A-1", { blockedBy: ["A-3", "A-2"] }),
			issue("A-2", { blockedBy: ["A-1"] }),
			issue("A-3", { blockedBy: ["A-1"], state: "done" }),
		];
		expect(problemsWith(issues)).toEqual([cycle("A-1", "A-2", "A-1")]);
	});

	function cycle(...ids: readonly string[]) {
		return { kind: "blocker-cycle", ids, files: ids.map((id) => `docs/projects/p/issues/${id}.md`) };
	}
});

/** Issues without cycles: each is blocked by earlier ones only, and the ids say nothing of that. */
const backlogs = fc
	.uniqueArray(fc.tuple(fc.constantFrom("A", "CIV", "B"), fc.integer({ min: 1, max: 120 })), {
		minLength: 1,
		maxLength: 12,
		selector: ([letters, number]) => `${letters}-${number}`,
	})
	.chain((names) => {
		const ids = names.map(([letters, number]) => `${letters}-${number}`);
		const issues = ids.map((id, at) =>
			fc.record({
				id: fc.constant(id),
				priority: fc.constantFrom(null, 0, 1, 2, 3, 4),
				state: fc.constantFrom("planned", "planned", "done"),
				blockers: fc.subarray(ids.slice(0, at)),
				fromBothSides: fc.boolean(),
			}),
		);
		return fc.tuple(...issues);
	})
	.map((drafts) =>
		drafts.map(({ id, priority, state, blockers, fromBothSides }) => {
			const blocks = drafts
				.filter((other) => other.fromBothSides && other.blockers.includes(id))
				.map((other) => other.id);
			return issue(id, { priority, state, blockedBy: fromBothSides ? [] : blockers, blocks });
		}),
	);

test("the same documents give the same order, however they were found", () => {
	const shuffled = backlogs.chain((issues) => fc.tuple(fc.constant(issues), shuffle(issues), shuffle(issues)));
	fc.assert(
		fc.property(shuffled, ([issues, selected, all]) => {
			expect(orderIssues(selected, all)).toEqual(orderIssues(issues, issues));
		}),
		{ numRuns: 150 },
	);
});

test("each issue is the first, by priority and then by id, of those whose blockers have gone before", () => {
	fc.assert(
		fc.property(backlogs, (issues) => {
			const { ordered, problems } = orderIssues(issues, issues);
			expect(problems).toEqual([]);
			expect(ordered).toHaveLength(issues.length);
			const open = new Set(issues.filter(({ state }) => state !== "done").map(({ id }) => id));
			const left = new Map(ordered.map((each) => [each.issue.id, each]));
			for (const { issue: next } of ordered) {
				const ready = [...left.values()]
					.filter(({ blockers }) => !blockers.some((id) => open.has(id) && left.has(id)))
					.map((each) => each.issue)
					.sort(byPriorityThenId);
				expect(next.id).toBe(ready[0]?.id);
				left.delete(next.id);
			}
		}),
		{ numRuns: 150 },
	);
});

function orderOf(issues: readonly Issue[]): string[] {
	const { ordered, problems } = orderIssues(issues, issues);
	expect(problems).toEqual([]);
	return ordered.map((each) => each.issue.id);
}

function problemsWith(issues: readonly Issue[]) {
	return orderIssues(issues, issues).problems;
}

/** The rule in other words than the code's: letters by the alphabet, then the number. */
function byPriorityThenId(a: Issue, b: Issue): number {
	const key = ({ priority, id }: Issue) => {
		const [letters = "", number = ""] = id.split("-");
		return `${priority || 9} ${letters} ${number.padStart(4, "0")}`;
	};
	return key(a) < key(b) ? -1 : 1;
}

function shuffle<T>(items: readonly T[]): fc.Arbitrary<T[]> {
	return fc.shuffledSubarray([...items], { minLength: items.length });
}
