import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { VerifyRecord } from "../tasks/contract/verify-record.ts";
import { verify } from "../tasks/judging.ts";
import { orchfileWithChecks } from "./support/edited-orchfile.ts";
import { harmDone, leftBehind } from "./support/invariants.ts";
import { expectNoneLeft, until } from "./support/observe.ts";
import { editAndPass, runAndPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { ownTemporaryFolder } from "./support/temporary.ts";
import { createWorld, type World } from "./support/world.ts";

/** An issue's own check, that asks what one of the repository's does. */
const OWN = { name: "three", run: "sh check.sh three" };

test("checks by exit code: what fails and passed on the base, what failed there too, and what passes now", async () => {
	const orchfile = await orchfileWithChecks(
		'["sh check.sh one", "sh check.sh two", { name: "three", run: "sh check.sh three" }]',
	);
	await using world = await createWorld([
		// A check of its own has to pass, though it fails on the base as well.
		{ id: "BREAKS", checks: [OWN], script: runAndPass("echo bad > data/one; rm data/two; echo x > work.txt") },
		{ id: "FIXES", script: runAndPass("echo good > data/three; echo x > work.txt") },
		{ id: "PASSES", script: editAndPass },
	]);
	const { repository } = world;
	await repository.write("check.sh", 'echo "looks at $1, $CI"; ls; grep -q good "data/$1"');
	for (const [name, text] of [
		["one", "good"],
		["two", "good"],
		["three", "bad"],
	] as const)
		await repository.write(`data/${name}`, text);
	await repository.commit();
	const before = await snapshot(repository);
	const { exitCode, stderr } = await world.run(["dev", "M1", "-j", "2"], orchfile);
	expect(exitCode, stderr).toBe(1);
	expect(await recordOf(world, "BREAKS")).toMatchObject({
		failures: ["new-failures"],
		newFailures: [{ check: "sh check.sh one" }, { check: "sh check.sh two" }, { check: "three (2)" }],
		preExisting: [{ check: "three" }],
	});
	expect(await recordOf(world, "FIXES")).toMatchObject({ failures: [], fixed: [{ check: "three" }] });
	expect(await recordOf(world, "PASSES")).toMatchObject({ failures: [], preExisting: [{ check: "three" }] });
	expect((await leftBehind(world, before, ["BREAKS", "FIXES", "PASSES"])).filter(isLeft)).toEqual([]);
	const logs = join(repository.path, "logs/orch/M1/BREAKS");
	expect(await readFile(join(logs, "verify.three.log"), "utf8")).toMatch(/^looks at three, true\n[\s\S]*work\.txt/);
	expect((await readdir(logs)).filter((name) => name.startsWith("verify")).sort()).toEqual([
		"verify-run.json",
		expect.stringMatching(/^verify\.sh-check-sh-one\.[0-9a-f]{6}\.again\.log$/),
		expect.stringMatching(/^verify\.sh-check-sh-one\.[0-9a-f]{6}\.log$/),
		expect.stringMatching(/^verify\.sh-check-sh-two\.[0-9a-f]{6}\.again\.log$/),
		expect.stringMatching(/^verify\.sh-check-sh-two\.[0-9a-f]{6}\.log$/),
		expect.stringMatching(/^verify\.three-2\.[0-9a-f]{6}\.again\.log$/),
		expect.stringMatching(/^verify\.three-2\.[0-9a-f]{6}\.log$/),
		"verify.three.again.log",
		"verify.three.log",
	]);
	// Each was run once on the base, whatever number of issues start from it; what failed, twice.
	const known = (await readdir(join(repository.path, "logs/orch/checks"))).map((name) =>
		name.replace(/^[0-9a-f]{32}|(?<=\.)[0-9a-f]{8}(?=\.)/g, "#"),
	);
	expect(known.sort()).toEqual([
		"#.json",
		"#.json",
		"#.json",
		"#.json",
		expect.stringMatching(/^#\.sh-check-sh-one\.[0-9a-f]{6}\.#\.log$/),
		expect.stringMatching(/^#\.sh-check-sh-two\.[0-9a-f]{6}\.#\.log$/),
		expect.stringMatching(/^#\.three-2\.[0-9a-f]{6}\.#\.again\.log$/),
		expect.stringMatching(/^#\.three-2\.[0-9a-f]{6}\.#\.log$/),
		"#.three.#.again.log",
		"#.three.#.log",
	]);
	expect(existsSync(`${repository.path}.worktrees`)).toBe(false);
});

const NODE_TESTS = `[{ name: "tests", run: "node --test --test-reporter=junit --test-reporter-destination=$ORCH_REPORTS/tests.xml", junit: "tests.xml" }]`;
/** A test file of two tests. */
const TESTS = `const { test } = require("node:test"); const assert = require("node:assert");
test("adds", () => assert.equal(require("editable")(1, 2), 3));
test("is greeted", () => assert.equal(require("dep"), "hello of the base"));
`;

test("checks by their tests, on what the set-up made of the base: what an agent left ignored does not vouch", async () => {
	const orchfile = await orchfileWithChecks(NODE_TESTS, "sh tools/setup.sh");
	const append = (line: string) => `echo '${line}' >> test/add.test.js`;
	await using world = await createWorld([
		{
			id: "PATCHES",
			script: runAndPass(
				`echo 'module.exports = "hello of mine"' > node_modules/dep/index.js
				sed -i 's/of the base/of mine/' test/add.test.js; echo 'module.exports = (a, b) => a - b' > src/add.js
				node --test; true`,
			),
		},
		{
			id: "PROVES",
			script: runAndPass(
				`echo 'module.exports = (a, b) => a + b + 0; module.exports.twice = (a) => 2 * a' > src/add.js
				${append('test("doubles", () => assert.equal(require("../src/add.js").twice(2), 4));')}
				${append('test("says nothing", () => assert.ok(true));')}`,
			),
		},
		{ id: "SKIPS", script: runAndPass(`sed -i 's/test("adds"/test.skip("adds"/' test/add.test.js`) },
		{ id: "REMOVES", script: runAndPass("rm test/add.test.js; ls test; git status --short"), removes_tests: true },
		{ id: "STACKED", script: editAndPass, blocked_by: ["PATCHES"] },
	]);
	const { repository } = world;
	await repository.write(
		"tools/setup.sh",
		`set -e; mkdir node_modules node_modules/dep; cat .env; pwd >>"$(git rev-parse --git-common-dir)/../../set-ups"
echo 'module.exports = "hello of the " + require("'$PWD'/node_modules/which.js")' > node_modules/dep/index.js
echo 'module.exports = "base"' > node_modules/which.js; mkdir -p packages/a/out; echo made > packages/a/out/made
# As an editable install of Python does: it names the sources by the path of where it was set up.
echo 'module.exports = require("'$PWD'/src/add.js")' > node_modules/editable.js; echo stray > src/made.txt
`,
	);
	await repository.write("src/add.js", "module.exports = (a, b) => a + b;\n");
	await repository.write("packages/a/index.js", "\n");
	await repository.write("test/add.test.js", TESTS);
	await repository.write(".worktreeinclude", ".env\n");
	await repository.write(".gitignore", "node_modules/\nout/\nlogs/\n.env\nmade.txt\n");
	await repository.write(".env", "secret\n");
	await repository.commit();
	const before = await snapshot(repository);
	const { exitCode, stderr } = await world.run(["dev", "M1", "-j", "3", "--verbose"], orchfile);
	expect(exitCode, stderr).toBe(1);
	expect(await recordOf(world, "PATCHES")).toMatchObject({
		failures: ["new-failures"],
		newFailures: [
			{ check: "tests", test: expect.stringContaining("adds") },
			{ check: "tests", test: expect.stringContaining("greeted") },
		],
		checks: [{ status: "fail", exitCode: 1 }],
	});
	expect(await recordOf(world, "PROVES")).toMatchObject({
		failures: [],
		newTests: 2,
		proved: 1,
		unproved: [{ check: "tests", test: expect.stringContaining("says nothing") }],
	});
	expect(await recordOf(world, "SKIPS")).toMatchObject({
		failures: ["vanished"],
		vanished: [{ test: expect.stringContaining("adds") }],
	});
	expect(await recordOf(world, "REMOVES")).toMatchObject({
		failures: expect.not.arrayContaining(["vanished"]),
		mayVanish: true,
	});
	// What its blocker has broken is no failure of its own.
	const stacked = await recordOf(world, "STACKED");
	expect(stacked).toMatchObject({ failures: [], preExisting: [{}, {}] });
	expect(stacked.base).toBe(await repository.git(["rev-parse", "issue/PATCHES"]));
	// How the checks go there is known from the blocker, and asked of the base alone.
	expect(stderr.match(/verify {2}on the base: /g)).toHaveLength(1);
	expect(stderr).toMatch(/^STACKED .* verify {2}\$ tests: /m);
	const left = await leftBehind(world, before, ["PATCHES", "PROVES", "SKIPS", "REMOVES", "STACKED"]);
	expect(left.filter(isLeft)).toEqual([]);
	const known = await readdir(join(repository.path, "logs/orch/checks"));
	expect(known.filter((name) => name.endsWith(".json"))).toHaveLength(2);
	// Set up once for all of them.
	expect(
		(await readFile(join(repository.folder, "set-ups"), "utf8")).split("\n").filter((path) => path.includes("@checks")),
	).toHaveLength(1);

	// Who says afterwards that tests may go has the work judged anew, and not done.
	const document = "docs/projects/p/issues/SKIPS.md";
	await repository.write(document, (await repository.read(document)).replace("---\n", "---\nremoves_tests: true\n"));
	await repository.commit("it is to remove tests");
	const asked = world.model.issuesSeen.length;
	const allowed = await world.run(["dev", "SKIPS"], orchfile);
	expect(allowed.exitCode, allowed.stderr).toBe(0);
	expect(world.model.issuesSeen).toHaveLength(asked);
	expect(await recordOf(world, "SKIPS")).toMatchObject({ failures: [], mayVanish: true, vanished: [{}] });
});

/** Tries to change everything that there is, and says what it could. */
const ATTACK = `root=$(cd "$(git rev-parse --git-common-dir)/.." && pwd); here=$PWD
for path in "$root/README.md" "$root/.git/HEAD" "$root/.git/config" "$root/.git/hooks/new" "$(git rev-parse --absolute-git-dir)/HEAD" \\
	"$root.worktrees/ATTACKS/README.md" "$root.worktrees/new" "$here/../owner.json" "$here/../new" "$HOME/.gitconfig"; do
	(echo hacked >>"$path") 2>/dev/null; done
for each in "$here"/../*/README.md; do [ "$each" -ef README.md ] || (echo hacked >>"$each") 2>/dev/null; done
cat "$root.worktrees/ATTACKS/README.md" "$HOME/.ssh/id" 2>/dev/null
rm -rf test src; echo x >tracked; echo y >new; git commit -aqm hacked 2>/dev/null && echo "a commit was made"
[ -z "$(ls node_modules/dep/hacked 2>/dev/null)" ] && echo clean; echo x >node_modules/dep/hacked; exit 0`;

test("a check changes nothing that there is, and finds nothing of what one before it did", async () => {
	const orchfile = await orchfileWithChecks(
		'["sh attack.sh", { name: "again", run: "cat tracked; sh attack.sh" }]',
		"mkdir -p node_modules/dep; echo x >node_modules/dep/x",
	);
	await using world = await createWorld([{ id: "ATTACKS", script: editAndPass }]);
	const { repository } = world;
	await repository.write("attack.sh", ATTACK);
	await repository.write("tracked", "as it was\n");
	await repository.write(".gitignore", "node_modules/\nlogs/\n");
	await mkdir(join(repository.home, ".ssh"));
	await writeFile(join(repository.home, ".ssh/id"), "secret\n");
	await repository.commit();
	const before = await snapshot(repository);
	const { exitCode, stderr } = await world.run(["dev", "M1"], orchfile);
	expect(exitCode, stderr).toBe(0);
	expect(await recordOf(world, "ATTACKS")).toMatchObject({ failures: [] });
	const log = (name: string) => readFile(join(repository.path, "logs/orch/M1/ATTACKS", name), "utf8");
	expect(await log((await recordOf(world, "ATTACKS")).checks[0]?.log ?? "")).toBe("clean\n");
	expect(await log("verify.again.log")).toBe("as it was\nclean\n");
	// As most have it, the repository lies below the home.
	await writeFile(join(repository.folder, ".gitconfig"), await readFile(join(repository.home, ".gitconfig"), "utf8"));
	const below = await world.run(["verify", "ATTACKS", "-B"], { ...orchfile, env: { HOME: repository.folder } });
	expect(below.exitCode, below.stderr).toBe(0);
	expect(await log("verify.again.log")).toBe("as it was\nclean\n");
	expect(await readdir(repository.folder)).not.toContain("new");
	expect(await readFile(join(repository.home, ".gitconfig"), "utf8")).not.toContain("hacked");
	expect(existsSync(join(repository.path, ".git/hooks/new"))).toBe(false);
	expect(await repository.read(".git/HEAD")).toBe("ref: refs/heads/main\n");
	expect(await leftBehind(world, before, ["ATTACKS"], { kept: ["ATTACKS"] })).toEqual([]);
	expect(await harmDone(world, before, ["ATTACKS"])).toEqual([]);
});

/** Bytes. */
const FLOOD = process.env.ORCHFILE_SOAK ? 1e9 : 2e8;

test("checks that take too long, print too much, or leave something running", async () => {
	const daemon = `setsid sh -c '(trap "" TERM HUP; sleep 600 & wait) & exec sleep 600' >/dev/null 2>&1 &`;
	const checks = [
		{ name: "slow", run: `${daemon} trap "" TERM; echo begun; sleep 600` },
		{ name: "daemon", run: `${daemon} echo done` },
		{ name: "no report", run: "true", junit: "tests.xml" },
		{ name: "../.. or *", run: "echo fine" },
	];
	const orchfile = await orchfileWithChecks(JSON.stringify(checks));
	const flood = [{ name: "flood", run: `echo begin; head -c ${FLOOD} /dev/zero; echo; echo end` }];
	await using world = await createWorld([
		{ id: "A-1", script: editAndPass },
		{ id: "A-2", script: editAndPass, checks: flood },
	]);
	const before = await snapshot(world.repository);
	const { exitCode, stderr } = await world.run(["dev", "A-1", "--timeout", "4s"], orchfile);
	expect(exitCode, stderr).toBe(1);
	const running = world.start(["dev", "A-2"], await orchfileWithChecks("[]"));
	let peak = 0;
	await until(running, () => {
		peak = Math.max(peak, peakOf(running.child.pid ?? 0));
		return existsSync(join(world.repository.path, "logs/orch/M1/A-2/verify-run.json"));
	});
	const flooded = await running.finished;
	expect(flooded.exitCode, flooded.stderr).toBe(0);
	expect(peak).toBeGreaterThan(0);
	expect(peak).toBeLessThan(300e6);
	expect(await recordOf(world, "A-1")).toMatchObject({
		failures: ["not-run"],
		checks: [
			{ name: "slow", status: "not-run", reason: "timed-out" },
			{ name: "daemon", status: "pass" },
			{ name: "no report", status: "not-run", reason: "no-report" },
			{ name: "../.. or *", status: "pass", log: expect.stringMatching(/^verify\.or\.[0-9a-f]{6}\.log$/) },
		],
	});
	expect(await recordOf(world, "A-2")).toMatchObject({ failures: [], checks: [{ name: "flood", status: "pass" }] });
	const printed = await readFile(join(world.repository.path, "logs/orch/M1/A-2/verify.flood.log"), "latin1");
	expect(printed.length).toBeLessThan(9e6);
	expect(printed).toMatch(/^begin\n[\s\S]*\nend\n$/);
	await expectNoneLeft(world);
	expect(await leftBehind(world, before, ["A-1", "A-2"])).toEqual([]);
});

test("a run that is interrupted leaves nothing; what one leaves that is killed goes with the next that checks", async () => {
	const checks = `["[ ! -e hold ] || sleep 600"]`;
	const orchfile = await orchfileWithChecks(checks, "mkdir -p node_modules/closed; chmod 500 node_modules/closed");
	await using world = await createWorld([
		{ id: "A-1", script: runAndPass("echo x > hold") },
		{ id: "A-2", script: editAndPass },
	]);
	const { repository } = world;
	await repository.write(".gitignore", "node_modules/\nlogs/\n");
	await repository.commit();
	const before = await snapshot(repository);
	const settings = { ...orchfile, env: await ownTemporaryFolder(world) };
	const place = join(`${repository.path}.worktrees`, "@checks");
	const isChecked = async () => (await world.processes()).some(({ command }) => /^(?:\S*\/)?sleep 600$/.test(command));

	const interrupted = world.start(["dev", "A-1"], settings);
	await until(interrupted, isChecked);
	interrupted.child.kill("SIGINT");
	expect(await interrupted.finished).toMatchObject({ exitCode: 130 });
	await expectNoneLeft(world);
	expect(existsSync(place)).toBe(false);
	expect((await leftBehind(world, before, ["A-1"], { kept: ["A-1"] })).filter(isLeft)).toEqual([]);

	const killed = world.start(["dev", "A-1"], settings);
	await until(killed, isChecked);
	// What another run does meanwhile is its own.
	const beside = await world.run(["dev", "A-2"], { ...settings, ownProcess: true });
	expect(beside.exitCode, beside.stderr).toBe(0);
	expect(await recordOf(world, "A-2")).toMatchObject({ failures: [] });
	expect(await isChecked()).toBe(true);
	killed.child.kill("SIGKILL");
	await killed.finished;
	await expectNoneLeft(world);
	expect(existsSync(place)).toBe(true);
	const listed = await world.run(["clean"], settings);
	expect(listed.stdout).toMatch(/^- +checks +yes +that run is dead: .*\/@checks\/\S+$/m);
	const again = await world.run(["dev", "A-2", "-B"], { ...settings, ownProcess: true });
	expect(again.exitCode, again.stderr).toBe(0);
	expect(existsSync(place)).toBe(false);
	expect(await repository.git(["worktree", "list"])).not.toContain("@checks");
	expect(await readdir(join(repository.path, "logs/orch/M1/A-2/attempts"))).not.toEqual([]);
});

test("sixteen issues, eight at once, have their base checked once", async () => {
	const ids = Array.from({ length: 16 }, (_, at) => `A-${at + 1}`);
	await using world = await createWorld(ids.map((id) => ({ id, script: editAndPass })));
	const orchfile = await orchfileWithChecks('["test -s README.md"]');
	const { exitCode, stderr } = await world.run(["dev", "M1", "-j", "8", "--verbose"], orchfile);
	expect(exitCode, stderr).toBe(0);
	expect(stderr.match(/on the base: \$ test -s README\.md$/gm)).toHaveLength(1);
	expect(stderr.match(/verify {2}\$ test -s README\.md$/gm)).toHaveLength(16);
	const known = await readdir(join(world.repository.path, "logs/orch/checks"));
	expect(known.filter((name) => name.endsWith(".json"))).toHaveLength(1);
	for (const id of ids) expect((await recordOf(world, id)).failures, id).toEqual([]);
});

test("where there are no checks nothing is made; a set-up that fails in the folder for checks leaves them without an answer", async () => {
	const setUp = "case $PWD in */@checks/*) echo no such package; exit 3 ;; esac";
	await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
	const { exitCode, stderr } = await world.run(["dev", "A-1"], await orchfileWithChecks("[]"));
	expect(exitCode, stderr).toBe(0);
	expect(existsSync(join(world.repository.path, "logs/orch/checks"))).toBe(false);
	expect(existsSync(join(world.repository.path, "logs/orch/M1/A-1/verify-run.json"))).toBe(false);

	const before = await snapshot(world.repository);
	const checked = await world.run(["dev", "A-1"], await orchfileWithChecks('["true", "false"]', setUp));
	expect(checked.exitCode, checked.stderr).toBe(1);
	const notRun = { status: "not-run", reason: "set-up-failed", detail: `${setUp}: no such package` };
	expect(await recordOf(world, "A-1")).toMatchObject({ failures: ["not-run"], checks: [notRun, notRun] });
	expect(await leftBehind(world, before, ["A-1"])).toEqual([]);
	expect(world.model.issuesSeen).toEqual(["A-1"]);
});

test.each<[given: unknown, settings: unknown, message: RegExp]>([
	["npm test", {}, /takes a list of checks, and was given "npm test"/],
	[[" "], {}, /has no command: such as "npm test"/],
	[[3], {}, /it was given 3/],
	[[{ name: "", run: "x" }], {}, /needs a name/],
	[[{ name: "a" }], {}, /the check "a" of verify needs a command as `run`, and was given undefined/],
	[[{ name: "a", run: "x", junit: "../x.xml" }], {}, /below \$ORCH_REPORTS, and was given "\.\.\/x\.xml"/],
	[[{ name: "a", run: "x", junit: "/x.xml" }], {}, /below \$ORCH_REPORTS/],
	[[{ name: "a", run: "x", timeout: 3 }], {}, /has no "timeout": there are name, run and junit/],
	[["x", { name: "x", run: "y" }], {}, /two checks that are called "x"/],
	[["x"], { test: [] }, /has no "test": there are tests, protect and requireProof/],
	[["x"], { tests: "**" }, /`tests` of verify is a list of globs, and was given "\*\*"/],
	[["x"], { requireProof: "yes" }, /`requireProof` of verify is true or false/],
])("verify(%j, %j)", (given, settings, message) => {
	expect(() => verify(given as never, settings as never)).toThrow(message);
});

test("only for what works there is something to verify", () => {
	expect(() => verify([])("review-1")).toThrow('"review-1" is no turn that leaves work');
});

/** Bytes of memory that a process has had at most; 0 once it is gone. */
function peakOf(pid: number): number {
	try {
		return 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);
	} catch {
		return 0;
	}
}

/** What an issue changes is its own affair here. */
function isLeft(what: string): boolean {
	return !/^the commit for \S+ changes /.test(what);
}

function recordOf(world: World, id: string): Promise<VerifyRecord> {
	return world.log<VerifyRecord>(`M1/${id}/verify-run.json`);
}
