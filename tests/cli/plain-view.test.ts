import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { plainView } from "../../tasks/cli/views/plain-view.ts";
import type { Activity } from "../../tasks/contract/activity.ts";
import type { IssuePlan } from "../../tasks/contract/issue.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { task } from "../../tasks/engine/task.ts";
import { testSay } from "../support/say.ts";

const say = testSay("", "");
const TASKS = ["worktree:create", "phase:dev", "persist", "worktree:teardown"];

for (const verbose of [false, true]) {
	test(`an issue that was not begun says so in one line${verbose ? ", also with --verbose" : ""}`, () => {
		const text = viewOf((view) => {
			for (const task of TASKS) {
				view.settled("A-2", task, { status: "blocked", by: { issue: "A-1" } });
				view.settled("A-3", task, { status: "cancelled", started: false });
			}
		}, verbose);
		expect(text).toBe("A-2  blocked by A-1\nA-3  not started\n");
	});
}

test("an issue that was begun says of each task what became of it", () => {
	const text = viewOf((view) => {
		view.started("A-1", "worktree:create");
		view.settled("A-1", "worktree:create", { status: "failed", error: new Error("x") });
		view.settled("A-1", "phase:dev", { status: "blocked", by: { task: "worktree:create" } });
		view.settled("A-1", "persist", { status: "cancelled", started: false });
	}, false);
	expect(text).toBe(
		"A-1  worktree:create  failed: error\nA-1  phase:dev  blocked by worktree:create\nA-1  persist  not started\n",
	);
});

describe("with a clock", () => {
	beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 10, 26, 9, 5, 7) }));
	afterEach(() => void vi.useRealTimers());

	test("the time stands behind the name that a line begins with, so that lines are found by their issue", () => {
		const { view, text } = clocked(false);
		view.onEvent({ kind: "task-started", task: "preflight" });
		view.onEvent({ kind: "task-started", issue: "A-1", task: "phase:dev" });
		view.onEvent(said({ kind: "command", command: "npm test" }));
		view.onEvent({ kind: "task-settled", issue: "A-2", task: "persist", outcome: blocked });
		expect(text()).toBe(
			"preflight  09:05:07  look before\nA-1  09:05:07  phase:dev  started\nA-1  09:05:07  phase:dev  $ npm test\nA-2  09:05:07  blocked by A-1\n",
		);
	});

	test("an agent that writes no line has one a minute, whether it says something that is not shown or nothing", () => {
		const { view, text } = clocked(false);
		view.onEvent({ kind: "task-started", issue: "A-1", task: "phase:dev" });
		vi.advanceTimersByTime(50_000);
		view.onEvent(said({ kind: "message", text: "thinking" }));
		vi.advanceTimersByTime(70_000);
		expect(text().split("\n").slice(1)).toEqual([
			"A-1  09:06:07  phase:dev  at work for 1m00s, last heard of 10s ago",
			"A-1  09:07:07  phase:dev  at work for 2m00s, last heard of 1m10s ago",
			"",
		]);
	});

	test("what puts several issues together is told as it begins where there are several, and as nothing where there is one", () => {
		for (const many of [1, 2]) {
			const { view, text } = clocked(false);
			const issues = ["A-1", "A-2"]
				.slice(0, many)
				.map((id) => ({ id, blockers: [] })) as unknown as readonly IssuePlan[];
			view.onEvent({ kind: "issues-known", issues });
			view.onEvent({ kind: "task-started", task: "report" });
			const outcome = { status: "done", value: { kind: "nothing-to-report" } } as const;
			view.onEvent({ kind: "task-settled", task: "report", outcome });
			expect(text()).toBe(many === 1 ? "" : "report  09:05:07  put together\n");
		}
	});

	test("a line puts it off, and what has ended has none", async () => {
		const { view, text } = clocked(false);
		for (const task of ["worktree:setup", "phase:dev"]) view.onEvent({ kind: "task-started", issue: "A-1", task });
		vi.advanceTimersByTime(59_000);
		view.onEvent(said({ kind: "command", command: "npm test" }));
		view.onEvent({ kind: "task-settled", issue: "A-1", task: "worktree:setup", outcome: blocked });
		vi.advanceTimersByTime(59_000);
		expect(text()).not.toContain("at work");
		vi.advanceTimersByTime(1_000);
		expect(text()).toMatch(/^A-1 {2}09:07:06 {2}phase:dev {2}at work for 1m59s, last heard of 1m00s ago\n$/m);
		await view.close();
		const before = text();
		vi.advanceTimersByTime(600_000);
		expect(text()).toBe(before);
	});

	test("--verbose has the last that a command prints, line by line, also where it repeats itself", () => {
		const output = { kind: "output", lines: ["ok", "ok", "1 failed"], isCut: true, exitCode: 3 } as const;
		const verbose = clocked(true);
		verbose.view.onEvent(said(output));
		expect(verbose.text()).toBe(
			["… what came before is in the log", "ok", "ok", "1 failed", "exit code 3"]
				.map((line) => `A-1  09:05:07  phase:dev  | ${line}\n`)
				.join(""),
		);
		const usual = clocked(false);
		usual.view.onEvent(said(output));
		expect(usual.text()).toBe("");
	});
});

const blocked: Outcome<unknown> = { status: "blocked", by: { issue: "A-1" } };

function said(activity: Activity) {
	return { kind: "task-activity", issue: "A-1", task: "phase:dev", activity } as const;
}

function clocked(verbose: boolean) {
	let text = "";
	const tasks = [
		task("preflight", { summary: "look before", run: async () => ({}) }),
		{ ...task("report", { summary: "put together", run: async () => ({}) }), role: "report" },
		{ ...task("phase:dev", { summary: "work", run: async () => ({}) }), role: "turn" },
	];
	const write = (more: string): void => {
		text += more;
	};
	return { view: plainView(write, say, verbose, tasks, () => new Date()), text: () => text };
}

interface Told {
	started(issue: string, task: string): void;
	settled(issue: string, task: string, outcome: Outcome<unknown>): void;
}

function viewOf(tell: (view: Told) => void, verbose: boolean): string {
	let text = "";
	const view = plainView(
		(more) => {
			text += more;
		},
		say,
		verbose,
		[],
	);
	tell({
		started: (issue, task) => view.onEvent({ kind: "task-started", issue, task }),
		settled: (issue, task, outcome) => view.onEvent({ kind: "task-settled", issue, task, outcome }),
	});
	return text;
}
