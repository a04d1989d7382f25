import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readJunit } from "./support/junit.ts";
import { ownOrchfile } from "./support/own-orchfile.ts";
import type { Prompted, Script } from "./support/scripted-model.ts";
import { answerDeferred, editAndPass, reviewChangesRequired, reviewPass } from "./support/scripts.ts";
import { createWorld, type Finished, type RunSettings, type World } from "./support/world.ts";

// What has come of a delivery is told alike by the run itself and by every look afterwards, in an orchfile that has tasks which judge.

const EDITS = [
	[`codexRunner(), ["dev"]`, `codexRunner(), ["dev", "review"]`],
	[
		"const cleaned = perIssue",
		`const verify = verb.verify([{ name: "broken", run: "! grep -r broken *.txt" }, { name: "fine", run: "true" }]);
const tested = perIssue("verify", { needs: { worktree, dev, saved }, ...verify("dev") });
const review = perIssue("phase:review-1", { needs: { agent, worktree, tested }, ...codex.turn("review-1") });
const accepted = perIssue("accept", { needs: { tested, review }, ...verb.accept(verify) });
const cleaned = perIssue`,
	],
	["after: { worktree, dev, saved }, ...verb.teardown", "after: { worktree, dev, saved, accepted }, ...verb.teardown"],
	["agent, worktree, dev, saved, cleaned]", "agent, worktree, dev, saved, tested, review, accepted, cleaned]"],
	["goals: {", `goals: {\n\t\tdeliver: { summary: "all of it", tasks: [dev, saved, accepted, cleaned] },`],
] as const;

/** Leaves something that a check is about. */
async function* breakIt(prompted: Prompted): ReturnType<typeof editAndPass> {
	yield { kind: "run", command: "echo broken > broken.txt" };
	yield* editAndPass(prompted);
}

/** One script for the work, one for the review. */
function by(work: Script, review: Script): Script {
	return (prompted) => (JSON.stringify(prompted.schema).includes("requiredActions") ? review : work)(prompted);
}

let world: World;
let settings: RunSettings;
let night: Finished;
const run = (...args: string[]) => world.run(args, settings);

beforeAll(async () => {
	world = await createWorld([
		{ id: "A-1", script: by(editAndPass, reviewPass) },
		{ id: "A-2", script: by(breakIt, reviewPass) },
		{ id: "A-3", script: by(editAndPass, reviewChangesRequired) },
		{ id: "A-4", script: answerDeferred },
	]);
	settings = await ownOrchfile(...EDITS);
	night = await run("deliver", "M1", "--report-junit", "report.xml");
});

afterAll(async () => world[Symbol.asyncDispose]());

test("of each issue, by the run itself", async () => {
	expect(night.exitCode, night.stderr).toBe(1);
	const rows = night.stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 6));
	expect(rows.slice(0, 5)).toEqual([
		["ISSUE", "STATUS", "CHECKS", "REVIEW", "COMMITS", "FILES"],
		["A-1", "accepted", "2 ✓", "pass", "1", "1"],
		["A-2", "not accepted: new-failures", "1 ✓ 1 new", "not taken", "1", "2"],
		["A-3", "not accepted: changes-required", "2 ✓", "1 high", "1", "1"],
		["A-4", "deferred", "-", "-", "1", "1"],
	]);
	// Two turns, of 240 tokens and of 120.
	expect(night.stdout).toMatch(/^A-1 .* 360 +logs/m);
	for (const line of [
		/^A-1 {2}\S+ {2}verify {2}broken: ✓, fine: ✓$/m,
		/^A-1 {2}\S+ {2}accept {2}accepted$/m,
		/^A-1 {2}\S+ {2}phase:review-1 {2}started$/m,
		/^A-2 {2}\S+ {2}verify {2}broken: ✗ 1 new, fine: ✓$/m,
		/^A-2 {2}\S+ {2}phase:review-1 {2}not needed: checks fail$/m,
		/^A-2 is not accepted: new failures\n {2}broken fails, and passed on the base\n {2}Log: \S+verify\.broken\.log\n/m,
		/^ {2}Everything that was found: .* why A-2$/m,
		/^A-3 is not accepted: changes required\n {2}review: high: No test\n/m,
	])
		expect(night.stderr).toMatch(line);
	expect(night.stderr).not.toContain("Nothing is verified");
	const cases = readJunit(await readFile(join(world.repository.path, "report.xml"), "utf8"));
	expect(cases.map(({ type, verdict }) => type ?? verdict)).toEqual([
		"",
		"new-failures",
		"changes-required",
		"deferred",
	]);
	expect(cases[1]?.text).toContain("new failure: broken");
	expect(cases[2]?.text).toContain("asks for: Add a test.");
});

const STANDINGS = ["accepted", "not accepted: new-failures", "not accepted: changes-required", "deferred"];

test("of each issue, by every look", async () => {
	const status = JSON.parse((await run("status", "--json")).stdout);
	expect(status.map((each: { standing: string }) => each.standing)).toEqual(STANDINGS);
	expect(status[1]).toMatchObject({
		checks: { failures: ["new-failures"], newFailures: [{ check: "broken" }] },
		review: null,
		verdict: { outcome: "not-accepted", checks: { passed: 1, new: 1 }, review: null },
	});
	expect(status[2].review).toMatchObject({
		record: { outcome: "changes_required" },
		result: { requiredActions: ["Add a test."] },
	});
	for (const words of [["status"], ["plan", "M1"], ["deliver", "M1", "-n"], ["graph", "M1"]]) {
		const { stdout } = await run(...words);
		for (const [at, word] of STANDINGS.entries())
			expect(stdout, words.join(" ")).toMatch(new RegExp(`^(?:\\d +)?A-${at + 1} .*\\b${word}(?: |$)`, "m"));
	}
	expect((await run("deliver", "M1", "-n")).stdout).toMatch(/persist → verify → phase:review-1 → accept → /);
	expect((await run("graph")).stdout).toMatch(/^accept +once per issue +← verify, phase:review-1$/m);
	expect((await run("deliver", "A-1", "-q")).exitCode).toBe(0);
	expect((await run("deliver", "M1", "-q")).exitCode).toBe(1);
	const offered = (await run("complete", "--", "")).stdout;
	for (const word of ["deliver", "verify", "phase:review-1", "accept"]) expect(offered).toContain(word);
	const why = async (id: string) => (await run("why", id)).stdout;
	expect(await why("A-1")).toMatch(
		/^A-1 is up to date: it was accepted, \S+ ago at [0-9a-f]{10}, and its work is on issue\/A-1\.\n/,
	);
	expect(await why("A-2")).toMatch(
		/^ {2}broken failed with exit code 1, log \S+verify\.broken\.log\n {2}new failure: broken$/m,
	);
	expect(await why("A-3")).toMatch(/^ {2}high: No test \(tests\/ is unchanged\)\n {2}asks for: Add a test\.$/m);
});

test("asked for once more, what stands is told, and no turn is taken", async () => {
	const requests = world.model.requests.length;
	const again = await run("deliver", "A-1");
	expect(again).toMatchObject({ exitCode: 0 });
	expect(again.stdout).toMatch(/^A-1 +up to date +2 ✓ +pass +1 +1 +\+1 -0 +- +- +logs/m);
	const checks = await run("verify", "A-2");
	expect(checks.exitCode).toBe(1);
	expect(checks.stdout).toMatch(/^A-2 +checks fail: new-failures +1 ✓ 1 new /m);
	expect(checks.stderr).toMatch(/^A-2 checks fail: new-failures\n(?: {2}.*\n)+ {4}new failure: broken$/m);
	const review = await run("phase:review-1", "A-3", "--json");
	const [only] = JSON.parse(review.stdout).issues;
	expect([review.exitCode, only.status, only.review.result.requiredActions]).toEqual([
		1,
		"changes required",
		["Add a test."],
	]);
	expect(world.model.requests).toHaveLength(requests);
});
