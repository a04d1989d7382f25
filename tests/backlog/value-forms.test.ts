import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDocument } from "../../tasks/backlog/document.ts";
import { readLayout } from "../../tasks/backlog/read-layout.ts";
import type { LayoutSettings } from "../../tasks/contract/layout.ts";
import { FILE, problemsIn, problemsOf, withFrontMatter } from "../support/documents.ts";

function readWith(lines: readonly string[], settings: LayoutSettings = {}) {
	return readDocument(FILE, Buffer.from(withFrontMatter(...lines)), readLayout(settings));
}

/** How a field is written, and what it is read as; what is told instead where that is a pattern. */
type Form = readonly [written: string, read: unknown];

const NUMBERS: readonly Form[] = [
	["7", "7"],
	["01", "01"],
	["007", "007"],
	["0", "0"],
	["12345678901234567890123", "12345678901234567890123"],
	['"7"', "7"],
	["'01'", "01"],
	["2024-01-01", "2024-01-01"],
	["7 # the seventh", "7"],
	["1.10", /quote it/],
	["1.0", /quote it/],
	["1e5", /quote it/],
	["1E5", /quote it/],
	["0x10", /quote it/],
	["0o17", /quote it/],
	["-7", /quote it/],
	["+7", /quote it/],
	[".5", /quote it/],
	[".inf", /quote it/],
	[".nan", /quote it/],
	["true", /quote it/],
	["[7]", /one text, and no list|quote it/],
	["{ a: 1 }", /one text, and no list|quote it/],
	["../7", /1 to (?:64 letters|100 characters)|the id of an issue/],
	["7/8", /1 to (?:64 letters|100 characters)/],
];
const PARENTS: readonly Form[] = NUMBERS.map(([written, read]) => [written, written === "7/8" ? "7/8" : read]);

const TEXTS: readonly Form[] = [
	["bob", ["bob"]],
	["[bob]", ["bob"]],
	["[bob, 7]", ["bob", "7"]],
	["7", ["7"]],
	["007", ["007"]],
	['"@me"', ["@me"]],
	["Doe, Jane", ["Doe, Jane"]],
	['""', []],
	["", []],
	["[]", []],
	["~", []],
	["1.10", /a list of strings/],
	["[1.10]", /quote it/],
	["true", /a list of strings/],
	["{ a: b }", /a list of strings/],
	["[[a]]", /quote it/],
];

const IDS: readonly Form[] = [
	["A-1", ["A-1"]],
	["[A-1, B-2]", ["A-1", "B-2"]],
	["7", ["7"]],
	["01", ["01"]],
	["[1, 02, A-3]", ["1", "02", "A-3"]],
	['""', []],
	["", []],
	["[]", []],
	["A-1, B-2", /a list of ids, as in \[A-1, A-2\]/],
	["A-1 B-2", /a list of ids/],
	["A-1; B-2", /a list of ids/],
	["1.5", /a list of ids/],
	["[1.5]", /quote it/],
	["[1e5]", /quote it/],
	["{ A-1: x }", /a list of ids/],
	["p/A-1", ["p/A-1"]],
	["none", []],
	["N/A", []],
	['["-"]', []],
	["[none, A-1]", ["none", "A-1"]],
	['"[[A-1]]"', ["A-1"]],
	['["[[A-1]]", "[[p/B-2|the second]]"]', ["A-1", "p/B-2"]],
	["[[A-1]]", /quote it/],
	['"[[a b c]]"', /^the id of an issue/],
	["../A-1", /^the id of an issue, `PROJECT\/ID`, or the path of its document$/],
	["[../A-1]", /^the id of an issue, `PROJECT\/ID`, or the path of its document$/],
];

const PRIORITIES: readonly Form[] = [
	["1", 1],
	["0", 0],
	["7", 7],
	["1.5", 1.5],
	['"2"', 2],
	["high", 2],
	["High", 2],
	["medium", 3],
	["low", 4],
	["critical", 1],
	["URGENT", 1],
	["P0", 1],
	["p1", 2],
	["P4", 5],
	["normal", 3],
	["none", 0],
	["No priority", 0],
	["", null],
	['""', null],
	["~", null],
	["strange", /a number from 0, or a word such as high; layout.priorities/],
	["P9", /layout.priorities/],
	["constructor", /layout.priorities/],
	["-1", /a number from 0/],
	["-high", /layout.priorities/],
	["[high]", /layout.priorities/],
	["true", /layout.priorities/],
];

const FORMS: readonly (readonly [field: string, key: string, forms: readonly Form[]])[] = [
	["id", "id", NUMBERS],
	["milestone", "milestone", [...NUMBERS, ["", null], ['""', null], ["~", null]]],
	["parent", "parent", [...PARENTS, ["", null], ['""', null]]],
	["assignees", "assignees", TEXTS],
	["labels", "labels", TEXTS],
	["blocked_by", "blockedBy", IDS],
	["blocked", "blocks", IDS],
	["children", "children", IDS],
	["related_to", "relatedTo", IDS],
	["priority", "priority", PRIORITIES],
];

const REQUIRED: Readonly<Record<string, string>> = { id: "A-9", title: "T", project: "p" };

/** The lines of a document with these fields, beside those that are required. */
function linesOf(fields: Readonly<Record<string, string>>): string[] {
	return Object.entries({ ...REQUIRED, ...fields }).map(([key, value]) => `${key}: ${value}`);
}

describe.each(FORMS)("%s", (field, key, forms) => {
	test.each(forms)("written as %j", (written, wanted) => {
		const lines = linesOf({ [field]: written });
		const reading = readWith(lines);
		if (!(wanted instanceof RegExp)) return expect(reading).toMatchObject({ kind: "issue", issue: { [key]: wanted } });
		const line = lines.findIndex((each) => each.startsWith(`${field}:`)) + 2;
		expect(problemsIn(reading)).toEqual([
			expect.objectContaining({
				...{ kind: "document-invalid", file: FILE, line },
				what: expect.stringMatching(`^${field}`),
				expected: expect.stringMatching(wanted),
			}),
		]);
	});
});

test("a number where a text is meant is the text that is written", () => {
	expect(readWith(linesOf({ title: "404", project: "2024", state: "3" }))).toMatchObject({
		kind: "issue",
		issue: { title: "404", project: "2024", state: "3" },
	});
	expect(readWith(linesOf({ title: "4.04" })).kind).toBe("broken");
	expect(readWith(["id: A-1", "title: T", "project: p", "blocked_by:", "  - 1", "  - 002"])).toMatchObject({
		issue: { blockedBy: ["1", "002"] },
	});
});

test("any mixture of forms is read as it is written, or told with file, line and what was expected", () => {
	const mixture = fc
		.record(Object.fromEntries(FORMS.map(([field, , forms]) => [field, fc.option(fc.constantFrom(...forms))])))
		.map((each) => Object.fromEntries(Object.entries(each).flatMap(([field, form]) => (form ? [[field, form]] : []))));
	fc.assert(
		fc.property(mixture, fc.boolean(), (chosen, isReversed) => {
			const written = Object.fromEntries(Object.entries(chosen).map(([field, [value]]) => [field, value]));
			const lines = isReversed ? linesOf(written).reverse() : linesOf(written);
			const reading = readWith(lines);
			const told = Object.entries(chosen).filter(([, [, wanted]]) => wanted instanceof RegExp);
			if (told.length > 0) {
				const problems = problemsIn(reading);
				for (const [field] of told) {
					const line = lines.findIndex((each) => each.startsWith(`${field}:`)) + 2;
					expect(problems).toContainEqual(expect.objectContaining({ file: FILE, line }));
				}
				expect(problems).toHaveLength(told.length);
				return;
			}
			if (reading.kind !== "issue") throw new Error(JSON.stringify(reading));
			for (const [field, key] of FORMS) if (chosen[field]) expect(reading.issue[key as "id"]).toEqual(chosen[field][1]);
		}),
	);
});

describe("priorities of an orchfile's own", () => {
	test("are read beside the usual ones, and before numbers", () => {
		const settings = { priorities: { "Must have": 1, someday: 0, "0": 1, "1": 2, high: 7 } };
		const of = (written: string) => readWith(linesOf({ priority: written }), settings);
		const wanted = { must_have: 1, Someday: 0, "0": 1, '"0"': 1, "1": 2, "2": 2, HIGH: 7, low: 4 };
		for (const [written, priority] of Object.entries(wanted))
			expect(of(written), written).toMatchObject({ issue: { priority } });
	});

	test.each<readonly [unknown, string, RegExp]>([
		[["high"], "priorities", /numbers by words/],
		[{ high: "1" }, "priorities.high", /a number from 0/],
		[{ high: -1 }, "priorities.high", /a number from 0/],
		[{ high: Number.NaN }, "priorities.high", /a number from 0/],
		[{ high: Number.POSITIVE_INFINITY }, "priorities.high", /a number from 0/],
	])("%j can't be used", (priorities, key, expected) => {
		expect(problemsOf(() => readLayout({ priorities } as LayoutSettings))).toMatchObject([
			{ kind: "layout-invalid", key, expected: expect.stringMatching(expected) },
		]);
	});
});

describe("a field that the documents do not have", () => {
	test("is not read, whatever stands under its usual name", () => {
		const fields = { priority: null, estimate: null, blocked: null, state: null, related_to: null } as const;
		const lines = linesOf({
			priority: "strange",
			estimate: "3d",
			blocked: "[../x]",
			state: "done",
			related_to: "a/b/c",
		});
		expect(readWith(lines, { fields })).toMatchObject({
			issue: { priority: null, estimate: null, blocks: [], state: "planned", relatedTo: [] },
		});
	});

	test.each<readonly [LayoutSettings, string]>([
		[{ fields: { id: null } }, "fields.id"],
		[{ fields: { title: null } }, "fields.title"],
		[{ fields: { project: null } }, "fields.project"],
	])("%j can't be done without", (settings, key) => {
		expect(problemsOf(() => readLayout(settings))).toMatchObject([{ kind: "layout-invalid", key }]);
	});

	test("a project goes without saying, where there is one", () => {
		expect(
			readWith(["id: 7", "title: T", "project: other"], { project: "p", fields: { project: null } }),
		).toMatchObject({
			issue: { id: "7", project: "p" },
		});
	});
});

describe("what YAML takes for something else says what to write", () => {
	test.each([
		["title: Fix: x", 'the value in quotes: title: "Fix: x"'],
		["assignees: @me", 'the value in quotes: assignees: "@me"'],
		["assignees: [@me, bob]", 'each value in quotes: assignees: ["@me", "bob"]'],
		["title: *important* thing", 'the value in quotes: title: "*important* thing"'],
		["title: [WIP] fix", 'the value in quotes: title: "[WIP] fix"'],
		['title: "Fix" the thing', "the value in quotes: title: '\"Fix\" the thing'"],
		["title: 'It's time'", 'the value in quotes: title: "It\'s time"'],
		["title: %off", 'the value in quotes: title: "%off"'],
		["title: `code` works", 'the value in quotes: title: "`code` works"'],
		["title: > x", 'the value in quotes: title: "> x"'],
		["title: - x", 'the value in quotes: title: "- x"'],
		["title: & co", 'the value in quotes: title: "& co"'],
		["priority: !high", 'the value in quotes: priority: "!high"'],
		["labels: [#1, #2]", 'each value in quotes: labels: ["#1", "#2"]'],
		["created: at: noon", 'the value in quotes: created: "at: noon"'],
		["priority:high", "a blank after the colon: priority: high"],
		["labels: [a, b", "a closing `]`: labels: [a, b]"],
		["labels: {a: b", "a closing `}`: labels: {a: b}"],
		['title: "Fix', 'a closing `"`: title: "Fix"'],
		["title: 'Fix", "a closing `'`: title: 'Fix'"],
		["labels: [a, b: [c", "YAML without errors"],
	])("%s", (line, expected) => {
		const [problem, ...more] = problemsIn(readWith(["id: A-1", line, "project: p"]));
		expect(more).toEqual([]);
		expect(problem).toMatchObject({ kind: "document-invalid", file: FILE, expected });
		expect((problem as { line: number }).line).toBeLessThanOrEqual(4);
	});

	test("in a list below its key, with the line", () => {
		expect(problemsIn(readWith(["id: A-1", "title: T", "project: p", "assignees:", "  - @bob"]))).toMatchObject([
			{ line: 6, expected: 'the value in quotes: - "@bob"' },
		]);
	});

	test("what is suggested can be read, or gets further", () => {
		const text = fc.stringMatching(/^[ -~]{1,12}$/);
		fc.assert(
			fc.property(text, (value) => {
				const reading = readWith(["id: A-1", "project: p", `title: ${value}`]);
				const [problem] = problemsIn(reading);
				const said = problem?.kind === "document-invalid" ? problem.expected : "";
				const [, line] =
					/^(?:the value in quotes|each value in quotes|a blank after the colon|a closing `.`): (.*)$/.exec(said) ?? [];
				if (line === undefined) return;
				const again = problemsIn(readWith(["id: A-1", "project: p", line]));
				expect(again.filter((each) => each.kind === "document-invalid" && each.what.startsWith("bad"))).toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});
});
