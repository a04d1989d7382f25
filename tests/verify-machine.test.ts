import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { VerifyRecord } from "../tasks/contract/verify-record.ts";
import { deliverOrchfile, orchfileWithChecks } from "./support/edited-orchfile.ts";
import { leftBehind } from "./support/invariants.ts";
import { expectNoneLeft } from "./support/observe.ts";
import { nodeWithBubblewrapWithout } from "./support/other-bubblewrap.ts";
import { editAndPass, runAndPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { ownTemporaryFolder } from "./support/temporary.ts";
import { createWorld, type World } from "./support/world.ts";

/** Why a test is left out. */
const NONE = "no other bubblewrap can be put in its place here";

test("where nothing can confine them, no check is run, which is said first and is no pass; the next run asks anew", async ({
	skip,
}) => {
	const setUp = 'pwd >>"$(git rev-parse --git-common-dir)/../../set-ups"';
	const orchfile = await deliverOrchfile('["test -e A-1.txt", { name: "two", run: "true" }]', setUp);
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { repository } = world;
	const before = await snapshot(repository);
	const node = await nodeWithBubblewrapWithout("status", repository.folder);
	skip(node === undefined, NONE);
	const settings = { ...orchfile, env: await ownTemporaryFolder(world) };
	const elsewhere = { ...settings, node: node ?? "" };
	const developed = await world.run(["dev", "A-1"], orchfile);
	expect(developed.exitCode, developed.stderr).toBe(0);
	const logs = join(repository.path, "logs/orch");

	const { exitCode, stdout, stderr } = await world.run(["verify", "A-1"], elsewhere);
	expect(exitCode, stderr).toBe(1);
	const [first = ""] = stderr.split(/^A-1 /m);
	expect(first).toMatch(
		/^Checks can't be confined: .*--json-status-fd\. None of them is run, which is never a pass\. Update bubblewrap: /m,
	);
	// It names no log that there is none of.
	expect(stderr).toMatch(/^ +two has no answer: no sandbox, other: bwrap: Unknown option --json-status-fd$/m);
	// Nor is the same command offered as if it helped.
	const advice =
		/^ *No check can be confined as this machine is\. What to do about it: \S+.* doctor\n *Once that is (put right, to have it judged|settled): /m;
	expect(stderr).toMatch(advice);
	expect((await world.run(["why", "A-1"], elsewhere)).stdout).toMatch(advice);
	expect(stdout).toMatch(/^A-1 +checks fail: not-run +0 ✓ 2 not run /m);
	expect(await recordOf(world, "A-1")).toMatchObject({
		failures: ["not-run"],
		checks: ["test -e A-1.txt", "two"].map((name) => ({ name, status: "not-run", reason: "no-sandbox" })),
	});
	expect((await readdir(join(logs, "M1/A-1"))).filter((name) => /^verify.*\.log$/.test(name))).toEqual([]);
	expect(existsSync(join(logs, "checks"))).toBe(false);
	expect(await readFile(join(repository.folder, "set-ups"), "utf8")).not.toContain("@checks");
	const looked = await world.run(["doctor"], elsewhere);
	expect(looked.exitCode, looked.stdout).toBe(0);
	expect(looked.stdout).toMatch(
		/^warning {2}confinement +Checks can't be confined: .*--json-status-fd\.\n +Update bubblewrap: /m,
	);

	const again = await world.run(["verify", "A-1"], orchfile);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(await recordOf(world, "A-1")).toMatchObject({
		failures: [],
		checks: [{ status: "pass" }, { status: "pass" }],
	});
	expect(await leftBehind(world, before, ["A-1"], { kept: ["A-1"] })).toEqual([]);
});

/** Says what its folder is mounted by, and whether a check before it has left something; then leaves as much as it can. */
const VANDAL = `grep " $PWD " /proc/self/mountinfo | grep -c overlay
[ ! -e new ] && [ ! -e node_modules/dep/new ] && cat src/add.js node_modules/dep/index.js`;
const LEAVES = "rm -rf src; echo x >new; echo x >node_modules/dep/new; echo x >>node_modules/dep/index.js";

test("where bubblewrap knows no overlays, each check has a copy: what one does to it is found nowhere", async ({
	skip,
}) => {
	const junit = "--test-reporter=junit --test-reporter-destination=$ORCH_REPORTS/tests.xml";
	const checks = [
		{ name: "codes", run: `${VANDAL}; ! grep -q broken src/add.js; code=$?; ${LEAVES}; exit $code` },
		{ name: "tests", run: `node --test ${junit}; code=$?; ${LEAVES}; exit $code`, junit: "tests.xml" },
	];
	const setUp = `mkdir -p node_modules/dep; echo 'module.exports = 0;' >node_modules/dep/index.js`;
	const orchfile = await orchfileWithChecks(JSON.stringify(checks), setUp);
	const script = runAndPass("echo 'module.exports = (a, b) => a - b; // broken' > src/add.js");
	await using world = await createWorld([{ id: "A-1", script }]);
	const { repository } = world;
	await repository.write("src/add.js", "module.exports = (a, b) => a + b;\n");
	await repository.write(
		"test/add.test.js",
		`require("node:test")("adds", () => require("node:assert").equal(require("../src/add.js")(1, 2), 3 + require("dep")));\n`,
	);
	await repository.write(".gitignore", "node_modules/\nlogs/\n");
	await repository.commit();
	const before = await snapshot(repository);
	const node = await nodeWithBubblewrapWithout("overlays", repository.folder);
	skip(node === undefined, NONE);
	const { exitCode, stderr } = await world.run(["dev", "A-1"], {
		...orchfile,
		node: node ?? "",
		env: await ownTemporaryFolder(world),
	});
	expect(exitCode, stderr).toBe(1);
	expect(await recordOf(world, "A-1")).toMatchObject({
		failures: ["new-failures"],
		newFailures: [{ check: "codes" }, { check: "tests", test: expect.stringContaining("adds") }],
		checks: [
			{ name: "codes", status: "fail", exitCode: 1 },
			{ name: "tests", status: "fail", exitCode: 1 },
		],
	});
	const logs = join(repository.path, "logs/orch/M1/A-1");
	const found = "0\nmodule.exports = (a, b) => a - b; // broken\nmodule.exports = 0;\n";
	for (const name of ["verify.codes.log", "verify.codes.again.log"])
		expect(await readFile(join(logs, name), "utf8"), name).toBe(found);
	await expectNoneLeft(world);
	expect(
		(await leftBehind(world, before, ["A-1"])).filter((what) => !/^the commit for \S+ changes /.test(what)),
	).toEqual([]);
});

function recordOf(world: World, id: string): Promise<VerifyRecord> {
	return world.log<VerifyRecord>(`M1/${id}/verify-run.json`);
}
