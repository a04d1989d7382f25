import { describe, expect, test } from "vitest";
import { Board, type Mark } from "../../tasks/cli/views/board.ts";
import { type FrameSettings, frame } from "../../tasks/cli/views/frame.ts";
import { cut, pad, widthOf } from "../../tasks/cli/words/columns.ts";
import type { IssuePlan } from "../../tasks/contract/issue.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { forEach, type Task, task } from "../../tasks/engine/task.ts";

const SIZES = [
	[80, 24],
	[120, 40],
	[200, 50],
	[40, 6],
	[20, 3],
] as const;
const TITLES = [
	"Read the settings from a file",
	"設定ファイルを読み込み、起動時に検証する。間違いがあれば行番号を示す",
	"Grüße und Küsse, combined: e\u0301e\u0301e\u0301 a\u0308o\u0308u\u0308".repeat(4),
	"👨‍👩‍👧 families 👍🏽 and 🇩🇪 flags ❤️ 1️⃣ ".repeat(6),
	"한국어 제목".normalize("NFD").repeat(20),
	"x".repeat(400),
];
const SIGNS: Readonly<Record<Mark, string>> = {
	waits: "◻",
	runs: "*",
	done: "✔",
	failed: "✖",
	deferred: "?",
	blocked: "⊘",
	stopped: "■",
	cancelled: "↓",
};

const PLAN = task("plan", { summary: "all", run: async () => [] as IssuePlan[] });
const TASKS = ["make", "turn", "save"].map((name) =>
	forEach(PLAN)(name, { summary: name, run: async () => ({ kind: "ready" }) }),
);

describe.each(SIZES)("%i columns and %i rows", (columns, rows) => {
	test.each([1, 5, 30, 300])("%i issues: what runs and what failed is there, the rest is counted", (many) => {
		for (const detail of ["tasks", "activity"] as const) {
			const run = runOf(many);
			const running = [many, Math.ceil(many / 2)].map((at) => `A-${at}`);
			const failed = many > 4 ? ["A-2", "A-4"] : [];
			const passed = many > 8 ? ["A-1", "A-5", "A-6"] : [];
			for (const id of passed) run.settle(id, { status: "done", value: { kind: "ready" } });
			for (const id of failed) run.settle(id, { status: "failed", error: new Error("x") });
			for (const id of running) run.start(id, "$ npm test");
			const lines = frame(run.board, { ...settingsOf(columns, rows), detail });
			expect(lines.length).toBeLessThanOrEqual(rows - 1);
			for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns - 1);
			const total = many - passed.length - failed.length - new Set(running).size;
			const footer = `${passed.length} done, ${failed.length} failed, ${new Set(running).size} running, ${total} to go`;
			expect(lines.at(-1)).toBe(cut(`${footer}  1m05s`, columns - 1));
			// Two rows are too few for anything but one issue at work and what is left.
			if (rows < 5) continue;
			for (const id of [...new Set(running)]) expect(lines.some((line) => line.startsWith(`* ${id} `))).toBe(true);
			// Of what failed, the last that there is room for.
			for (const id of rows < 10 ? failed.slice(-1) : failed)
				expect(lines.some((line) => line.startsWith(`✖ ${id} `))).toBe(true);
			const listed = lines.filter((line) => /^[^ ] A-\d/u.test(line)).length;
			const [, more = "0"] = /… (\d+) more/.exec(lines.join("\n")) ?? [];
			expect(listed + Number(more)).toBe(many);
		}
	});
});

test("each way in which something can stand has a mark of its own, with its time and outcome before the title", () => {
	const run = runOf(6);
	run.settle("A-1", { status: "done", value: { kind: "ready" } });
	run.settle("A-2", { status: "failed", error: new Error("x") });
	run.settle("A-3", { status: "blocked", by: { issue: "A-2" } });
	run.settle("A-4", { status: "cancelled", started: false });
	run.start("A-5", "$ npm test");
	expect(frame(run.board, { ...settingsOf(80, 24), detail: "activity" })).toEqual([
		"✔ A-1  done              Read the settings from a file",
		`✖ A-2  failed: error     ${cut(TITLES[1] ?? "", 54)}`,
		`⊘ A-3  blocked by A-2    ${cut(TITLES[2] ?? "", 54)}`,
		`↓ A-4  not started       ${cut(TITLES[3] ?? "", 54)}`,
		`* A-5  1m05s             ${cut(TITLES[4] ?? "", 54)}`,
		"  > turn  $ npm test",
		`◻ A-6  waits for a slot  ${cut(TITLES[5] ?? "", 54)}`,
		"",
		"1 done, 1 failed, 1 blocked, 1 cancelled, 1 running, 1 to go  1m05s",
	]);
	expect(new Set(Object.values(SIGNS)).size).toBe(Object.values(SIGNS).length);
});

test("an issue that waits says for what: for blockers in this run, until they have passed, or else for its turn", () => {
	const run = runOf(4, { "A-4": ["A-1", "A-2", "gone"] });
	const state = () => frame(run.board, { ...settingsOf(80, 24), detail: "tasks" }).find((line) => line.includes("A-4"));
	expect(state()).toContain("◻ A-4  waits for A-1 and 1 more");
	run.settle("A-1", { status: "done", value: { kind: "ready" } });
	expect(state()).toContain("◻ A-4  waits for A-2 ");
	run.settle("A-2", { status: "up-to-date", value: { kind: "ready" } });
	expect(state()).toContain("◻ A-4  waits for a slot ");
});

test("more issues at work than rows: as many as there is room for, and the rest is counted", () => {
	const run = runOf(30);
	for (let at = 1; at <= 30; at++) run.start(`A-${at}`, "$ npm test");
	const lines = frame(run.board, { ...settingsOf(80, 24), detail: "activity" });
	expect(lines).toHaveLength(23);
	expect(lines.filter((line) => line.startsWith("* A-"))).toHaveLength(20);
	expect(lines.at(-3)).toBe("  … 10 more issues: 10 running");
	// The task that each is at has moved up into its row.
	expect(lines[0]).toMatch(/^\* A-1 {3}1m05s {2}turn {2}Read the settings/);
});

test("what puts several issues together has a row where there are several", () => {
	const page = { ...task("page", { summary: "", run: async () => ({}) }), scope: "closing", role: "report" } as const;
	for (const many of [1, 2]) {
		const { board } = runOf(many, {}, [...TASKS, page]);
		const lines = frame(board, { ...settingsOf(80, 24), detail: "tasks" });
		expect(lines.filter((line) => line.includes("page"))).toHaveLength(many - 1);
	}
});

test("before there are issues, what is being checked", () => {
	const checked = task("ready", { summary: "ask git and the disk", run: async () => ({}) });
	const board = new Board([PLAN, checked], () => 0);
	board.take({ kind: "task-started", task: "ready" });
	expect(frame(board, { ...settingsOf(80, 24), detail: "tasks" })).toEqual(["* ready  0.0s  ask git and the disk"]);
});

test.each([
	["abc", 3],
	["日本語", 6],
	["한글".normalize("NFD"), 4],
	["e\u0301", 1],
	["👍", 2],
	["👍🏽", 4],
	["🇩🇪", 2],
	["❤️", 2],
	["ｶﾅ", 2],
	["Ｆ", 2],
	["𠮷", 2],
	["a\u200bb", 2],
	["✔⊘…", 3],
])("%s takes %i columns", (text, columns) => {
	expect(widthOf(text)).toBe(columns);
	expect(widthOf(pad(text, 10))).toBe(10);
	expect(cut(text, columns)).toBe(text);
	expect(widthOf(cut(text + text, columns))).toBeLessThanOrEqual(columns);
});

/** A run of so many issues that began 65 seconds ago, with titles of all kinds. */
function runOf(
	many: number,
	blockers: Readonly<Record<string, readonly string[]>> = {},
	tasks: readonly Task[] = TASKS,
) {
	let now = 0;
	const board = new Board(tasks, () => now);
	const issues = Array.from({ length: many }, (_, at) => {
		const id = `A-${at + 1}`;
		return { id, title: TITLES[at % TITLES.length], blockers: blockers[id] ?? [] } as unknown as IssuePlan;
	});
	board.take({ kind: "issues-known", issues });
	return {
		board,
		start(issue: string, command: string) {
			now = 0;
			board.take({ kind: "issue-started", issue });
			board.take({ kind: "task-started", issue, task: "turn" });
			const activity = { kind: "command", command: command.slice(2) };
			board.take({ kind: "task-activity", issue, task: "turn", activity });
			now = 65_000;
		},
		settle(issue: string, outcome: Outcome<unknown>) {
			now = 65_000;
			board.take({ kind: "issue-settled", issue, outcomes: new Map([["turn", outcome]]) });
		},
	};
}

function settingsOf(columns: number, rows: number): Omit<FrameSettings, "detail"> {
	return { columns, rows, sign: (mark) => SIGNS[mark], pointer: ">" };
}
