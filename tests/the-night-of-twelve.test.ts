import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { IntegrationRecord } from "../tasks/contract/integration.ts";
import { acceptAll } from "./support/accepted.ts";
import { noBrowser, openBrowser } from "./support/browser.ts";
import { byTurn, inTurn, passes } from "./support/by-turn.ts";
import { deliverOrchfile } from "./support/edited-orchfile.ts";
import type { Prompted } from "./support/scripted-model.ts";
import { answerDeferred, editAndPass, fixPass } from "./support/scripts.ts";
import { snapshot } from "./support/snapshot.ts";
import { createWorld, type RunSettings, type World } from "./support/world.ts";

/** What two issues write is never right, and what the second and the fifth of those that are accepted write is not right together. */
const CHECK = { name: "whole", run: `! ls | grep -q '^F' && test $(ls | grep -c '^A-[25]') -lt 2` };
const ACCEPTED = ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6", "A-7"];
const BLOCKERS: Readonly<Record<string, readonly string[]>> = { "A-1": ["A-6"], "B-1": ["F-1"] };

let world: World;
let settings: RunSettings;
const asked: Prompted[] = [];
const git = (...args: string[]) => world.repository.git(args);
const lastLine = (text: string) => text.trimEnd().split("\n").at(-1) ?? "";

/** Everything of the checkout, and main; what is written beside it for the issues are their branches, and notes on their commits. */
async function untouched() {
	const { refs, ...rest } = await snapshot(world.repository);
	const own = /^refs\/(?:heads\/integration\/M1|notes\/orch)$/;
	return { ...rest, refs: Object.entries(refs).filter(([name]) => !own.test(name)) };
}

beforeAll(async () => {
	const accepted = byTurn({ dev: editAndPass, "review-1": passes });
	const failing = byTurn({ dev: editAndPass, "fix-1": fixPass });
	const asking = byTurn({ dev: inTurn(answerDeferred, editAndPass), "review-1": passes }, asked);
	const never = byTurn({});
	const scripts = { "B-1": never, "C-1": never, "F-1": failing, "F-2": failing, "Q-1": asking };
	const all = [...ACCEPTED.map((id) => [id, accepted] as const), ...Object.entries(scripts)];
	world = await createWorld(all.map(([id, script]) => ({ id, script, blocked_by: BLOCKERS[id] ?? [] })));
	settings = await deliverOrchfile(JSON.stringify([CHECK]));
	const { write, commit } = world.repository;
	await write("shared.txt", "one\n");
	await commit("a file");
	// An earlier night has left a branch, and somebody has changed the same line since.
	await acceptAll(world, { "C-1": { script: "echo two > shared.txt", verdict: "none" } }, [CHECK]);
	await write("shared.txt", "three\n");
	await commit("a person's own");
});
afterAll(() => world?.[Symbol.asyncDispose]());

test("twelve issues, from the night to one branch that is ready to merge; main is as it was", async () => {
	const before = await untouched();
	const night = await world.run(["deliver", "M1", "-j", "3"], settings);
	expect(night.exitCode, night.stderr).toBe(1);
	const came = Object.fromEntries(night.stdout.split("\n").map((row) => row.split(/ {2,}/).slice(0, 2)));
	expect(came).toMatchObject({
		...Object.fromEntries(ACCEPTED.map((id) => [id, "accepted"])),
		"B-1": "blocked by F-1",
		"C-1": "failed: base-conflicts",
		"F-1": "not accepted: new-failures",
		"F-2": "not accepted: new-failures",
		"Q-1": "deferred",
	});
	expect(await untouched()).toEqual(before);

	// Seen as a page, and in a terminal.
	const sentence = "M1: 7 accepted, 1 in conflict, 2 with new failures, 1 has a question for you, 1 waits for another.";
	const seen = await inBrowser(lastLine(night.stdout));
	expect(seen ?? sentence).toBe(sentence);
	const { stdout: shown } = await world.run(["show", "M1"], settings);
	expect(shown.split("\n")[0]).toBe(sentence);
	for (const id of ACCEPTED) expect(shown).toMatch(new RegExp(`^${id} +accepted +1 ✓; review pass; 1 file`, "m"));
	expect(shown).toMatch(/^F-2: new failure: whole\n {2}Next: .* deliver F-2$/m);
	expect(shown).toMatch(/^C-1: .* both changed shared\.txt/m);
	expect(shown).toMatch(/^Q-1: Which of the two formats is meant\?\n {2}Next: .* answer Q-1 --commit$/m);
	expect(await untouched()).toEqual(before);

	// Answered, the one that was deferred passes; main has the answer, and nothing else.
	const main = await git("rev-parse", "main");
	const answered = await world.run(["answer", "Q-1", "-m", "The newer one.", "--commit"], settings);
	expect(answered.exitCode, answered.stderr).toBe(0);
	expect(await git("log", "--format=%s", "--name-only", `${main}..main`)).toBe(
		"Answer Q-1\n\ndocs/projects/p/issues/Q-1.md",
	);
	const since = await untouched();
	const second = await world.run(["deliver", "Q-1"], settings);
	expect(second.stdout, second.stderr).toMatch(/^Q-1 +accepted /m);
	expect(asked[1]?.context.priorAttempt).toMatchObject({
		outcome: "deferred",
		answers: ["Which of the two formats is meant?\n\nAnswer: The newer one."],
	});

	// Put together: all that are accepted but one, which breaks with another.
	const together = await world.run(["integrate", "M1"], settings);
	expect(together.exitCode, together.stderr).toBe(1);
	const { steps } = await world.log<IntegrationRecord>("M1/integrate-run.json");
	const merged = steps.flatMap((step) => (step.kind === "merged" ? [step.issue] : []));
	expect(merged).toEqual(["A-2", "A-3", "A-4", "A-6", "A-1", "A-7", "Q-1"]);
	const subjects = await git("log", "--first-parent", "--reverse", "--format=%s", "main..integration/M1");
	expect(subjects).toBe(merged.map((id) => `Merge ${id}: Title of ${id}`).join("\n"));
	expect(together.stdout).toMatch(/^A-5 +left out +- +breaks whole/m);
	expect(together.stdout).toMatch(/^C-1 +not accepted /m);
	expect(lastLine(together.stderr)).toMatch(/git merge integration\/M1$/);
	expect(await untouched()).toEqual(since);
});

/** Looks at a page where there is a browser. @returns what it is called. */
async function inBrowser(file: string): Promise<string | undefined> {
	expect(file).toBe(join(world.repository.path, "logs/orch/M1/report.html"));
	if (noBrowser !== undefined) return undefined;
	const browser = await openBrowser();
	try {
		const page = await browser.newPage();
		const complaints: string[] = [];
		page.on("console", (message) => complaints.push(message.text()));
		page.on("pageerror", (error) => complaints.push(error.message));
		await page.goto(pathToFileURL(file).href);
		expect(await page.locator("svg.graph a").count()).toBe(12);
		expect(await page.locator("article.issue").count()).toBe(12);
		await page.locator("#issue-A-1 .diff summary").click();
		expect(await page.locator("#issue-A-1 .diff ins").first().innerText()).toBe("written for A-1");
		expect(await page.locator("#issue-Q-1").textContent()).toContain("Which of the two formats is meant?");
		expect(complaints).toEqual([]);
		return await page.title();
	} finally {
		await browser.close();
	}
}
