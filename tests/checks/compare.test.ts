import { expect, test } from "vitest";
import { compare, type Verdict } from "../../tasks/checks/compare.ts";
import type { Terms, Trials } from "../../tasks/checks/trials.ts";
import { baseTrial } from "../../tasks/checks/units.ts";
import { exits, notRun, terms, tests, trials } from "./trials.ts";

const OWN = { isOwn: true } as const;
const CHANGED = { protected: { changed: ["vitest.config.ts"], isMixed: false } };
const MIXED = { protected: { changed: ["Cargo.toml"], isMixed: true } };
const FILES = { added: [], changed: [], deleted: [], renamed: [] };

/** What is found, by list, in one word each: the test, or `*` for the check as a whole. */
function told(verdict: Verdict) {
	const { newFailures, vanished, weakened, unproved, preExisting, fixed, flaky, failures } = verdict;
	const lists = { newFailures, vanished, weakened, unproved, preExisting, fixed, flaky };
	const words = Object.entries(lists)
		.filter(([, list]) => list.length > 0)
		.map(([key, list]) => [key, list.map(({ test }) => test ?? "*").join(" ")]);
	return { failures: failures.join(" "), ...Object.fromEntries(words) };
}

type Row = readonly [what: string, trials: Trials, terms: Partial<Terms>, told: Readonly<Record<string, string>>];

const ROWS: readonly Row[] = [
	["all passes on both", trials(tests({ a: "ok" }), tests({ a: "ok" })), {}, { failures: "" }],
	[
		"a test fails that passed on the base",
		trials(tests({ a: "ok" }), tests({ a: "bad" })),
		{},
		{ failures: "new-failures", newFailures: "a" },
	],
	["a new test fails", trials(tests({}), tests({ a: "bad" })), {}, { failures: "new-failures", newFailures: "a" }],
	[
		"a test fails that was skipped on the base",
		trials(tests({ a: "skip" }), tests({ a: "bad" })),
		{},
		{ failures: "new-failures", newFailures: "a" },
	],
	[
		"a check fails that passed on the base",
		trials(exits(0), exits(1)),
		{},
		{ failures: "new-failures", newFailures: "*" },
	],
	[
		"a test is gone",
		trials(tests({ a: "ok", b: "ok" }), tests({ b: "ok" })),
		{},
		{ failures: "vanished", vanished: "a" },
	],
	["a test is skipped", trials(tests({ a: "ok" }), tests({ a: "skip" })), {}, { failures: "vanished", vanished: "a" }],
	[
		"a test is gone, as the issue says",
		trials(tests({ a: "ok" }), tests({})),
		{ mayVanish: true },
		{ failures: "", vanished: "a" },
	],
	["a test was skipped already", trials(tests({ a: "skip" }), tests({ a: "skip" })), {}, { failures: "" }],
	["a test that was skipped is gone", trials(tests({ a: "skip" }), tests({})), {}, { failures: "" }],
	["a test fails on both", trials(tests({ a: "bad" }), tests({ a: "bad" })), {}, { failures: "", preExisting: "a" }],
	[
		"a check fails on both, and another test in it",
		trials(tests({ a: "bad", b: "ok" }), tests({ a: "ok", b: "bad" })),
		{},
		{ failures: "new-failures", newFailures: "b", fixed: "a" },
	],
	[
		"a test that failed is skipped",
		trials(tests({ a: "bad" }), tests({ a: "skip" })),
		{},
		{ failures: "", preExisting: "a" },
	],
	["a test that failed is gone", trials(tests({ a: "bad" }), tests({})), {}, { failures: "", preExisting: "a" }],
	[
		"a file that could not be loaded is loaded",
		trials(tests({ "a/b.test.js": "bad" }), tests({ c: "ok" })),
		{},
		{ failures: "" },
	],
	["a check fails on both", trials(exits(1), exits(2)), {}, { failures: "", preExisting: "*" }],
	["a test is mended", trials(tests({ a: "bad" }), tests({ a: "ok" })), {}, { failures: "", fixed: "a" }],
	["a check is mended", trials(exits(1), exits(0)), {}, { failures: "", fixed: "*" }],
	[
		"the exit code says what the report does not",
		trials(tests({ a: "ok" }), tests({ a: "ok" }, 1)),
		{},
		{ failures: "new-failures", newFailures: "*" },
	],
	[
		"the report says what the exit code does not",
		trials(tests({ a: "ok" }), tests({ a: "bad" }, 0)),
		{},
		{ failures: "new-failures", newFailures: "a" },
	],
	[
		"a runner breaks off, and what it did not come to is not called gone",
		trials(tests({ a: "ok", b: "ok" }), tests({ a: "ok" }, 3)),
		{},
		{ failures: "new-failures", newFailures: "*" },
	],
	[
		"the exit code alone failed on the base, and tests are gone",
		trials(tests({ a: "ok", b: "ok" }, 1), tests({ a: "ok" }, 1)),
		{},
		{ failures: "vanished", vanished: "b", preExisting: "*" },
	],
	[
		"a failure does not come again",
		trials(tests({ a: "ok" }), tests({ a: "bad" }), { again: tests({ a: "ok" }) }),
		{},
		{ failures: "", flaky: "a" },
	],
	[
		"another test fails in the second run",
		trials(tests({ a: "ok", b: "ok" }), tests({ a: "bad", b: "ok" }), { again: tests({ a: "ok", b: "bad" }) }),
		{},
		{ failures: "", flaky: "a b" },
	],
	[
		"a failure comes again",
		trials(tests({ a: "ok" }), tests({ a: "bad" }), { again: tests({ a: "bad" }) }),
		{},
		{ failures: "new-failures", newFailures: "a" },
	],
	[
		"a failing test is not there, or skipped, in the second run",
		trials(tests({ a: "ok", b: "ok" }), tests({ a: "bad", b: "bad" }), { again: tests({ b: "skip" }) }),
		{},
		{ failures: "new-failures", newFailures: "a b" },
	],
	[
		"the second run comes to no answer",
		trials(tests({ a: "ok" }), tests({ a: "bad" }), { again: notRun("timed-out") }),
		{},
		{ failures: "new-failures", newFailures: "a" },
	],
	[
		"the exit code fails both times, the first time beside a flaky test",
		trials(tests({ a: "ok" }), tests({ a: "bad" }), { again: tests({ a: "ok" }, 1) }),
		{},
		{ failures: "new-failures", newFailures: "*", flaky: "a" },
	],
	[
		"a crash does not come again, and hid what failed before",
		trials(tests({ a: "bad", b: "ok" }), tests({ b: "ok" }, 139), { again: tests({ a: "bad", b: "ok" }) }),
		{},
		{ failures: "", flaky: "*", preExisting: "a" },
	],
	[
		"a crash does not come again, and hid a new failure",
		trials(tests({ a: "ok", b: "ok" }), tests({ b: "ok" }, 139), { again: tests({ a: "bad", b: "ok" }) }),
		{},
		{ failures: "new-failures", newFailures: "a", flaky: "*" },
	],
	[
		"it flickers on the base, and fails",
		trials(baseTrial(tests({ a: "bad" }), tests({ a: "ok" })), tests({ a: "bad" }), { again: tests({ a: "bad" }) }),
		{},
		{ failures: "", preExisting: "a" },
	],
	[
		"it flickers on the base, and passes",
		trials(baseTrial(tests({ a: "bad" }), tests({ a: "ok" })), tests({ a: "ok" })),
		{},
		{ failures: "" },
	],
	[
		"it flickers on the base, and is gone",
		trials(baseTrial(tests({ a: "bad" }), tests({ a: "ok" })), tests({})),
		{},
		{ failures: "vanished", vanished: "a" },
	],
	[
		"a check flickers on the base",
		trials(baseTrial(exits(1), exits(0)), exits(1), { again: exits(1) }),
		{},
		{ failures: "", preExisting: "*" },
	],
	["a check has no answer", trials(tests({ a: "ok" }), notRun("timed-out")), {}, { failures: "not-run" }],
	["a check has no answer on both", trials(notRun("no-sandbox"), notRun("no-sandbox")), {}, { failures: "not-run" }],
	["the base has no answer, and it passes", trials(notRun("timed-out"), tests({ a: "ok" })), {}, { failures: "" }],
	[
		"the base has no answer, and it fails",
		trials(notRun("timed-out"), tests({ a: "bad", b: "ok" })),
		{},
		{ failures: "new-failures", newFailures: "a" },
	],
	[
		"an issue's own check fails on both",
		trials(exits(127, OWN), exits(1, OWN)),
		{},
		{ failures: "new-failures", newFailures: "*" },
	],
	["an issue's own check passes now", trials(exits(127, OWN), exits(0, OWN)), {}, { failures: "", fixed: "*" }],
	[
		"an issue's own check does not exist on the base",
		trials(notRun("no-report", 1, OWN), tests({ a: "ok" }, 0, OWN), { proof: notRun("no-report", 1, OWN) }),
		{ requireProof: true },
		{ failures: "" },
	],
	[
		"a new test passes on the base's sources",
		trials(tests({}), tests({ a: "ok", b: "ok" }), { proof: tests({ a: "ok", b: "bad" }) }),
		{},
		{ failures: "", unproved: "a" },
	],
	[
		"a new test passes on the base's sources, and proof is asked for",
		trials(tests({}), tests({ a: "ok" }), { proof: tests({ a: "ok" }) }),
		{ requireProof: true },
		{ failures: "unproved", unproved: "a" },
	],
	[
		"a new test's file can't be loaded on the base's sources",
		trials(tests({}), tests({ a: "ok" }), { proof: tests({ "a.test.ts": "bad" }) }),
		{ requireProof: true },
		{ failures: "" },
	],
	[
		"a new test lies in no file of tests",
		trials(tests({}), tests({ a: "ok" }), { proof: tests({}) }),
		{},
		{ failures: "" },
	],
	[
		"a new test lies in no file of tests, and proof is asked for",
		trials(tests({}), tests({ a: "ok" }), { proof: tests({}) }),
		{ requireProof: true },
		{ failures: "unproved", unproved: "a" },
	],
	[
		"a new test is not there on the base's sources, where another fails as ever",
		trials(tests({ b: "bad" }), tests({ a: "ok", b: "bad" }), { proof: tests({ b: "bad" }) }),
		{ requireProof: true },
		{ failures: "unproved", unproved: "a", preExisting: "b" },
	],
	[
		"a new test's file can't be loaded on the base's sources, whoever's version it is",
		trials(tests({ "a.test.ts": "bad" }), tests({ a: "ok" }), { proof: tests({ "a.test.ts": "bad" }) }),
		{ requireProof: true },
		{ failures: "" },
	],
	[
		"an assertion is loosened to nothing",
		trials(tests({ a: "ok" }), tests({ a: "ok" }), { oldTests: tests({ a: "bad" }), proof: tests({ a: "ok" }) }),
		{ testFiles: { ...FILES, changed: ["a.test.ts"] } },
		{ failures: "", unproved: "a" },
	],
	[
		"a test is changed along with what it asks for",
		trials(tests({ a: "ok" }), tests({ a: "ok" }), { oldTests: tests({ a: "bad" }), proof: tests({ a: "bad" }) }),
		{ testFiles: { ...FILES, changed: ["a.test.ts"] } },
		{ failures: "" },
	],
	[
		"tests are loosened that only an exit code tells of",
		trials(exits(0), exits(0), { oldTests: exits(1), proof: exits(0) }),
		{ testFiles: { ...FILES, changed: ["a.test.ts"] } },
		{ failures: "", unproved: "*" },
	],
	[
		"a test fails only with the base's configuration, which leaves it out no longer",
		trials(tests({ a: "ok", b: "ok" }), tests({ b: "ok" }), { weakened: tests({ a: "bad", b: "ok" }) }),
		CHANGED,
		{ failures: "checks-weakened vanished", vanished: "a", weakened: "a" },
	],
	[
		"a check does nothing any more",
		trials(exits(0), exits(0), { weakened: exits(1) }),
		CHANGED,
		{ failures: "checks-weakened", weakened: "*" },
	],
	[
		"a test fails alike with the base's configuration",
		trials(tests({ a: "ok" }), tests({ a: "bad" }), { weakened: tests({ a: "bad" }) }),
		CHANGED,
		{ failures: "new-failures", newFailures: "a" },
	],
	[
		"a new test needs the new configuration",
		trials(tests({}), tests({ a: "ok" }), { weakened: tests({ a: "bad" }) }),
		CHANGED,
		{ failures: "" },
	],
	[
		"a failure with the base's configuration does not come again",
		trials(tests({ a: "ok" }), tests({ a: "ok" }), {
			weakened: tests({ a: "bad" }),
			weakenedAgain: tests({ a: "ok" }),
		}),
		CHANGED,
		{ failures: "" },
	],
	[
		"all fails with the base's list of dependencies",
		trials(exits(0), exits(0), { weakened: exits(101) }),
		MIXED,
		{ failures: "" },
	],
	[
		"all fails with the base's list of dependencies, and without that as well",
		trials(exits(0), exits(0), { weakened: exits(101), unmixed: exits(1) }),
		MIXED,
		{ failures: "checks-weakened", weakened: "*" },
	],
	[
		"all fails with the base's list of dependencies, and without that once",
		trials(exits(0), exits(0), { weakened: exits(101), unmixed: exits(1), unmixedAgain: exits(0) }),
		MIXED,
		{ failures: "" },
	],
	[
		"nothing runs with the base's list of dependencies, and a test fails without that",
		trials(tests({ a: "ok" }), tests({ a: "ok" }), { weakened: notRun("no-report", 1), unmixed: tests({ a: "bad" }) }),
		MIXED,
		{ failures: "checks-weakened", weakened: "a" },
	],
	[
		"a check was lenient on the base already",
		trials(exits(1), exits(0), { weakened: exits(1) }),
		CHANGED,
		{ failures: "", fixed: "*" },
	],
	[
		"a file of tests is gone, and only exit codes tell of tests",
		trials(exits(0), exits(0)),
		{ testFiles: { ...FILES, deleted: ["tests/a.test.ts"] } },
		{ failures: "vanished", vanished: "tests/a.test.ts" },
	],
	[
		"a file of tests is gone, and a report tells which tests were in it",
		trials(tests({ a: "ok" }), tests({ a: "ok" })),
		{ testFiles: { ...FILES, deleted: ["tests/a.test.ts"] } },
		{ failures: "" },
	],
	[
		"a file of tests is gone, and a report tells of an issue's own alone",
		trials(tests({ a: "ok" }, 0, OWN), tests({ a: "ok" }, 0, OWN)),
		{ testFiles: { ...FILES, deleted: ["tests/a.test.ts"] } },
		{ failures: "vanished", vanished: "tests/a.test.ts" },
	],
	[
		"a file of tests has another name",
		trials(
			tests({ "tests/a.test.ts › x": "ok", "tests.test_a.TestC › y": "bad" }),
			tests({ "tests/b.test.ts › x": "ok", "tests.test_b.TestC › y": "ok" }),
		),
		{
			testFiles: {
				...FILES,
				renamed: [
					{ from: "tests/a.test.ts", path: "tests/b.test.ts", isChanged: false },
					{ from: "tests/test_a.py", path: "tests/test_b.py", isChanged: true },
				],
			},
		},
		{ failures: "", fixed: "tests.test_b.TestC › y" },
	],
	[
		"names hold a port or a time",
		trials(
			tests({ "listens on 4031": "ok", "at 11:02": "bad" }),
			tests({ "listens on 5120": "ok", "at 12:40": "bad" }),
			{ again: tests({ "listens on 999": "ok", "at 12:41": "bad" }) },
		),
		{},
		{ failures: "", preExisting: "at 12:40" },
	],
	[
		"names hold a temporary folder",
		trials(tests({ "reads /tmp/one-x1YzQa/a.txt": "ok" }), tests({ "reads /tmp/two-Q9rrTe/a.txt": "ok" })),
		{},
		{ failures: "" },
	],
	[
		"a file can't be loaded, which tells of all that is in it",
		trials(
			tests({
				"tests.test_a › x": "ok",
				"tests.test_a.TestC › y": "ok",
				"tests.test_ab › z": "ok",
				"b.test.ts › v": "ok",
			}),
			tests({ "pytest › tests.test_a": "bad", "b.test.ts › b.test.ts": "bad" }),
		),
		{},
		{
			failures: "new-failures vanished",
			newFailures: "pytest › tests.test_a b.test.ts › b.test.ts",
			vanished: "tests.test_ab › z",
		},
	],
	[
		"a test has another name",
		trials(tests({ "adds numbers": "ok" }), tests({ "sums numbers": "ok" })),
		{},
		{ failures: "vanished", vanished: "adds numbers" },
	],
];

test.each(ROWS)("%s", (_, all, more, expected) => {
	expect(told(compare(all, terms(more)))).toEqual(expected);
});

test("what failed is told with its message, and by check alone where it is the check", () => {
	const both = {
		base: [baseTrial(tests({ a: "ok" })), baseTrial(exits(0))],
		commit: [tests({ a: "bad" }), exits(1)],
	};
	expect(compare(both, terms()).newFailures).toEqual([
		{ check: "tests", test: "a", message: "a broke" },
		{ check: "lint" },
	]);
});

test("each check is told with how it went, whatever it did on the base", () => {
	const { checks } = compare(
		{
			base: [baseTrial(tests({ a: "bad" })), baseTrial(notRun("timed-out", undefined, { name: "lint" }))],
			commit: [tests({ a: "bad", b: "ok", c: "skip" }), notRun("no-report", 1, { name: "lint" })],
		},
		terms(),
	);
	expect(checks).toMatchObject([
		{ name: "tests", status: "fail", exitCode: 1, tests: { passed: 1, failed: 1, skipped: 1 } },
		{ name: "lint", status: "not-run", reason: "no-report", exitCode: 1, baseNotRun: "timed-out" },
	]);
});

test("new tests are counted, and those that fail on the base's sources as proved", () => {
	const verdict = compare(
		trials(tests({ a: "ok" }), tests({ a: "ok", b: "ok", c: "ok", d: "skip" }), {
			proof: tests({ a: "ok", b: "bad", c: "ok" }),
		}),
		terms(),
	);
	expect(verdict).toMatchObject({ newTests: 2, proved: 1, unproved: [{ check: "tests", test: "c" }] });
	const uncompiled = trials(tests({}), tests({ a: "ok" }), { proof: notRun("no-report", 101) });
	expect(compare(uncompiled, terms())).toMatchObject({ newTests: 1, proved: 1, unproved: [] });
	const unknown = trials(tests({}), tests({ a: "ok" }), { proof: notRun("timed-out") });
	expect(compare(unknown, terms())).toMatchObject({ newTests: 1, proved: 0, unproved: [] });
});

test("whether the base's configuration came to an answer is told where it was tried", () => {
	const known = (weakened: ReturnType<typeof tests>, more: Partial<Terms> = CHANGED) =>
		compare(trials(tests({ a: "ok" }), tests({ a: "ok" }), { weakened }), terms(more)).isWeakeningKnown;
	expect(known(tests({ a: "ok" }))).toBe(true);
	expect(known(tests({ a: "bad" }))).toBe(true);
	expect(known(tests({ "a.test.ts": "bad" }))).toBe(false);
	expect(known(notRun("no-report", 1))).toBe(false);
	expect(known(tests({ a: "ok" }, 1), MIXED)).toBe(false);
	const silenced = trials(exits(1), exits(0), { weakened: exits(1) });
	expect(compare(silenced, terms(CHANGED)).isWeakeningKnown, "it may be mended or silenced").toBe(false);
	const mended = trials(exits(1), exits(0), { weakened: exits(0) });
	expect(compare(mended, terms(CHANGED)).isWeakeningKnown).toBe(true);
	expect(compare(trials(tests({ a: "ok" }), tests({ a: "ok" })), terms(CHANGED))).not.toHaveProperty(
		"isWeakeningKnown",
	);
});
