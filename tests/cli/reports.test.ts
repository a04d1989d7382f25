import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorCases, issueCases, type JunitCase, junitXml } from "../../tasks/cli/reports/junit.ts";
import { errorSummary, markdown, runSummary } from "../../tasks/cli/reports/step-summary.ts";
import { type Say, withNames } from "../../tasks/cli/words/say.ts";
import { Failure } from "../../tasks/contract/problem.ts";
import { LETTER } from "../support/documents.ts";
import { type ReadCase, readJunit } from "../support/junit.ts";
import { devOutcome, HOSTILE, mixedReport, plannedIssue, runReport } from "../support/reports.ts";

const say: Say = withNames(
	Object.assign((words: string) => `npx tsx orchfile.ts ${words}`, {
		git: (words: string) => `git ${words}`,
	}),
);

const REFUSED = new Failure([
	{ kind: "document-invalid", file: "a.md", line: 4, what: "title: missing", expected: "text" },
	{ kind: "disk-full", path: "/repo/logs" },
]);

describe("a JUnit report", () => {
	test("has a testcase an issue: red is what makes the exit code 1, and what was never started is skipped", async () => {
		const cases = await written(issueCases(mixedReport(), "dev M1", 1, [], say));
		expect(cases.map(({ name, verdict, type }) => [name, verdict, type])).toEqual([
			[expect.stringMatching(/^A-1: evil/), "", undefined],
			["A-2: Title of A-2", "failure", "invalid-result"],
			["A-3: Title of A-3", "failure", "blocked"],
			["A-4: Title of A-4", "failure", "deferred"],
			["A-5: Title of A-5", "", undefined],
			["A-6: Title of A-6", "failure", "cancelled"],
			["A-7: Title of A-7", "skipped", undefined],
		]);
		expect(cases.map(({ className }) => className)).toEqual(["p/M1", "p/M1", "p/M1", "p", "p/M1", "p/M1", "p/M1"]);
		// What is up to date took no time in this run.
		expect(cases.map(({ time }) => time)).toEqual(["60.000", "60.000", "0.000", "60.000", "0.000", "0.000", "0.000"]);
		expect(cases[1]?.message).toMatch(/^evil ::error::one/);
		expect(cases[1]?.text).toContain("To run it again: npx tsx orchfile.ts dev A-2");
		expect(cases[2]?.message).toMatch(/^A-3 is blocked by A-2 \(failed: invalid-result\)/);
	});

	test("is not green when the run is not: where no issue is red, the run itself is", async () => {
		const report = runReport(
			[
				[plannedIssue("A-1"), devOutcome("A-1", {})],
				[plannedIssue("A-2"), { status: "cancelled", started: false }],
			],
			{ kind: "spent" },
		);
		const cases = await written(issueCases(report, "dev M1", 1, ["The run has used its tokens."], say));
		expect(cases.map(({ name, verdict, type, message }) => [name, verdict, type, message])).toEqual([
			["A-1: Title of A-1", "", undefined, undefined],
			["A-2: Title of A-2", "skipped", undefined, undefined],
			["dev M1", "error", "spent", "The run has used its tokens."],
		]);
	});

	test("of a run that was refused has a testcase a problem", async () => {
		const cases = await written(errorCases(REFUSED, "dev M1", say));
		expect(cases.map(({ name, verdict, type, message }) => [name, verdict, type, message])).toEqual([
			["dev M1: a.md:4", "error", "document-invalid", "a.md:4: title: missing; expected text."],
			["dev M1", "error", "disk-full", "There is no space left for /repo/logs."],
		]);
		expect((await written(errorCases(new Error("oops"), "dev M1", say)))[0]).toMatchObject({ type: "defect" });
	});

	test("has the text as it was, without what XML can't hold, and no element that it names", async () => {
		const text = "a]]>b]]><testcase name='green'/>]]>&amp; \u0000\u0008\ufffe<c>";
		const bad = { kind: "failure", type: "t", message: text, text } as const;
		const [read, ...others] = await written([{ className: "c", name: text, seconds: 0, bad, output: [] }]);
		expect(others).toEqual([]);
		expect([read?.text, read?.message, read?.name]).toEqual(Array(3).fill(text.replace(/[\0\b\ufffe]/g, "")));
	});

	test("is XML, whatever agents and documents say", async () => {
		const text = fc
			.array(
				fc.oneof(
					fc.constantFrom("\u0000", "\u001b", "\ud800", "\uffff", "]]>", "<!--", "&", '"', "\r"),
					fc.string({ unit: LETTER }),
				),
				{ maxLength: 6 },
			)
			.map((all) => all.join(""));
		await fc.assert(
			fc.asyncProperty(text, async (given) => {
				const bad = { kind: "failure", type: given, message: given, text: given } as const;
				const error = { ...bad, kind: "error" } as const;
				const common = { className: given, name: given, seconds: 1, output: [given] };
				expect(await written([{ ...common, bad }, { ...common, bad: error }, common], given)).toHaveLength(3);
			}),
			{ numRuns: 100 },
		);
	});
});

describe("the summary of a step", () => {
	test("is a table with a row an issue", () => {
		const text = runSummary(mixedReport(), "dev M1", ["To go on: npx tsx orchfile.ts dev M1"], say);
		const rows = text.split("\n").filter((line) => line.startsWith("|"));
		const cells = rows.map((row) =>
			row
				.split("|")
				.slice(1, -1)
				.map((cell) => cell.trim()),
		);
		for (const each of cells) expect(each).toHaveLength(8);
		expect(cells.map(([, status]) => status)).toEqual([
			"status",
			"---",
			"✅ pass",
			"❌ failed: invalid-result",
			"❌ blocked by A-2",
			"❌ deferred",
			"✅ up to date",
			"❌ cancelled",
			"◻️ not started",
		]);
		expect(cells[2]?.slice(2)).toEqual(["1", "2", "+30 −4", "1m00s", "240", ""]);
		expect(cells[6]?.slice(2)).toEqual(["1", "2", "+30 −4", "", "", ""]);
		expect(cells[3]?.[7]).toMatch(/^evil ::error::one/);
		expect(text).toContain("\n\n2 of 7 issues done.\n\nTo go on: npx tsx orchfile.ts dev M1\n\n");
	});

	test("shows what agents and documents say, and does nothing of it", () => {
		for (const text of [
			runSummary(mixedReport(), HOSTILE, [HOSTILE], say),
			errorSummary(new Error(HOSTILE), HOSTILE, say),
		]) {
			expect(text).not.toMatch(/[<>@]|(?<!\\)`|(?<!\\)\[|&(?!#\d+;)/);
			expect(text).not.toMatch(/\p{Cc}(?<!\n)/u);
		}
		expect(markdown("- a")).toBe("\\- a");
		expect(markdown("1. a")).toBe("1\\. a");
		expect(markdown("snake_case *b*")).toBe("snake\\_case \\*b\\*");
		expect(markdown("a | b\n\n# c")).toBe("a &#124; b # c");
	});

	test("of a thousand issues fits into what GitHub takes, and says what it left out", () => {
		const planned = plannedIssue("A-1", { title: "<".repeat(200) });
		const outcome = devOutcome("A-1", { outcome: "failed", details: ["|".repeat(400)] });
		const report = runReport(
			Array.from({ length: 1000 }, (_, at) => [{ ...planned, id: `A-${at}` }, outcome] as const),
		);
		const text = runSummary(report, "dev M1", [], say);
		expect(Buffer.byteLength(text)).toBeLessThan(1 << 20);
		expect(text).toContain("And 600 issues more.");
	});

	test("of a run that was refused has its problems", () => {
		expect(errorSummary(REFUSED, "dev M1", say)).toBe(
			"### orchfile dev M1\n\nNothing was started.\n\n- a.md:4: title: missing; expected text.\n- There is no space left for /repo/logs. Free some, then type the same command again.\n\n",
		);
	});
});

/** The testcases of a report, as they are read back from the bytes of its file. */
async function written(cases: readonly JunitCase[], suite = "orchfile dev M1"): Promise<ReadCase[]> {
	return readJunit(Buffer.from(await junitXml(suite, new Date(0), cases)).toString("utf8"));
}
