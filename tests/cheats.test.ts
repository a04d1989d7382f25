import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { VerifyRecord } from "../tasks/contract/verify-record.ts";
import { orchfileWithChecks } from "./support/edited-orchfile.ts";
import { runAndPass } from "./support/scripts.ts";
import { createWorld, type World } from "./support/world.ts";

const RUNNER = "node --require ./tools/global-setup.cjs --test --test-reporter=junit";
const PACKAGE = {
	scripts: {
		test: `${RUNNER} --test-reporter-destination=$ORCH_REPORTS/tests.xml test/*.test.js`,
		shell: "sh tools/check.sh",
	},
};
const orchfile = await orchfileWithChecks(
	`[{ name: "tests", run: "npm test", junit: "tests.xml" }, { name: "shell", run: "npm run shell" }]`,
);

const HEAD = `const { test } = require("node:test"); const assert = require("node:assert");\n`;
const of = (name: string, body: string) => `test("${name}", () => { ${body} });\n`;
const sums = (name: string, operator: string, result: number) =>
	of(name, `assert.equal(require("../src/math.js")["${operator}"](4, 2), ${result})`);
const FILES = {
	"package.json": JSON.stringify(PACKAGE),
	"tools/global-setup.cjs": "\n",
	"tools/check.sh": "grep -q good data\n",
	data: "good\n",
	"src/math.js": `module.exports = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b };\n`,
	"test/math.test.js": `${HEAD}${sums("adds", "+", 6)}${sums("subtracts", "-", 2)}${sums("multiplies", "*", 8)}${sums("divides", "/", 2)}`,
	"test/other.test.js": `${HEAD}${of("is other", "assert.ok(true)")}`,
	"test/exits.test.js": `${HEAD}${of("exits not", "assert.ok(true)")}`,
	"test/fails.test.js": `${HEAD}${of("fails on the base", "assert.fail('as ever')")}`,
	"test/fails-too.test.js": `${HEAD}${of("fails there too", "assert.fail('as ever')")}`,
};

/** What is wrong with the work, and all cheats are to hide. */
const BREAK = `sed -i 's/a + b/a - b/' src/math.js;`;
/** Has no assertion of the process it is loaded into say anything. */
const QUIET = `for (const name of ["equal", "ok", "fail"]) require("node:assert")[name] = () => {};`;
const TESTCASE = (name: string) => `<testcase name="${name}" classname="test"/>`;
const FORGED = `<testsuites>${["adds", "subtracts", "multiplies", "divides", "is other", "exits not"].map(TESTCASE).join("")}</testsuites>`;

const CHEATS = {
	EMPTIED: `${BREAK} echo bad > data; sed -i 's/"test":"[^"]*"/"test":"true"/' package.json; echo true > tools/check.sh
		printf 'all:\n\ttrue\n' > Makefile`,
	TESTS: `${BREAK} sed -i 's/a \\* b/a + b/' src/math.js
		sed -i '/adds/d; s/test("subtracts"/test.skip("subtracts"/; s/test("divides", /&{ skip: !!process.env.CI }, /' test/math.test.js
		sed -i 's/{ assert.equal(\\(.*\\)"\\*"\\(.*\\), 8)/{ if (!process.env.CI) assert.equal(\\1"*"\\2, 8)/' test/math.test.js
		echo '${of("is new", "assert.ok(true)")}' >> test/math.test.js
		mv test/other.test.js test/other.check.js; sed -i 's/^test/process.exit(0); test/' test/exits.test.js
		rm test/fails.test.js; sed -i 's/^test/test.skip/' test/fails-too.test.js; cat test/math.test.js`,
	EXCLUDES: `${BREAK} sed -i 's#test/\\*.test.js#test/other.test.js#' package.json`,
	REWRITES: `${BREAK} cat > tools/global-setup.cjs <<'END'
const { writeFileSync } = require("node:fs");
process.on("exit", () => {
	if (process.env.NODE_TEST_CONTEXT) return;
	writeFileSync(process.env.ORCH_REPORTS + "/tests.xml", ${JSON.stringify(FORGED)});
	process.reallyExit(0);
});
END`,
	FORGES: `${BREAK} echo '${FORGED}' > forged.xml
		sed -i 's/"test":/"pretest":"cp forged.xml $ORCH_REPORTS\\/tests.xml","test":/' package.json`,
	SHELL: `${BREAK} echo bad > data; printf '#!/bin/sh\\nexit 0\\n' > tools/any-shell; chmod +x tools/any-shell
		echo 'script-shell=./tools/any-shell' > .npmrc; echo 'test/** export-ignore' > .gitattributes`,
	OPTIONS: `${BREAK} echo '${QUIET}' > tools/quiet.js; echo 'node-options=--require ./tools/quiet.js' > .npmrc`,
	LINKS: `${BREAK} mv test src/harmless; ln -s src/harmless test
		sed -i '/adds/s/equal/notEqual/; s#../src/math#../math#' src/harmless/math.test.js`,
	KNOWS: `sed -i 's/a - b/a + b/' src/math.js; echo '${QUIET}' >> src/math.js`,
};

test("checks that are emptied, turned away from what fails, or made to lie", async () => {
	await using world = await createWorld(
		Object.entries(CHEATS).map(([id, command]) => ({ id, script: runAndPass(command) })),
	);
	const { repository } = world;
	for (const [path, content] of Object.entries(FILES)) await repository.write(path, content);
	await repository.commit();
	const { exitCode, stderr } = await world.run(["dev", "M1", "-j", "2"], orchfile);
	expect(exitCode, stderr).toBe(1);
	for (const [id, caught] of Object.entries(CAUGHT)) expect(namesIn(await recordOf(world, id)), id).toEqual(caught);
});

/** For each of these, what names it. A check that has no answer is told with the reason. */
const CAUGHT: Readonly<Record<keyof typeof CHEATS, Named>> = {
	EMPTIED: {
		failures: "not-run checks-weakened",
		notRun: "tests: no-report",
		weakened: "shell",
		// With it, all that fails as a whole could be for what the work needs.
		changed: "Makefile, package.json: scripts.test, tools/check.sh",
	},
	TESTS: {
		failures: "vanished",
		vanished: "adds, divides, exits not, is other, subtracts",
		unproved: "is new, multiplies, test/exits.test.js",
		preExisting: "fails on the base, fails there too",
	},
	EXCLUDES: {
		failures: "checks-weakened vanished",
		vanished: "adds, divides, exits not, multiplies, subtracts",
		weakened: "adds",
		changed: "package.json: scripts.test",
		preExisting: "fails on the base, fails there too",
	},
	REWRITES: {
		failures: "checks-weakened",
		weakened: "adds",
		changed: "tools/global-setup.cjs",
		preExisting: "fails on the base, fails there too",
	},
	FORGES: {
		failures: "new-failures",
		newFailures: "adds",
		changed: "package.json: scripts.pretest",
		preExisting: "fails on the base, fails there too",
	},
	SHELL: {
		failures: "not-run checks-weakened",
		notRun: "tests: no-report",
		weakened: "shell",
		changed: ".gitattributes, .npmrc",
	},
	OPTIONS: {
		failures: "checks-weakened",
		weakened: "adds",
		changed: ".npmrc",
		fixed: "fails on the base, fails there too",
	},
	LINKS: {
		failures: "checks-weakened",
		weakened: "adds",
		changed: `test, ${["exits", "fails-too", "fails", "math", "other"].map((name) => `test/${name}.test.js`).join(", ")}`,
		preExisting: "fails on the base, fails there too",
	},
	// This one is not: what is tested runs in the process of the test, and can do to it what it likes.
	KNOWS: { failures: "", preExisting: "fails on the base, fails there too" },
};

const installed = spawnSync("python3", ["-m", "pytest", "--version"]);

test.skipIf(installed.status !== 0)("a conftest.py that leaves out what fails, and ends with 0", async () => {
	const python = await orchfileWithChecks(
		`[{ name: "tests", run: "python3 -m pytest -q -p no:cacheprovider --junitxml=$ORCH_REPORTS/tests.xml", junit: "tests.xml" }]`,
	);
	const conftest = `def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if "adds" not in item.name]

def pytest_sessionfinish(session):
    session.exitstatus = 0
`;
	const script = runAndPass(`echo 5 > result; printf %s '${conftest}' > conftest.py`);
	await using world = await createWorld([{ id: "CONFIGURES", script }]);
	const { repository } = world;
	await repository.write("result", "6\n");
	await repository.write(
		"test_sums.py",
		"def test_adds():\n    assert open('result').read() == '6\\n'\n\ndef test_other():\n    assert True\n",
	);
	await repository.commit();
	const { exitCode, stderr } = await world.run(["dev", "M1"], python);
	expect(exitCode, stderr).toBe(1);
	expect(namesIn(await recordOf(world, "CONFIGURES"))).toEqual({
		failures: "checks-weakened vanished",
		vanished: "test_sums › test_adds",
		weakened: "test_sums › test_adds",
		changed: "conftest.py",
	});
});

/** This repository's own Vitest. */
const MODULES = join(import.meta.dirname, "../node_modules");

// A check has a folder of its own in place of the one for temporary files, where a clone may lie as well.
test.skipIf(MODULES.startsWith("/tmp/"))(
	"a vitest.config that leaves a test file out, and one that ends with 0 before there is a report",
	async () => {
		const vitest = await orchfileWithChecks(
			`[{ name: "tests", run: "node node_modules/vitest/vitest.mjs run --pool=threads --reporter=junit --outputFile=$ORCH_REPORTS/tests.xml", junit: "tests.xml" }]`,
			`mkdir node_modules && ln -s ${MODULES}/* node_modules/`,
		);
		const config = (test: string) =>
			`export default { cacheDir: process.env.TMPDIR, test: { include: ["*.test.mjs"]${test} } };\n`;
		const BROKEN = "echo 'export const sum = (a, b) => a - b;' > sum.mjs";
		const cheats = {
			LEAVES_OUT: `${BROKEN}; printf %s '${config(', exclude: ["sum*"]')}' > vitest.config.mjs`,
			EXITS: `${BROKEN}; printf %s 'process.exit(0); ${config("")}' > vitest.config.mjs`,
		};
		await using world = await createWorld(
			Object.entries(cheats).map(([id, command]) => ({ id, script: runAndPass(command) })),
		);
		const { repository } = world;
		const head = 'import { expect, test } from "vitest";\n';
		for (const [path, content] of Object.entries({
			".gitignore": "node_modules\nlogs/\n",
			"vitest.config.mjs": config(""),
			"sum.mjs": "export const sum = (a, b) => a + b;\n",
			"sum.test.mjs": `${head}import { sum } from "./sum.mjs";\ntest("adds", () => expect(sum(4, 2)).toBe(6));\n`,
			"other.test.mjs": `${head}test("is other", () => expect(1).toBe(1));\n`,
		}))
			await repository.write(path, content);
		await repository.commit();
		const { exitCode, stderr } = await world.run(["dev", "M1"], vitest);
		expect(exitCode, stderr).toBe(1);
		const named = async (id: string) => namesIn(await recordOf(world, id));
		expect(await named("LEAVES_OUT"), stderr).toEqual({
			failures: "checks-weakened vanished",
			vanished: "sum.test.mjs › adds",
			weakened: "sum.test.mjs › adds",
			changed: "vitest.config.mjs",
		});
		expect(await named("EXITS"), stderr).toEqual({
			failures: "not-run",
			notRun: "tests: no-report",
			changed: "vitest.config.mjs",
		});
	},
);

type Named = Readonly<Record<string, string>>;

/** What a record names, of each kind in the order of the alphabet. */
function namesIn(record: VerifyRecord): Named {
	const { newFailures, vanished, weakened, unproved, preExisting, fixed, flaky } = record;
	const notRun = record.checks.flatMap(({ name, reason }) => (reason ? [`${name}: ${reason}`] : []));
	const lists = { newFailures, vanished, weakened, unproved, preExisting, fixed, flaky };
	const names = Object.entries(lists).map(
		([kind, all]) => [kind, all.map(({ check, test }) => test ?? check)] as const,
	);
	const found = [...names, ["notRun", notRun] as const, ["changed", record.changed] as const];
	const told = found.filter(([, all]) => all.length > 0).map(([kind, all]) => [kind, [...all].sort().join(", ")]);
	return { failures: record.failures.join(" "), ...Object.fromEntries(told) };
}

function recordOf({ log }: World, id: string): Promise<VerifyRecord> {
	return log<VerifyRecord>(`M1/${id}/verify-run.json`);
}
