import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AcceptRecord } from "../tasks/contract/accept-record.ts";
import type { AttemptRecord } from "../tasks/contract/record.ts";
import { blocks, byTurn, fixes, inTurn, passes, type Turns, turnOf, wantsChanges, works } from "./support/by-turn.ts";
import { deliverOrchfile } from "./support/edited-orchfile.ts";
import { readJunit } from "./support/junit.ts";
import type { Prompted } from "./support/scripted-model.ts";
import { answerDeferred } from "./support/scripts.ts";
import { createWorld, type Finished, type RunSettings, type World } from "./support/world.ts";

// One night has an issue for each way in which a delivery goes; the tests go on from there, in this order.
// @module-tag together

const TURNS: Readonly<Record<string, Turns>> = {
	BROKEN: { dev: works("touch broken"), "fix-1": fixes("Mended it.", "rm broken; echo 1 > c"), "review-2": passes },
	CHANGED: {
		dev: works("echo 1 > b"),
		"review-1": wantsChanges,
		"fix-1": fixes("Added the test.", "echo test > test.txt"),
		"review-2": passes,
	},
	PASSES: { dev: works("echo 1 > a"), "review-1": passes },
	REFUTED: {
		dev: works("echo 1 > g"),
		"review-1": wantsChanges,
		"fix-1": inTurn(fixes("A.txt:1 is covered by g:1."), fixes("Added one.", "echo 3 > g")),
		"review-2": inTurn(wantsChanges, passes),
	},
	STUBBORN: {
		dev: works("touch broken"),
		"fix-1": inTurn(fixes("It is the test that is wrong.", "echo more > broken"), fixes("Mended it.", "rm broken")),
		"review-2": passes,
	},
	HELD: { dev: works("echo 1 > f"), "review-1": passes },
	WAITS: { dev: works("echo 1 > e"), "review-1": passes },
	BLOCKED: { dev: works("echo 1 > d"), "review-1": blocks },
	DEFERRED: { dev: answerDeferred },
	NESTED: {
		dev: works("echo 1 > h"),
		"review-1": wantsChanges,
		"fix-1": fixes("Did it.", "git init -q inner && touch inner/file"),
	},
	SILENT: { dev: works("echo 1 > i"), "review-1": wantsChanges, "fix-1": fixes("") },
};
/** What is not to be gone on with. */
const SECOND = ["BLOCKED", "DEFERRED", "NESTED", "SILENT"];
const BLOCKERS: Readonly<Record<string, readonly string[]>> = { WAITS: ["CHANGED"], HELD: ["STUBBORN"] };

const seen: Prompted[] = [];
const asked = (id: string, since = 0) => seen.slice(since).filter(({ issueId }) => issueId === id);
let world: World;
let settings: RunSettings;
let night: Finished;
const run = (...args: string[]) => world.run(args, settings);
const milestoneOf = (id: string) => (SECOND.includes(id) ? "M2" : "M1");
const record = (id: string, turn: string) => world.log<AttemptRecord>(`${milestoneOf(id)}/${id}/${turn}-run.json`);
const verdict = (id: string) => world.log<AcceptRecord>(`${milestoneOf(id)}/${id}/accept-run.json`);
const tip = (id: string) => world.repository.git(["rev-parse", `issue/${id}`]);

beforeAll(async () => {
	world = await createWorld(
		Object.entries(TURNS).map(([id, of]) => ({
			id,
			milestone: milestoneOf(id),
			blocked_by: BLOCKERS[id] ?? [],
			script: byTurn(of, seen),
		})),
	);
	settings = await deliverOrchfile('[{ name: "unbroken", run: "! test -e broken" }, { name: "fine", run: "true" }]');
	night = await run("deliver", "--all", "-j", "3", "--verbose", "--report-junit", "report.xml");
});

afterAll(async () => world[Symbol.asyncDispose]());

test("an issue is delivered as far as what was found allows", async () => {
	expect(night.exitCode, night.stderr).toBe(1);
	for (const [id, of] of Object.entries(TURNS))
		expect(asked(id).map(turnOf), id).toEqual(
			id === "HELD" ? [] : Object.keys(of).filter((turn) => id !== "STUBBORN" || turn !== "review-2"),
		);
	for (const id of ["PASSES", "CHANGED", "BROKEN", "WAITS"])
		expect(await verdict(id), id).toMatchObject({ outcome: "accepted", commit: await tip(id), reasons: [] });
	expect(await verdict("STUBBORN")).toMatchObject({ outcome: "not-accepted", reasons: ["new-failures"] });
	const reasons = ["changes-required", "repeated-findings"];
	expect(await verdict("REFUTED")).toMatchObject({ outcome: "not-accepted", reasons });
	expect(await world.repository.git(["notes", "--ref=orch", "show", await tip("PASSES")])).toBe(
		`Orch-Issue: PASSES\nOrch-Verdict: accepted\nOrch-Checks: 2 passed, against ${await world.repository.git(["rev-parse", "main"])}\nOrch-Review: pass, review-1, confidence high`,
	);
});

test("each turn has the facts that it needs, a thread and a commit of its own", async () => {
	// The whole review, and nothing of it by word of mouth.
	const [, , fix, again] = asked("CHANGED");
	expect(fix?.context).toMatchObject({ reviewResult: await world.log("M1/CHANGED/review-1-result.json") });
	const [unbroken, fine] = [
		{ name: "unbroken", run: "! test -e broken", status: "pass" },
		{ name: "fine", run: "true", status: "pass" },
	];
	expect(again?.context).toMatchObject({
		priorFixSummary: "Added the test.",
		reviewCycle: 2,
		maxReviewCycles: 2,
		checks: { checks: [unbroken, fine] },
	});
	expect(asked("REFUTED")[3]?.context).toMatchObject({ priorFixSummary: "A.txt:1 is covered by g:1." });
	// Failures of checks go to fix as facts, without a review of broken work.
	expect(asked("BROKEN")[1]?.context).toMatchObject({
		reviewResult: { status: "changes_required", issues: [{ title: expect.stringContaining("unbroken") }] },
		checks: { newFailures: [{ check: "unbroken" }], changed: ["broken"], checks: [{ status: "fail" }, fine] },
	});
	await expect(record("BROKEN", "review-1")).rejects.toThrow("ENOENT");
	expect(await record("BLOCKED", "review-1")).toMatchObject({
		outcome: "blocked",
		details: ["A person decides which format is meant."],
	});

	// The fix goes on in the thread of the work, and says so; what it used is its own. Reviews have threads that nobody has seen.
	const records = await Promise.all(["dev", "review-1", "fix-1", "review-2"].map((turn) => record("CHANGED", turn)));
	const [dev, review, fixed, last] = records;
	expect(fixed).toMatchObject({ threadId: dev?.threadId, resumed: "dev" });
	expect(dev?.usage).toMatchObject({ inputTokens: 200, outputTokens: 40 });
	expect(fixed?.usage).toEqual(dev?.usage);
	expect(new Set([dev, review, last].map((each) => each?.threadId)).size).toBe(3);
	for (const each of [dev, review, last]) expect(each).not.toHaveProperty("resumed");
	const reviews = world.model.requests
		.map(({ body }) => JSON.stringify(body))
		.filter((body) => body.includes("# Phase: review"));
	expect(reviews.join("\n")).not.toContain("# Phase: dev");

	// A fix has a commit of its own, which says what it is; one that changed nothing has none.
	expect(await world.repository.git(["log", "--format=%s", "main..issue/CHANGED"])).toBe(
		"CHANGED: Title of CHANGED (fix)\nCHANGED: Title of CHANGED",
	);
	const trailers = await world.repository.git(["log", "-1", "--format=%(trailers)", "issue/CHANGED"]);
	expect(trailers).toContain(`Orch-Phase: fix-1\nOrch-Status: pass\nOrch-Thread: ${dev?.threadId}`);
	expect(fixed?.saved).toMatchObject({ commits: 2, commit: expect.any(String) });
	expect((await record("REFUTED", "fix-1")).saved).toMatchObject({ commit: null, commits: 1 });
});

const STANDINGS: Readonly<Record<string, string>> = {
	BROKEN: "accepted",
	CHANGED: "accepted",
	PASSES: "accepted",
	REFUTED: "not accepted: changes-required",
	STUBBORN: "not accepted: new-failures",
	HELD: "waits for STUBBORN",
	WAITS: "accepted",
	BLOCKED: "blocked by a question",
	DEFERRED: "deferred",
	SILENT: "not accepted: stalemate",
};

test("what has come of each issue is told by the run itself", async () => {
	const rows = Object.fromEntries(
		night.stdout
			.split("\n")
			.map((line) => line.split(/ {2,}/))
			.map(([id, ...rest]) => [id, rest]),
	);
	const cells = (...ids: string[]) => ids.map((id) => rows[id]?.slice(0, 5));
	expect(
		cells(
			"ISSUE",
			"BLOCKED",
			"BROKEN",
			"CHANGED",
			"PASSES",
			"REFUTED",
			"STUBBORN",
			"HELD",
			"WAITS",
			"DEFERRED",
			"SILENT",
		),
	).toEqual([
		["STATUS", "CHECKS", "REVIEW", "COMMITS", "FILES"],
		["blocked by a question", "2 ✓", "blocked", "1", "1"],
		["accepted", "2 ✓", "pass", "2", "2"],
		["accepted", "2 ✓", "pass", "2", "2"],
		["accepted", "2 ✓", "pass", "1", "1"],
		["not accepted: changes-required", "2 ✓", "1 high", "1", "1"],
		["not accepted: new-failures", "1 ✓ 1 new 1 changed", "not taken", "2", "1"],
		["blocked by STUBBORN", "-", "-", "-", "-"],
		["accepted", "2 ✓", "pass", "1", "1"],
		["deferred", "-", "-", "1", "1"],
		["not accepted: stalemate", "2 ✓", "not taken", "1", "1"],
	]);
	// Work takes 240 tokens, a review 120, whoever hands the second on; a review that stands is not taken once more.
	const tokens = ["PASSES", "STUBBORN", "CHANGED", "BLOCKED", "DEFERRED"].map((id) => rows[id]?.at(-2));
	expect(tokens).toEqual(["360", "480", "720", "360", "240"]);
	for (const line of [
		/^PASSES +\S+ {2}verify {2}unbroken: ✓, fine: ✓$/m,
		/^PASSES +\S+ {2}phase:review-1 {2}started$/m,
		/^PASSES +\S+ {2}phase:fix-1 {2}not needed: nothing to fix$/m,
		/^PASSES +\S+ {2}phase:review-2 {2}as before: pass, /m,
		/^PASSES +\S+ {2}accept {2}accepted$/m,
		/^STUBBORN +\S+ {2}verify {2}unbroken: ✗ 1 new, fine: ✓, 1 changed$/m,
		/^STUBBORN +\S+ {2}phase:review-1 {2}not needed: checks fail$/m,
		/^STUBBORN is not accepted: new failures\n {2}new failure: unbroken\n {2}Log: \S+verify-2\.unbroken\.log\n/m,
		/^ {2}Everything that was found: .* why STUBBORN$/m,
		/^REFUTED is not accepted: changes required; the review repeats itself\n {2}review: high: No test\n/m,
		/^BLOCKED blocked by a question\n {2}A person decides which format is meant\.\n/m,
		/^SILENT +\S+ {2}phase:review-2 +not needed: the fix changed nothing/m,
		// Each task that saves is the one to type for its own turn.
		/^NESTED .*\n(?: .*\n)*? +then: \S.* persist:fix-1 NESTED$/m,
	])
		expect(night.stderr).toMatch(line);
	expect(night.stderr).not.toContain("Nothing is verified");
	const cases = readJunit(await readFile(join(world.repository.path, "report.xml"), "utf8"));
	const of = (id: string) => cases.find(({ name }) => name?.startsWith(id));
	const types = ["PASSES", "STUBBORN", "REFUTED", "BLOCKED", "DEFERRED"].map((id) => of(id)?.type ?? of(id)?.verdict);
	expect(types).toEqual(["", "new-failures", "changes-required", "question", "deferred"]);
	expect(of("STUBBORN")?.text).toContain("new failure: unbroken");
	expect(of("REFUTED")?.text).toContain("asks for: Add a test.");
});

test("and by every look afterwards", async () => {
	const status = JSON.parse((await run("status", "--json")).stdout);
	const of = (id: string) => status.find((each: { id: string }) => each.id === id);
	for (const [id, standing] of Object.entries(STANDINGS)) expect(of(id), id).toMatchObject({ standing });
	expect(of("STUBBORN")).toMatchObject({
		checks: { failures: ["new-failures"], newFailures: [{ check: "unbroken" }] },
		review: null,
		verdict: { outcome: "not-accepted", checks: { passed: 1, new: 1 }, review: null },
	});
	expect(of("REFUTED").review.result.requiredActions).toEqual(["Add a test."]);
	expect(of("BLOCKED").openQuestions).toEqual(["A person decides which format is meant."]);
	for (const words of [["status"], ["plan", "--all"], ["deliver", "--all", "-n"], ["graph", "--all"]]) {
		const { stdout } = await run(...words);
		for (const [id, word] of Object.entries(STANDINGS).filter(([each]) => each !== "HELD"))
			expect(stdout, words.join(" ")).toMatch(new RegExp(`^(?:\\d+ +)?${id} .*\\b${word}(?: |$)`, "m"));
	}
	expect((await run("deliver", "M1", "-n")).stdout).toMatch(/phase:fix-1 → persist:fix-1 → verify:fix-1 → /);
	expect((await run("graph")).stdout).toMatch(/^accept +once per issue +← verify:fix-1, phase:review-2$/m);
	expect((await run("deliver", "PASSES", "-q")).exitCode).toBe(0);
	expect((await run("deliver", "M1", "-q")).exitCode).toBe(1);
	const offered = (await run("complete", "--", "")).stdout;
	for (const word of ["deliver", "verify", "phase:review-1", "accept"]) expect(offered).toContain(word);
	const why = async (id: string) => (await run("why", id)).stdout;
	expect(await why("PASSES")).toMatch(
		/^PASSES is up to date: it was accepted, \S+ ago at [0-9a-f]{10}, and its work is on /,
	);
	expect(await why("STUBBORN")).toMatch(
		/^ {2}unbroken failed with exit code 1, log \S+\.log\n {2}new failure: unbroken$/m,
	);
	expect(await why("REFUTED")).toMatch(/^ {2}high: No test \(A\.txt:1\)\n {2}asks for: Add a test\.$/m);
	expect((await why("BLOCKED")).match(/A person decides/g)).toHaveLength(1);
});

test("asked for once more, what stands is told, and no turn is taken", async () => {
	const requests = world.model.requests.length;
	const again = await run("deliver", "PASSES");
	expect(again).toMatchObject({ exitCode: 0 });
	expect(again.stdout).toMatch(/^PASSES +up to date +2 ✓ +pass +1 +1 +\+1 -0 +- +- +logs/m);
	expect((await run("deliver", "CHANGED")).exitCode).toBe(0);
	const checks = await run("verify", "STUBBORN");
	expect(checks.exitCode).toBe(1);
	expect(checks.stdout).toMatch(/^STUBBORN +checks fail: new-failures +1 ✓ 1 new 1 changed /m);
	expect(checks.stderr).toMatch(/^STUBBORN checks fail: new-failures\n(?: {2}.*\n)+ {4}new failure: unbroken$/m);
	const review = await run("phase:review-1", "REFUTED", "--json");
	const [only] = JSON.parse(review.stdout).issues;
	expect([review.exitCode, only.status]).toEqual([1, "changes required"]);
	expect(only.review.result.requiredActions).toEqual(["Add a test."]);
	expect(world.model.requests).toHaveLength(requests);
});

test("what is not accepted is fixed once more, by what was found", async () => {
	const before = seen.length;
	const mended = await run("deliver", "M1", "-j", "3");
	for (const id of ["STUBBORN", "REFUTED"]) expect(asked(id, before).map(turnOf), id).toEqual(["fix-1", "review-2"]);
	expect(asked("STUBBORN", before)[0]?.context).toMatchObject({ reviewResult: { status: "changes_required" } });
	expect(asked("HELD", before).map(turnOf)).toEqual(["dev", "review-1"]);
	expect(seen.length - before, "nothing else is paid for").toBe(6);
	expect(mended.exitCode, mended.stderr).toBe(0);
	expect(mended.stdout).toMatch(/^REFUTED +accepted [\s\S]*^STUBBORN +accepted /m);
});

test("a commit of a person's own is judged anew, by nobody but the checks and a review", async () => {
	const accepted = (await verdict("PASSES")).commit.slice(0, 10);
	const commit = ["commit-tree", "-p", "issue/PASSES", "-m", "mine", "issue/WAITS^{tree}"];
	const own = await world.repository.git(commit);
	await world.repository.git(["update-ref", "refs/heads/issue/PASSES", own]);
	const [standing] = JSON.parse((await run("status", "PASSES", "--json")).stdout);
	expect(standing).toMatchObject({ standing: `accepted at ${accepted}, 1 commit since` });
	const before = seen.length;
	const judged = await run("deliver", "PASSES");
	expect(judged.stdout).toMatch(/^PASSES +accepted /m);
	expect(seen.slice(before).map(turnOf)).toEqual(["review-1"]);
	expect(await verdict("PASSES")).toMatchObject({ outcome: "accepted", commit: own });
});
