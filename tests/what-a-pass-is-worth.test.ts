import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { matcher } from "../tasks/checks/globs.ts";
import { PROTECTED_FILES } from "../tasks/checks/protected-files.ts";
import type { AcceptRecord } from "../tasks/contract/accept-record.ts";
import { TEST_FILES } from "../tasks/contract/check.ts";
import { answer, reviewAnswer } from "../tasks/rehearsal/answers.ts";
import { byTurn, FOUND, fixes, passes, type Turns, wantsChanges, works } from "./support/by-turn.ts";
import { ROOT } from "./support/documents.ts";
import { deliverOrchfile } from "./support/edited-orchfile.ts";
import { blocksOf } from "./support/guides.ts";
import type { Script } from "./support/scripted-model.ts";
import { createWorld } from "./support/world.ts";

// What the guide of this name shows is what is printed.

const PAGE = "what-a-pass-is-worth.md";
const CHECKS = `[
	{ name: "tests", run: "node --test --test-reporter=junit --test-reporter-destination=$ORCH_REPORTS/tests.xml", junit: "tests.xml" },
	{ name: "lint", run: "sh lint.sh" },
]`;
const FILE = "test/add.test.js";
const TESTS = `const { test } = require("node:test");
const assert = require("node:assert");
const { add, day } = require("../src/add.js");
test("adds", () => assert.equal(add(1, 2), 3));
test("knows the day", () => assert.equal(day(), "Monday"));
`;

const noFix = fixes("It is right as it is.", "echo '// It is right.' >> src/add.js");
const addTest = (line: string) => `echo '${line}' >> ${FILE}`;
/** The first run of the check fails, and the second, which has a log of its own, passes. */
const SECOND_RUN = `process.env.ORCH_CHECKOUT + "/logs/orch/M1/FLICKERS/verify.tests.again.log"`;

const ISSUES: Readonly<Record<string, Turns>> = {
	BREAKS: { dev: works("sed -i 's/a + b/a - b/' src/add.js"), "fix-1": noFix },
	CHANGES: { dev: works("echo '# In src alone.' >> lint.sh"), "review-1": passes },
	FIXES: { dev: works("sed -i 's/Sunday/Monday/' src/add.js"), "review-1": passes },
	FLICKERS: {
		dev: works(
			addTest(`test("comes and goes", () => assert.ok(require("fs").existsSync(${SECOND_RUN}), "too late"));`),
		),
		"review-1": passes,
	},
	FORGETS: { dev: works("echo x > docs.txt"), "fix-1": noFix },
	MENDS: {
		dev: works("sed -i 's/a + b/a - b/' src/add.js; echo '// Mended.' >> src/add.js"),
		"fix-1": fixes("Mended it.", "sed -i 's/a - b/a + b/' src/add.js; echo '// Once more.' >> src/add.js"),
		"review-2": passes,
	},
	PROVES: {
		dev: works(
			[
				"echo 'exports.twice = (a) => 2 * a;' >> src/add.js",
				addTest('test("doubles", () => assert.equal(require("../src/add.js").twice(2), 4));'),
				addTest('test("says nothing", () => assert.ok(true));'),
			].join("\n"),
		),
		"review-1": passes,
	},
	SKIPS: {
		dev: works(`sed -i 's/a + b/a - b/' src/add.js; sed -i 's/test("adds"/test.skip("adds"/' ${FILE}`),
		"fix-1": noFix,
	},
	WEAKENS: { dev: works("echo '// TODO' >> src/add.js; echo true > lint.sh"), "fix-1": noFix },
};

test("each verdict of the page, and the table", { timeout: 180_000 }, async () => {
	const orchfile = await deliverOrchfile(CHECKS);
	const own = [{ name: "docs", run: "true", junit: "docs.xml" }];
	await using world = await createWorld(
		Object.entries(ISSUES).map(([id, turns]) => ({
			id,
			script: byTurn(turns),
			...(id === "FORGETS" && { checks: own }),
		})),
	);
	const { repository } = world;
	await repository.write("src/add.js", "exports.add = (a, b) => a + b;\nexports.day = () => 'Sunday';\n");
	await repository.write(FILE, TESTS);
	await repository.write("lint.sh", "! grep -rn TODO src\n");
	await repository.commit();
	const base = await repository.git(["rev-parse", "HEAD"]);
	const { stdout } = await world.run(["deliver", "M1", "-j", "2"], orchfile);

	const [table, ...quoted] = blocksOf(PAGE).flatMap(({ language, text }) => (language === "text" ? [text] : []));
	// The page's own path comes last.
	expect(rowsOf(stdout.replace(/^\/.*\/report\.html\n$/m, ""))).toEqual(rowsOf(table ?? ""));
	const told = new Map<string, readonly string[]>();
	for (const id of Object.keys(ISSUES)) {
		const { stdout: why } = await world.run(["why", id, "--goal", "deliver"], orchfile);
		const shown = why
			.replaceAll(repository.path, "/home/you/repo")
			.replaceAll(base.slice(0, 10), "1f3c5b7a90")
			.replace(/(?<=at |Checks of |Review of )[0-9a-f]{10}/g, "4f5e6d7c8b")
			.replace(/(?:\d+[hm])*\d+[hms] ago/, "20s ago")
			.replace(/(?<=comes and goes): .*/, "");
		told.set(id, shown.split("\n"));
	}
	expect(quoted.length).toBeGreaterThan(8);
	for (const block of quoted) {
		const lines = block.trimEnd().split("\n");
		const whose = [...told].filter(([, shown]) => lines.every((line) => shown.includes(line)));
		expect(whose, `${block}\nis in none of\n${[...told.values()].flat().join("\n")}`).not.toEqual([]);
	}
});

/** The table's cells, but for the time. */
function rowsOf(table: string): string[][] {
	const rows = table.trimEnd().split("\n");
	return rows.map((row) => row.split(/ {2,}/).filter((_, at) => at !== 7));
}

test("a third review is the lines of the page", async () => {
	const asks = (title: string): Script =>
		async function* (prompted) {
			const asked = { issues: [{ ...FOUND, title }], requiredActions: [title] };
			yield answer(reviewAnswer(prompted, { status: "changes_required", summary: title, ...asked }));
		};
	const lines = blocksOf(PAGE).find(({ language, text }) => language === "ts" && text.includes("phase:fix-2"))?.text;
	const orchfile = await deliverOrchfile(
		'["true"]',
		undefined,
		[/(?=^const accepted = )/m, () => lines ?? ""] as never,
		["{ tested: retested, review: last }, ...verb.accept", "{ tested: lastTest, review: third }, ...verb.accept"],
		["last, accepted };", "last, fix2, savedFix2, lastTest, third, accepted };"],
	);
	const turns: Turns = {
		dev: works("echo 1 > a"),
		"review-1": wantsChanges,
		"fix-1": fixes("Added the test.", "echo test > test.txt"),
		"review-2": asks("The test tests nothing"),
		"fix-2": fixes("It does now.", "echo more >> test.txt"),
		"review-3": passes,
	};
	await using world = await createWorld([{ id: "A-1", script: byTurn(turns) }]);
	const { exitCode, stderr } = await world.run(["deliver", "A-1"], orchfile);
	expect(exitCode, stderr).toBe(0);
	expect(await world.log<AcceptRecord>("M1/A-1/accept-run.json")).toMatchObject({
		outcome: "accepted",
		review: { turn: "review-3" },
	});
});

test("what the page calls a file that checks are made of is one, and what it says of test files is so", () => {
	const page = readFileSync(join(ROOT, "docs/guides", PAGE), "utf8");
	const rows =
		page
			.split("| | for example |")[1]
			?.split("\n\n")[0]
			?.match(/^\| (?!`package\.json`).*$/gm) ?? [];
	const files = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file));
	expect(files.length).toBeGreaterThan(30);
	const isProtected = matcher(PROTECTED_FILES);
	expect(files.filter((file) => !isProtected(file))).toEqual([]);
	const globs = /without it ((?:`[^`]+`(?:, | and )?)+)/.exec(page)?.[1]?.match(/(?<=`)[^`]+(?=`)/g);
	expect(globs?.filter((glob) => !/^(?:, | and )$/.test(glob))).toEqual(TEST_FILES);
});
