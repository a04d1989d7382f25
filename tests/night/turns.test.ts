import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { limitsFor } from "../../tasks/night/limits.ts";
import { spansOfTurns, withWaiting } from "../../tasks/night/spans.ts";
import { readTurnReports } from "../../tasks/night/turns.ts";
import { readRanCommands } from "../../tasks/runner/codex/ran-commands.ts";
import { listLogFiles } from "../../tasks/store/log-files.ts";
import { readOtherSpans } from "../../tasks/store/spans.ts";
import { answer, attemptRecord, temporaryFolder, verifyRecord } from "../support/documents.ts";

const event = (type: string, item: object) => `${JSON.stringify({ type, item })}\n`;
const command = (id: string, text: string, code: number | null) => ({
	id,
	type: "command_execution",
	command: text,
	aggregated_output: "",
	exit_code: code,
	status: code === null ? "in_progress" : "completed",
});

test("commands from events: begun and ended, failed, never ended, with other events and what is none between them", async () => {
	await using folder = await temporaryFolder();
	const file = join(folder.path, "dev.jsonl");
	await writeFile(
		file,
		[
			'{"type":"thread.started","thread_id":"t"}\n',
			event("item.started", command("1", "npm test", null)),
			event("item.completed", { id: "2", type: "agent_message", text: 'says "command_execution"' }),
			event("item.completed", { ...command("1", "npm test", 1), duration_ms: 1500 }),
			'{"item":{"type":"command_execution"}}\nnot json "command_execution"\n[]\nnull\n',
			event("item.completed", { ...command("3", "cat large", 0), aggregated_output: "x".repeat(1_000_000) }),
			event("item.started", command("4", `sleep ${"9".repeat(1000)}`, null)),
			'{"type":"item.completed","item":{"id":"5","type":"command_exec',
		].join(""),
	);
	expect(await readRanCommands(file, 10, 100)).toEqual({
		commands: [
			{ command: "npm test", exitCode: 1, durationMs: 1500 },
			{ command: "cat large", exitCode: 0 },
			{ command: `sleep ${"9".repeat(94)}`, exitCode: null },
		],
		more: 0,
	});
	expect(await readRanCommands(file, 1, 100)).toMatchObject({ commands: [{ exitCode: 1 }], more: 2 });
	expect(await readRanCommands(join(folder.path, "none.jsonl"), 1, 1)).toEqual({ commands: [], more: 0 });
});

test("a log of a hundred megabytes is read in a bounded memory", async () => {
	await using folder = await temporaryFolder();
	const file = join(folder.path, "dev.jsonl");
	const output = event("item.completed", { ...command("1", "cat", 0), aggregated_output: "x".repeat(1_000_000) });
	for (let at = 0; at < 100; at++) await appendFile(file, output.replace('"1"', `"${at}"`));
	const before = process.memoryUsage().rss;
	const { commands, more } = await readRanCommands(file, 20, 100);
	expect([commands.length, more]).toEqual([20, 80]);
	expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
});

test("turns with their answers, those that were set aside too, in the order they were started", async () => {
	await using folder = await temporaryFolder();
	const aside = "attempts/2026-01-01T00-00-00.000Z/";
	await mkdir(join(folder.path, aside), { recursive: true });
	const write = (name: string, value: unknown) => writeFile(join(folder.path, name), JSON.stringify(value));
	await write(`${aside}dev-run.json`, attemptRecord({ outcome: "failed", startedAt: "2026-01-01T00:00:00.000Z" }));
	await write(`${aside}dev-result.json`, answer("dev", { status: "failed" }));
	await write("dev-run.json", attemptRecord());
	await write("dev-result.json", answer("dev"));
	await write("review-1-run.json", attemptRecord({ phase: "review", startedAt: "2026-01-03T00:00:00.000Z" }));
	await write("review-1-result.json", { not: "a result" });
	await writeFile(join(folder.path, "dev.jsonl"), event("item.completed", command("1", "ls", 0)));
	await mkdir(join(folder.path, "attempts/broken"));
	await write("attempts/broken/dev-run.json", { broken: true });

	await write("fix-1-run.json", attemptRecord({ outcome: "running", startedAt: "2026-01-04T00:00:00.000Z" }));

	const turns = await readTurnReports(folder.path, limitsFor(1), false);
	expect(turns.map(({ turn, folder, result, commands }) => [turn, folder, result?.status, commands.length])).toEqual([
		["dev", aside, "failed", 0],
		["dev", "", "pass", 1],
		["review-1", "", undefined, 0],
		["fix-1", "", undefined, 0],
	]);
	// It was killed where no run has the issue.
	expect(turns.at(-1)?.record).toMatchObject({ outcome: "cancelled", reason: "interrupted" });
	const live = await readTurnReports(folder.path, limitsFor(1), true);
	expect(live.at(-1)?.record).toMatchObject({ outcome: "running" });
	expect(await listLogFiles(folder.path, 7)).toEqual([
		"dev-result.json",
		"dev-run.json",
		"dev.jsonl",
		"fix-1-run.json",
		"review-1-result.json",
		"review-1-run.json",
		`${aside}dev-result.json`,
	]);
});

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
const turn = (name: "dev" | "fix-1", from: number, to: number | null) => ({
	turn: name,
	record: attemptRecord({ startedAt: at(from), endedAt: to === null ? null : at(to) }),
});

test("an issue's hours: its turns, and its waiting while others were worked on, but not between two nights", () => {
	const one = spansOfTurns([turn("dev", 0, 10), turn("fix-1", 20, 30)], false, at(99));
	const two = spansOfTurns([turn("dev", 10, 21), turn("dev", 500, 510)], false, at(999));
	const seen = withWaiting(one, [one, two]).map(({ what, from, to }) => [what, from, to]);
	expect(seen).toEqual([
		["dev", at(0), at(10)],
		["waiting", at(10), at(20)],
		["fix", at(20), at(30)],
	]);
	expect(withWaiting(two, [one, two]).map(({ what, from }) => [what, from])).toEqual([
		["waiting", at(0)],
		["dev", at(10)],
		["dev", at(500)],
	]);
	// Between two issues a run may do nothing that is told for as long as a worktree takes.
	const later = spansOfTurns([turn("dev", 30.5, 40)], false, at(99));
	expect(withWaiting(later, [one, later]).map(({ what, from }) => [what, from])).toEqual([
		["waiting", at(20)],
		["dev", at(30.5)],
	]);
});

test("a turn under way goes on until now, and one that was killed is not told", () => {
	expect(spansOfTurns([turn("dev", 0, null)], true, at(5))).toEqual([
		{ what: "dev", turn: "dev", from: at(0), to: at(5) },
	]);
	expect(spansOfTurns([turn("dev", 0, null)], false, at(5))).toEqual([]);
});

test("set-up and verifications, also those of before", async () => {
	await using folder = await temporaryFolder();
	await mkdir(join(folder.path, "attempts/first"), { recursive: true });
	await writeFile(join(folder.path, "setup.log"), "made\n");
	await writeFile(join(folder.path, "verify-run.json"), JSON.stringify(verifyRecord()));
	await writeFile(join(folder.path, "attempts/first/verify-2-run.json"), JSON.stringify(verifyRecord()));
	const spans = await readOtherSpans(folder.path);
	expect(spans.map(({ what }) => what).sort()).toEqual(["set-up", "verify", "verify"]);
});
