import { expect, test } from "vitest";
import { Board } from "../../tasks/cli/views/board.ts";
import { type FrameSettings, frame } from "../../tasks/cli/views/frame.ts";
import type { IssuePlan } from "../../tasks/contract/issue.ts";
import { Failure } from "../../tasks/contract/problem.ts";
import { execute } from "../../tasks/engine/execute.ts";
import { select } from "../../tasks/engine/select.ts";
import { forEach, type IssueContext, task } from "../../tasks/engine/task.ts";
import { attemptRecord } from "../support/documents.ts";
import { executeOptions } from "../support/engine.ts";

const usageOf = (inputTokens: number) => ({
	inputTokens,
	cachedInputTokens: 0,
	outputTokens: 0,
	reasoningOutputTokens: 0,
});

test("the footer's numbers at the end of a run of 30 issues, four at once, are those of its records", async () => {
	const ids = Array.from({ length: 30 }, (_, at) => `A-${at + 1}`);
	// Each tenth waits for one that fails; of the others, every third fails, is stopped, or has waited for a limit.
	const issues = ids.map(
		(id, at) => ({ id, title: id, blockers: at % 10 === 9 ? ["A-3"] : [] }) as unknown as IssuePlan,
	);
	let now = 0;
	const records: { readonly outcome: string; readonly tokens: number }[] = [];
	const plan = task("plan", { summary: "", run: async () => issues });
	const turn = forEach(plan)("turn", {
		summary: "",
		async run(_: unknown, { issue, report }: IssueContext<IssuePlan>) {
			const at = ids.indexOf(issue.id);
			report({ kind: "usage", usage: usageOf(100 * at) });
			report({ kind: "waiting", until: at % 6 === 5 ? new Date(0).toISOString() : null });
			await Promise.resolve();
			now += 1000;
			const outcome = at % 3 !== 2 ? "pass" : at % 6 === 2 ? "failed" : "stopped";
			// More than was told while it ran: a thread was given up.
			const record = attemptRecord({ issueId: issue.id, outcome, startedAt: `${at}`, usage: usageOf(100 * at + 7) });
			records.push({ outcome, tokens: 100 * at + 7 });
			if (outcome !== "pass") throw new Failure({ kind: "attempt", record, logDir: "" });
			return { kind: "turn", record } as const;
		},
	});
	const board = new Board([plan, turn], () => now, 4);
	const selection = select([plan, turn], [turn]);
	await execute(selection, { ...executeOptions({ jobs: 4 }), onEvent: (event: never) => board.take(event) } as never);
	const settings = { columns: 100, rows: 50, detail: "activity", sign: () => "", pointer: "" } satisfies FrameSettings;
	const footer = frame(board, settings).at(-1) ?? "";

	const count = (outcome: string) => records.filter((each) => each.outcome === outcome).length;
	const tokens = records.reduce((sum, each) => sum + each.tokens, 0);
	expect(board.tokens).toBe(tokens);
	expect(records).toHaveLength(27);
	expect(footer).toBe(
		`${count("pass")} done, ${count("failed")} failed, 3 blocked, ${count("stopped")} stopped, 0 running, 0 to go  27s  ${(tokens / 1000).toFixed(1)}k tokens`,
	);
	expect(board.left).toBeUndefined();
});

test("what an issue waited for a limit before it passed is no part of what others are guessed to take", () => {
	let now = 0;
	const plan = task("plan", { summary: "", run: async () => [] as IssuePlan[] });
	const turn = forEach(plan)("turn", { summary: "", run: async () => undefined });
	const board = new Board([plan, turn], () => now, 1);
	const ids = ["A-1", "A-2", "A-3"];
	board.take({ kind: "issues-known", issues: ids.map((id) => ({ id, title: id, blockers: [] }) as never) });
	const tell = (issue: string, activity: { readonly kind: "waiting"; readonly until: string | null }) =>
		board.take({ kind: "task-activity", task: "turn", issue, activity });
	const begin = (issue: string) => {
		board.take({ kind: "issue-started", issue });
		board.take({ kind: "task-started", task: "turn", issue });
	};
	const HOUR = 3_600_000;
	begin("A-1");
	now += 10_000;
	tell("A-1", { kind: "waiting", until: new Date(Date.now() + HOUR).toISOString() });
	// Renewed.
	tell("A-1", { kind: "waiting", until: new Date(Date.now() + 2 * HOUR).toISOString() });
	now += 2 * HOUR;
	tell("A-1", { kind: "waiting", until: null });
	now += 10_000;
	const outcome = { status: "done", value: { kind: "turn", record: attemptRecord({ issueId: "A-1" }) } } as const;
	board.take({ kind: "task-settled", task: "turn", issue: "A-1", outcome });
	board.take({ kind: "issue-settled", issue: "A-1", outcomes: new Map([["turn", outcome]]) });
	expect(board.issues[0]).toMatchObject({ mark: "done" });
	expect(board.left).toBe(40_000);
	begin("A-2");
	now += 5_000;
	expect(board.left).toBe(35_000);
	tell("A-2", { kind: "waiting", until: new Date(Date.now() + HOUR).toISOString() });
	now += 1_000;
	expect(board.left).toBeGreaterThan(35_000 + 0.9 * HOUR);
	tell("A-2", { kind: "waiting", until: null });
	expect(board.left).toBe(35_000);
	const footer = frame(board, { columns: 100, rows: 50, detail: "activity", sign: () => "", pointer: "" }).at(-1);
	expect(footer).toMatch(/^1 done, 0 failed, 1 running, 1 to go {2}2h00m {2}done about .* \(a guess\)$/);
});
