import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkAnswer, type Identity } from "../../tasks/contract/check-answer.ts";
import { type Phase, STATUSES } from "../../tasks/contract/phase.ts";
import { answer, LETTER, PHASES } from "../support/documents.ts";

const DEV = answer("dev");
const NOTHING_FOUND = { issues: [], requiredActions: [] };

describe.each(PHASES)("an answer of the %s phase", (phase) => {
	test.each(STATUSES[phase])("with status %s counts, as it came", (status) => {
		const given = answer(phase, { status, ...(phase === "review" && status === "pass" && NOTHING_FOUND) });
		expect(check(phase, JSON.stringify(given))).toEqual({ valid: true, result: given });
	});

	test.each(
		[...new Set(Object.values(STATUSES).flat())].filter((status) => !STATUSES[phase].some((own) => own === status)),
	)("can't have status %s", (status) => {
		expect(pathsIn(phase, answer(phase, { status }))).toEqual(["status"]);
	});

	test.each(["PASS", "passed", "pass ", "", null, ["pass"]])("can't have status %j", (status) => {
		expect(pathsIn(phase, answer(phase, { status }))).toEqual(["status"]);
	});

	test.each(PHASES.filter((other) => other !== phase))("can't be one of the %s phase", (other) => {
		expect(check(phase, JSON.stringify(answer(other))).valid).toBe(false);
		expect(pathsIn(phase, answer(phase, { phase: other }))).toEqual(["phase"]);
	});

	test.each(Object.keys(answer(phase)))("can't be without %s", (key) => {
		const { [key]: _, ...rest } = answer(phase) as Record<string, unknown>;
		expect(pathsIn(phase, rest)).toEqual([key]);
	});

	test.each(Object.keys(answer(phase)))("can't have null, a number or a map for %s", (key) => {
		for (const wrong of [null, 5, {}]) expect(pathsIn(phase, answer(phase, { [key]: wrong }))).toEqual([key]);
	});

	test("can't have a key that nobody asked for", () => {
		const problems = problemsIn(phase, JSON.stringify(answer(phase, { note: "" })));
		expect(problems).toEqual([{ path: "", message: expect.stringContaining('"note"') }]);
	});
});

describe("a key or value deep within", () => {
	const [run] = DEV.testsRun;
	const [finding] = answer("review").issues;

	test.each([
		["an unknown key in a test run", { testsRun: [run, { ...run, seconds: 3 }] }, "testsRun.1"],
		["an unknown status of a test run", { testsRun: [{ ...run, status: "ok" }] }, "testsRun.0.status"],
		["a test run without notes", { testsRun: [{ command: "npm test", status: "pass" }] }, "testsRun.0.notes"],
		["a test run in words", { testsRun: ["npm test"] }, "testsRun.0"],
		["a path that is no text", { docsUpdated: ["README.md", null] }, "docsUpdated.1"],
		["a list that is text", { openQuestions: "none" }, "openQuestions"],
	])("%s is named with its path", (_, changes, path) => {
		expect(pathsIn("dev", answer("dev", changes))).toEqual([path]);
	});

	test.each([
		["an unknown severity", { issues: [{ ...finding, severity: "critical" }] }, "issues.0.severity"],
		["an unknown key in a finding", { issues: [{ ...finding, line: 1 }] }, "issues.0"],
		["an unknown confidence", { confidence: "certain" }, "confidence"],
	])("%s of a review is named with its path", (_, changes, path) => {
		expect(pathsIn("review", answer("review", changes))).toEqual([path]);
	});

	test("everything that is wrong is named, not the first only", () => {
		const wrong = { status: "ok", testsRun: [{ command: 1, status: "ok", notes: "" }], summary: null };
		expect(pathsIn("dev", answer("dev", wrong)).sort()).toEqual([
			"status",
			"summary",
			"testsRun.0.command",
			"testsRun.0.status",
		]);
	});
});

describe("a review that contradicts its own pass", () => {
	const [finding] = answer("review").issues;

	test.each([
		["by what it requires", { requiredActions: ["Add a test."] }, ["requiredActions.0"]],
		["by what it has found", { issues: [{ ...finding, severity: "low" }, finding] }, ["issues.1.severity"]],
	])("%s", (_, changes, paths) => {
		expect(pathsIn("review", answer("review", { ...NOTHING_FOUND, ...changes }))).toEqual(paths);
	});

	test("and one that does not: what is worth knowing is no reason against it", () => {
		const issues = (["medium", "low"] as const).map((severity) => ({ ...finding, severity }));
		expect(pathsIn("review", answer("review", { ...NOTHING_FOUND, issues, followups: ["Tidy."] }))).toEqual([]);
	});
});

describe("an answer about something else", () => {
	test.each(["issueId", "milestoneId", "branch", "worktreePath"])("another %s is named with both", (key) => {
		expect(problemsIn("dev", JSON.stringify(answer("dev", { [key]: "other" })))).toEqual([
			{ path: key, message: `expected "${DEV[key as keyof Identity]}", received "other"` },
		]);
	});

	test.each(["a-1", "A-1 ", " A-1", "A-10", ""])("the id %j is not the one that was sent", (issueId) => {
		expect(pathsIn("dev", answer("dev", { issueId }))).toEqual(["issueId"]);
	});

	test("everything about it that differs is named, and cut when it is long", () => {
		const problems = problemsIn("dev", JSON.stringify(answer("dev", { issueId: "x".repeat(5_000), branch: "main" })));
		expect(problems.map(({ path }) => path).sort()).toEqual(["branch", "issueId"]);
		for (const { message } of problems) expect(message.length).toBeLessThan(300);
	});

	test("an issue without a milestone is answered without one", () => {
		const given = answer("dev", { milestoneId: "" });
		expect(checkAnswer("dev", JSON.stringify(given), { ...identity("dev"), milestoneId: "" }).valid).toBe(true);
		expect(checkAnswer("dev", JSON.stringify(DEV), { ...identity("dev"), milestoneId: "" }).valid).toBe(false);
	});
});

test.each([
	["no message at all", undefined],
	["an empty one", ""],
	["blanks", " \n\t"],
])("a turn that ended with %s", (_, message) => {
	expect(problemsIn("dev", message)).toEqual([{ path: "", message: expect.stringContaining("without a message") }]);
});

test.each([
	["prose", "All done. The tests pass."],
	["a code fence around it", `\`\`\`json\n${JSON.stringify(DEV)}\n\`\`\``],
	["a byte order mark before it", `\uFEFF${JSON.stringify(DEV)}`],
	["a sentence before it", `Here it is: ${JSON.stringify(DEV)}`],
	["a sentence after it", `${JSON.stringify(DEV)}\nAll done.`],
	["two of them", JSON.stringify(DEV).repeat(2)],
	["its end missing", JSON.stringify(DEV).slice(0, -1)],
	["a comma too many", JSON.stringify(DEV).replace(/\}$/, ",}")],
	["a comment in it", JSON.stringify(DEV).replace("{", "{ // done\n")],
])("%s: not JSON", (_, message) => {
	expect(problemsIn("dev", message)).toEqual([{ path: "", message: expect.stringMatching(/^not JSON: /) }]);
});

test.each(["null", "[]", '"pass"', "true", "{}", `[${JSON.stringify(DEV)}]`])(
	"%s is JSON, and no answer",
	(message) => {
		expect(problemsIn("dev", message).length).toBeGreaterThan(0);
	},
);

test("blanks and line ends around an answer are part of JSON", () => {
	expect(check("dev", `\n ${JSON.stringify(DEV, undefined, "\t")}\r\n`)).toEqual({ valid: true, result: DEV });
});

test("whatever an answer says in its texts is handed on as it is", () => {
	const text = fc.string({ unit: LETTER });
	const texts = fc.array(text, { maxLength: 3 });
	const given = fc.record({
		summary: text,
		testsRun: fc.array(fc.record({ command: text, status: fc.constantFrom("pass", "fail", "skipped"), notes: text }), {
			maxLength: 3,
		}),
		docsUpdated: texts,
		draftPrs: texts,
		stackBranches: texts,
		deferred: texts,
		openQuestions: texts,
	});
	fc.assert(
		fc.property(given, (changes) => {
			const sent = answer("dev", changes);
			expect(check("dev", JSON.stringify(sent))).toEqual({ valid: true, result: sent });
		}),
		{ numRuns: 50 },
	);
});

test("whatever a message is, checking it never throws, and what is refused has a reason", () => {
	const message = fc.oneof(
		fc.string({ unit: LETTER }),
		fc.json(),
		fc
			.record({
				key: fc.constantFrom(...Object.keys(DEV), "__proto__", "constructor", "toString"),
				value: fc.jsonValue(),
			})
			.map(({ key, value }) => `{${JSON.stringify(key)}:${JSON.stringify(value)},${JSON.stringify(DEV).slice(1)}`),
	);
	fc.assert(
		fc.property(message, (text) => {
			const checked = check("dev", text);
			if (checked.valid) expect(checked.result).toEqual(JSON.parse(text));
			else expect(checked.problems.length).toBeGreaterThan(0);
		}),
		{ numRuns: 400 },
	);
});

test("keys that every object has are no answer's keys", () => {
	for (const key of ["__proto__", "constructor", "toString"]) {
		const message = `{${JSON.stringify(key)}:{},${JSON.stringify(DEV).slice(1)}`;
		expect(problemsIn("dev", message)).toEqual([{ path: "", message: expect.stringContaining(key) }]);
	}
});

function identity(phase: Phase): Identity {
	const { issueId, milestoneId, branch, worktreePath } = answer(phase);
	return { phase, issueId, milestoneId, branch, worktreePath };
}

function check(phase: Phase, message: string | undefined) {
	return checkAnswer(phase, message, identity(phase));
}

function problemsIn(phase: Phase, message: string | undefined) {
	const checked = check(phase, message);
	return checked.valid ? [] : checked.problems;
}

function pathsIn(phase: Phase, given: object): string[] {
	return problemsIn(phase, JSON.stringify(given)).map(({ path }) => path);
}
