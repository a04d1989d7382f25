import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { asWritten, deliverOrchfile, type Edit } from "./support/edited-orchfile.ts";
import type { Script } from "./support/scripted-model.ts";
import { devResult, editAndPass, reviewPass } from "./support/scripts.ts";
import { createWorld } from "./support/world.ts";

/** Costs 120 tokens a response, without an end: the run has to make one. */
const chatty: Script = async function* (prompted) {
	yield { kind: "run", command: `echo started > ${prompted.issueId}.txt` };
	for (;;) yield { kind: "run", command: "sleep 0.3" };
};

/** As chatty, but comes to an end after eight responses. */
const long: Script = async function* (prompted) {
	for (let at = 0; at < 8; at++) yield { kind: "run", command: `echo ${at} >> ${prompted.issueId}.txt` };
	yield { kind: "answer", text: JSON.stringify(devResult(prompted)) };
};

test("a phase that has used its tokens is stopped, and what it did is kept", async () => {
	await using world = await createWorld([
		{ id: "A", script: chatty },
		{ id: "B", script: editAndPass },
	]);
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", "--max-tokens", "500"]);
	expect(exitCode).toBe(1);
	expect(stdout).toMatch(/^A +stopped: over-budget +1 +1 /m);
	expect(stdout).toMatch(/^B +pass/m);
	expect(stderr).toMatch(/A stopped: over-budget\n {2}\d+ tokens used, 500 allowed/);
	expect(stderr).toMatch(/dev A --max-tokens 1k$/m);
	const record = await world.log<{ usage: { inputTokens: number; outputTokens: number } }>("M1/A/dev-run.json");
	expect(record.usage.inputTokens + record.usage.outputTokens).toBeGreaterThan(500);
	expect(await world.repository.git(["show", "issue/A:A.txt"])).toBe("started");
});

test("a phase below its limit is left alone", async () => {
	await using world = await createWorld([{ id: "A", script: long }]);
	const { exitCode, stderr } = await world.run(["dev", "M1", "--max-tokens", "1081"]);
	expect(exitCode, stderr).toBe(0);
	const record = await world.log<{ usage: { inputTokens: number; outputTokens: number } }>("M1/A/dev-run.json");
	expect(record.usage.inputTokens + record.usage.outputTokens).toBe(1080);
});

test("a run that has used its tokens starts nothing new, and says what to type", async () => {
	await using world = await createWorld(["A", "B", "C"].map((id) => ({ id, script: editAndPass })));
	const { exitCode, stdout, stderr } = await world.run(["dev", "M1", "--max-run-tokens", "300"]);
	expect(exitCode).toBe(1);
	expect(stdout).toMatch(/^A +pass/m);
	expect(stdout).toMatch(/^B +pass/m);
	expect(stdout).toMatch(/^C +not started/m);
	expect(stderr).toMatch(
		/used its 300 tokens \(--max-run-tokens\) and started nothing more\. To go on: npx tsx \S+ dev M1 --max-run-tokens 300$/m,
	);
	expect((await world.run(["dev", "M1"])).exitCode).toBe(0);
	expect(world.model.issuesSeen).toEqual(["A", "B", "C"]);
});

test("a later turn of an issue adds to what its earlier ones used", async () => {
	const script: Script = (prompted) =>
		JSON.stringify(prompted.schema).includes("requiredActions") ? reviewPass(prompted) : editAndPass(prompted);
	await using world = await createWorld(["A", "B"].map((id) => ({ id, script })));
	const judged: Edit = ["tasks: [dev, saved, cleaned, page]", "tasks: [dev, saved, review, cleaned, page]"];
	const orchfile = await deliverOrchfile("[]", undefined, judged);
	const { stdout, stderr } = await world.run(["dev", "M1", "--max-run-tokens", "300"], orchfile);
	expect(stdout, stderr).toMatch(/^B +not started/m);
	expect(world.model.issuesSeen, stderr).toEqual(["A", "A"]);
	const used = async (phase: string) => {
		const { usage } = await world.log<{ usage: { inputTokens: number; outputTokens: number } }>(
			`M1/A/${phase}-run.json`,
		);
		return usage.inputTokens + usage.outputTokens;
	};
	const [dev, review] = [await used("dev"), await used("review-1")];
	expect(Math.max(dev, review)).toBeLessThan(300);
	expect(dev + review).toBeGreaterThanOrEqual(300);
});

test("a limit comes from the command line, else from its variable, else from the orchfile", async () => {
	await using world = await createWorld([{ id: "A", script: chatty }]);
	const text = await readFile(new URL("../orchfile.ts", import.meta.url), "utf8");
	const withDefault = (entry: string) =>
		asWritten(text.replace("export const graph = {", `export const graph = {\n\tdefaults: { ${entry} },`));
	const orchfile = await withDefault('"max-tokens": "300"');
	const run = (args: string[], env: Record<string, string>) => world.run(["dev", "A", ...args], { env, ...orchfile });
	expect((await run([], {})).stderr).toContain("300 allowed");
	expect((await run([], { ORCH_MAX_TOKENS: "400" })).stderr).toContain("400 allowed");
	expect((await run(["--max-tokens", "0.5k"], { ORCH_MAX_TOKENS: "400" })).stderr).toContain("500 allowed");
	const wrong = await world.run(["dev", "A"], await withDefault('"max-tokns": "300"'));
	expect(wrong.exitCode).toBe(2);
	expect(wrong.stderr).toMatch(/default for "max-tokns" is not valid: there is no such option/);
});

test("an issue's own budget is of all its turns, and its estimate's where it has none; what is typed grants more", async () => {
	const judged: Edit = ["tasks: [dev, saved, cleaned, page]", "tasks: [dev, saved, review, cleaned, page]"];
	const budgets: Edit = [
		/\["dev", "review", "fix"\]\)/,
		'["dev", "review", "fix"], { budgets: { 1: "240", 5: "10k" } })',
	];
	const isChatty = { now: true };
	const script: Script = (prompted) => {
		if (!JSON.stringify(prompted.schema).includes("requiredActions")) return editAndPass(prompted);
		return isChatty.now && prompted.issueId === "A-1" ? chatty(prompted) : reviewPass(prompted);
	};
	await using world = await createWorld([
		{ id: "A-1", script, budget: 300, timeout: "30m" },
		{ id: "A-2", script, estimate: 1 },
		{ id: "A-3", script, estimate: 3 },
	]);
	const orchfile = await deliverOrchfile("[]", undefined, judged, budgets);
	const { stdout, stderr } = await world.run(["dev", "M1"], orchfile);
	// A dev turn takes 240 tokens: 60 are left for the review of A-1, and nothing for that of A-2, which is not begun.
	expect(stdout, stderr).toMatch(/^A-1 +stopped: over-budget/m);
	expect(stderr).toMatch(/A-1 stopped: over-budget\n {2}(?:360|480|600) tokens used, 300 allowed/);
	expect(stdout).toMatch(/^A-2 +stopped: over-budget/m);
	expect(stderr).toMatch(/A-2 stopped: over-budget\n {2}240 tokens used, 240 allowed/);
	expect(stdout).toMatch(/^A-3 +pass/m);
	expect(world.model.issuesSeen).toEqual(["A-1", "A-1", "A-2", "A-3", "A-3"]);
	isChatty.now = false;
	const more = /dev A-1 (--max-tokens \S+)$/m.exec(stderr)?.[1] ?? "";
	expect(more).toBe("--max-tokens 600");
	expect((await world.run(["dev", "A-1", ...more.split(" ")], orchfile)).stdout).toMatch(/^A-1 +pass/m);
});
