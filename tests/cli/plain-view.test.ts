import { expect, test } from "vitest";
import { plainView } from "../../tasks/cli/views/plain-view.ts";
import { type Say, withNames } from "../../tasks/cli/words/say.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";

const say: Say = withNames(Object.assign((words: string) => words, { git: (words: string) => words }));
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
	);
	tell({
		started: (issue, task) => view.onEvent({ kind: "task-started", issue, task }),
		settled: (issue, task, outcome) => view.onEvent({ kind: "task-settled", issue, task, outcome }),
	});
	return text;
}
