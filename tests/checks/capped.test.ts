import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MOST_KEPT } from "../../tasks/checks/capped.ts";
import { compare } from "../../tasks/checks/compare.ts";
import { readJunit } from "../../tasks/checks/junit.ts";
import { baseTrial } from "../../tasks/checks/units.ts";
import { checkLines } from "../../tasks/cli/words/check-lines.ts";
import { checksWord, checksWords } from "../../tasks/cli/words/check-words.ts";
import { countChecks } from "../../tasks/contract/checks-verdict.ts";
import { failuresAsReview } from "../../tasks/contract/failures-as-review.ts";
import { tellChecks } from "../../tasks/contract/told-checks.ts";
import { VERIFY_RECORD } from "../../tasks/contract/verify-record.ts";
import { temporaryFolder, verifyRecord } from "../support/documents.ts";
import { exits, terms, tests, trials, type Went } from "./trials.ts";

const MANY = 2_000;
const LONG = "n".repeat(400);
const IDENTITY = { issueId: "A-1", milestoneId: "M1", branch: "issue/A-1", worktreePath: "/repo.worktrees/A-1" };

/** Tests of the longest names, which all went so. */
function many(how: Went[string], message?: string) {
	const status = how === "ok" ? "passed" : how === "bad" ? "failed" : "skipped";
	const result = { status, ...(message === undefined ? {} : { message }) } as const;
	return {
		...tests({}, how === "bad" ? 1 : 0),
		tests: new Map(Array.from({ length: MANY }, (_, at) => [`${LONG} ${at}`, result])),
	};
}

test.each([
	["newFailures", "new-failures", many("ok"), many("bad", "m".repeat(600)), "new", "new failure"],
	["vanished", "vanished", many("ok"), tests({}), "vanished", "vanished"],
	["vanished", "vanished", many("ok"), many("skip"), "vanished", "vanished"],
	["preExisting", undefined, many("bad"), many("bad"), "pre-existing", "failed on the base, and does not pass"],
	["fixed", undefined, many("bad"), many("ok"), undefined, "fixed"],
] as const)(
	"%s of many tests: the first are kept, all of them counted, and it fails for %s",
	(list, failure, was, is, word, line) => {
		const verdict = compare({ base: [baseTrial(was), baseTrial(exits(0))], commit: [is, exits(1)] }, terms());
		const record = VERIFY_RECORD.parse({ ...verifyRecord(), ...verdict });
		expect(record.failures).toEqual([...new Set(["new-failures", ...(failure ? [failure] : [])])]);
		expect(record[list].filter(({ check }) => check === "tests")).toHaveLength(MOST_KEPT);
		expect(record.left).toEqual([{ list, check: "tests", count: MANY - MOST_KEPT }]);
		expect(JSON.stringify(record).length).toBeLessThan(400_000);
		// What another check says is not left out for it.
		expect(record.newFailures.at(-1)).toEqual({ check: "lint" });
		if (word) {
			expect(checksWord(countChecks(record))).toContain(`${MANY + (word === "new" ? 1 : 0)} ${word}`);
			expect(checksWords(record)).toContain(`${MANY} ${word}`);
		}
		const lines = checkLines(record, "/logs");
		expect(lines.filter((each) => each.startsWith(`  ${line}: `)).length).toBeLessThanOrEqual(11);
		expect(lines).toContain(`  and ${MANY + (list === "newFailures" ? 1 : 0) - 10} more of these`);
		const told = tellChecks(record);
		if (failure) expect(told.left).toMatchObject({ [list]: expect.any(Number) });
		expect(JSON.stringify(told).length).toBeLessThan(100_000);
		const review = failuresAsReview(record, IDENTITY);
		if (failure) expect(review.summary).toMatch(/ 198\d more of these/);
		expect(JSON.stringify(review).length).toBeLessThan(100_000);
	},
);

test("files that the checks are made of are counted where there are too many of them", () => {
	const changed = Array.from({ length: 1_000 }, (_, at) => `.github/workflows/${at}.yml`);
	const protectedFiles = { changed, isMixed: false };
	const verdict = compare(trials(exits(0), exits(0), { weakened: exits(0) }), terms({ protected: protectedFiles }));
	const record = { ...verifyRecord(), ...verdict };
	expect(record.changed).toHaveLength(MOST_KEPT);
	expect(countChecks(record).changed).toBe(1_000);
	expect(checkLines(record, "/logs").join("\n")).toMatch(/\.yml and 990 more$/m);
	expect(tellChecks(record).left).toEqual({ changed: 980 });
});

test("what a test is called and says is of a bounded length, and commands no terminal", async () => {
	await using folder = await temporaryFolder();
	const hostile = `\u001b[2J\u001b]0;owned\u0007::error::x&#10;${"y".repeat(300_000)}`;
	const failing = `<testcase name="${hostile}"><failure message="${hostile}">${hostile}</failure></testcase>`;
	await writeFile(join(folder.path, "tests.xml"), `<testsuite name="${hostile}">${failing}</testsuite>`);
	const report = await readJunit({ folder: folder.path, junit: "tests.xml", strip: [] });
	if (report.kind !== "read") throw new Error(report.detail);
	const verdict = compare(trials(tests({}), { ...tests({}, 1), tests: report.tests }), terms());
	const record = { ...verifyRecord(), ...verdict };
	expect(record.failures).toEqual(["new-failures"]);
	const text = JSON.stringify(record) + checkLines(record, "/logs").join("\n");
	expect(text).not.toMatch(/\p{Cc}(?<!\n)|\\u001b/u);
	expect(text).not.toMatch(/^\s*::/m);
	expect(text.length).toBeLessThan(5_000);
});
