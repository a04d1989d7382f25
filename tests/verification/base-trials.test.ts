import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { baseAnswer, commitAnswers } from "../../tasks/checks/missing-command.ts";
import type { Trial } from "../../tasks/checks/trial.ts";
import { askedOnce } from "../../tasks/system/once.ts";
import { type Asked, askBase, type KnownTrials, keepForOthers } from "../../tasks/verification/base-trials.ts";
import { temporaryFolder } from "../support/documents.ts";

const check = { name: "tests", run: "npm test" };
const [commit, key] = ["1".repeat(40), "2".repeat(32)] as const;

/** Runs a check that ends so, and counts how often. */
function runner(runs: string[], ...exitCodes: readonly [number, ...number[]]): Asked["run"] {
	return async (log): Promise<Trial> => {
		const exitCode = exitCodes[Math.min(runs.length, exitCodes.length - 1)] ?? 0;
		runs.push(log);
		await writeFile(log, "ran\n");
		return { check, end: { kind: "ended", exitCode }, durationMs: 1, log };
	};
}

test("sixteen issues that start from one commit have its checks run once, and so do later runs", async () => {
	await using folder = await temporaryFolder();
	const runs: string[] = [];
	const asked = { check, commit, key, logs: folder.path, run: runner(runs, 0) };
	const known: KnownTrials = askedOnce();
	const trials = await Promise.all(Array.from({ length: 16 }, () => askBase(asked, known)));
	expect(runs).toHaveLength(1);
	expect(new Set(trials).size).toBe(1);
	expect(await askBase(asked, askedOnce())).toMatchObject({ end: { kind: "ended", exitCode: 0 }, log: runs[0] });
	expect(runs).toHaveLength(1);
});

test("runs that ask at the same time may each run them, in files of their own, and leave one whole answer", async () => {
	await using folder = await temporaryFolder();
	const runs: string[] = [];
	const run = runner(runs, 1, 1, 0, 0);
	const own = (at: number): Asked["run"] => {
		// Two processes would have two names; here they are told apart by hand.
		return (log) => run(log.replace(/\.log$/, `.${at}.log`));
	};
	const ask = (at: number) => askBase({ check, commit, key, logs: folder.path, run: own(at) }, askedOnce());
	await Promise.all([ask(1), ask(2)]);
	expect(new Set(runs).size).toBe(runs.length);
	const names = await readdir(folder.path);
	expect(names.filter((name) => name.endsWith(".json"))).toEqual([`${key}.json`]);
	const before = runs.length;
	expect(await ask(3)).toMatchObject({ end: { kind: "ended" } });
	expect(runs).toHaveLength(before);
});

test("a command that is missing is no failure of the base, and is not remembered: it may be there the next time", async () => {
	await using folder = await temporaryFolder();
	const runs: string[] = [];
	const ask = () => askBase({ check, commit, key, logs: folder.path, run: runner(runs, 127, 126, 1) }, askedOnce());
	for (const exitCode of [127, 126])
		expect((await ask()).end).toMatchObject({ kind: "not-run", reason: "not-started", exitCode });
	expect((await ask()).end).toEqual({ kind: "ended", exitCode: 1 });
	const missing = { check, end: { kind: "ended", exitCode: 127 }, durationMs: 1, log: "" } as const;
	const base = baseAnswer(missing);
	expect(commitAnswers([missing], [base])).toEqual([base]);
	// One that was there was taken away by the work, and what an issue asks for itself is to be made by it.
	expect(commitAnswers([missing], [{ ...missing, end: { kind: "ended", exitCode: 0 } }])).toEqual([missing]);
	const own = { ...missing, check: { ...check, isOwn: true } } as const;
	expect(commitAnswers([own], [baseAnswer(own)])).toEqual([own]);
});

test("what starts from an issue's commit takes over how its checks went there: no more, and of that commit alone", async () => {
	await using folder = await temporaryFolder();
	const [logs, runs] = [join(folder.path, "checks"), [] as string[]];
	const log = join(folder.path, "verify.tests.log");
	await writeFile(log, "printed\n");
	const tests = new Map([
		["adds", { status: "passed" }],
		["blinks", { status: "failed", message: "x".repeat(1 << 20) }],
	] as const);
	const ended = (exitCode: number) => ({ check, end: { kind: "ended", exitCode } as const, durationMs: 1, log });
	const first = { ...ended(1), tests };
	const second = {
		...ended(0),
		tests: new Map([...tests.keys()].map((name) => [name, { status: "passed" }] as const)),
	};
	const asked = { check, commit, key, logs, run: runner(runs, 0) };
	await keepForOthers(asked, first, second);
	const known = await askBase(asked, askedOnce());
	expect(runs).toEqual([]);
	expect(known).toMatchObject({ end: { kind: "ended", exitCode: 1 }, flickering: new Set(["blinks"]) });
	expect([...(known.tests ?? [])].map(([name, { status }]) => [name, status])).toEqual([
		["adds", "passed"],
		["blinks", "failed"],
	]);
	expect(await readFile(known.log, "utf8")).toBe("printed\n");
	// What is known is not written over, and what came to no answer is not kept.
	await keepForOthers(asked, ended(0), undefined);
	expect((await askBase(asked, askedOnce())).end).toMatchObject({ exitCode: 1 });
	const other = { ...asked, key: "3".repeat(32) };
	await keepForOthers(other, { ...ended(0), end: { kind: "not-run", reason: "timed-out", detail: "" } }, undefined);
	expect((await askBase(other, askedOnce())).end).toMatchObject({ exitCode: 0 });
	expect(runs).toHaveLength(1);
});
