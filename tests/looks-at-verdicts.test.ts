import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blocks, byTurn, fixes, passes, wantsChanges, works } from "./support/by-turn.ts";
import { deliverOrchfile } from "./support/edited-orchfile.ts";
import { readJunit } from "./support/junit.ts";
import { answerDeferred } from "./support/scripts.ts";
import { createWorld, type Finished, type RunSettings, type World } from "./support/world.ts";

// What has come of a delivery is told alike by the run itself and by every look afterwards, in an orchfile that has tasks which judge.

let world: World;
let settings: RunSettings;
let night: Finished;
const run = (...args: string[]) => world.run(args, settings);

beforeAll(async () => {
	world = await createWorld([
		{ id: "A-1", script: byTurn({ dev: works("echo 1 > a"), "review-1": passes }) },
		{ id: "A-2", script: byTurn({ dev: works("echo 1 > a; touch broken"), "fix-1": fixes("No.", "echo 2 > a") }) },
		{
			id: "A-3",
			script: byTurn({
				dev: works("echo 1 > a"),
				"review-1": wantsChanges,
				"fix-1": fixes("Yes.", "echo 2 > a"),
				"review-2": wantsChanges,
			}),
		},
		{ id: "A-4", script: byTurn({ dev: works("echo 1 > a"), "review-1": blocks }) },
		{ id: "A-5", script: answerDeferred },
	]);
	settings = await deliverOrchfile('[{ name: "unbroken", run: "! test -e broken" }, { name: "fine", run: "true" }]');
	night = await run("deliver", "M1", "--report-junit", "report.xml");
});

afterAll(async () => world[Symbol.asyncDispose]());

const STANDINGS = [
	"accepted",
	"not accepted: new-failures",
	"not accepted: changes-required",
	"blocked by a question",
	"deferred",
];

test("of each issue, by the run itself", async () => {
	expect(night.exitCode, night.stderr).toBe(1);
	const rows = night.stdout.split("\n").map((line) => line.split(/ {2,}/));
	expect(rows.slice(0, 6).map((row) => row.slice(0, 6))).toEqual([
		["ISSUE", "STATUS", "CHECKS", "REVIEW", "COMMITS", "FILES"],
		["A-1", STANDINGS[0], "2 ✓", "pass", "1", "1"],
		["A-2", STANDINGS[1], "1 ✓ 1 new 1 changed", "not taken", "2", "2"],
		["A-3", STANDINGS[2], "2 ✓", "1 high", "2", "1"],
		["A-4", STANDINGS[3], "2 ✓", "blocked", "1", "1"],
		["A-5", STANDINGS[4], "-", "-", "1", "1"],
	]);
	// Work takes 240 tokens, a review 120; a review that stands is not taken once more.
	expect(rows.slice(1, 6).map((row) => row.at(-2))).toEqual(["360", "480", "720", "360", "240"]);
	for (const line of [
		/^A-1 {2}\S+ {2}verify {2}unbroken: ✓, fine: ✓$/m,
		/^A-1 {2}\S+ {2}phase:review-1 {2}started$/m,
		/^A-1 {2}\S+ {2}phase:fix-1 {2}not needed: nothing to fix$/m,
		/^A-1 {2}\S+ {2}phase:review-2 {2}as before: pass, /m,
		/^A-1 {2}\S+ {2}accept {2}accepted$/m,
		/^A-2 {2}\S+ {2}verify {2}unbroken: ✗ 1 new, fine: ✓, 1 changed$/m,
		/^A-2 {2}\S+ {2}phase:review-1 {2}not needed: checks fail$/m,
		/^A-2 is not accepted: new failures\n {2}unbroken fails, and did not on the base\n {2}Log: \S+verify-2\.unbroken\.log\n/m,
		/^ {2}Everything that was found: .* why A-2$/m,
		/^A-3 is not accepted: changes required; the review repeats itself\n {2}review: high: No test\n/m,
		/^A-4 blocked by a question\n {2}A person decides which format is meant\.\n/m,
	])
		expect(night.stderr).toMatch(line);
	expect(night.stderr).not.toContain("Nothing is verified");
	const cases = readJunit(await readFile(join(world.repository.path, "report.xml"), "utf8"));
	const types = ["", "new-failures", "changes-required", "question", "deferred"];
	expect(cases.map(({ type, verdict }) => type ?? verdict)).toEqual(types);
	expect(cases[1]?.text).toContain("new failure: unbroken");
	expect(cases[2]?.text).toContain("asks for: Add a test.");
});

test("of each issue, by every look", async () => {
	const status = JSON.parse((await run("status", "--json")).stdout);
	expect(status.map((each: { standing: string }) => each.standing)).toEqual(STANDINGS);
	expect(status[1]).toMatchObject({
		checks: { failures: ["new-failures"], newFailures: [{ check: "unbroken" }] },
		review: null,
		verdict: { outcome: "not-accepted", checks: { passed: 1, new: 1 }, review: null },
	});
	expect(status[2].review.result.requiredActions).toEqual(["Add a test."]);
	expect(status[3].openQuestions).toEqual(["A person decides which format is meant."]);
	for (const words of [["status"], ["plan", "M1"], ["deliver", "M1", "-n"], ["graph", "M1"]]) {
		const { stdout } = await run(...words);
		for (const [at, word] of STANDINGS.entries())
			expect(stdout, words.join(" ")).toMatch(new RegExp(`^(?:\\d +)?A-${at + 1} .*\\b${word}(?: |$)`, "m"));
	}
	expect((await run("deliver", "M1", "-n")).stdout).toMatch(/phase:fix-1 → persist:fix-1 → verify:fix-1 → /);
	expect((await run("graph")).stdout).toMatch(/^accept +once per issue +← verify:fix-1, phase:review-2$/m);
	expect((await run("deliver", "A-1", "-q")).exitCode).toBe(0);
	expect((await run("deliver", "M1", "-q")).exitCode).toBe(1);
	const offered = (await run("complete", "--", "")).stdout;
	for (const word of ["deliver", "verify", "phase:review-1", "accept"]) expect(offered).toContain(word);
	const why = async (id: string) => (await run("why", id)).stdout;
	expect(await why("A-1")).toMatch(/^A-1 is up to date: it was accepted, \S+ ago at [0-9a-f]{10}, and its work is on /);
	expect(await why("A-2")).toMatch(/^ {2}unbroken failed with exit code 1, log \S+\.log\n {2}new failure: unbroken$/m);
	expect(await why("A-3")).toMatch(/^ {2}high: No test \(A\.txt:1\)\n {2}asks for: Add a test\.$/m);
	expect((await why("A-4")).match(/A person decides/g)).toHaveLength(1);
});

test("asked for once more, what stands is told, and no turn is taken", async () => {
	const requests = world.model.requests.length;
	const again = await run("deliver", "A-1");
	expect(again).toMatchObject({ exitCode: 0 });
	expect(again.stdout).toMatch(/^A-1 +up to date +2 ✓ +pass +1 +1 +\+1 -0 +- +- +logs/m);
	const checks = await run("verify", "A-2");
	expect(checks.exitCode).toBe(1);
	expect(checks.stdout).toMatch(/^A-2 +checks fail: new-failures +1 ✓ 1 new 1 changed /m);
	expect(checks.stderr).toMatch(/^A-2 checks fail: new-failures\n(?: {2}.*\n)+ {4}new failure: unbroken$/m);
	const review = await run("phase:review-1", "A-3", "--json");
	const [only] = JSON.parse(review.stdout).issues;
	expect([review.exitCode, only.status]).toEqual([1, "changes required"]);
	expect(only.review.result.requiredActions).toEqual(["Add a test."]);
	expect(world.model.requests).toHaveLength(requests);
});
