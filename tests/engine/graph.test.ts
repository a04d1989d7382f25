import { expect, test } from "vitest";
import { findMistakes } from "../../tasks/engine/mistakes.ts";
import { select } from "../../tasks/engine/select.ts";
import { forEach, type Task, task } from "../../tasks/engine/task.ts";
import { issue, summary } from "../support/engine.ts";

const run = async () => "";

const backlog = task("discover", { summary, run });
const plan = task("plan", { summary, needs: { backlog }, run: async () => [issue("A")] });
const ready = task("preflight", { summary, needs: { plan }, run });
const perIssue = forEach(plan);
const worktree = perIssue("worktree:create", { summary, needs: { ready }, run });
const dev = perIssue("phase:dev", { summary, needs: { worktree }, run });
const saved = perIssue("persist", { summary, after: { worktree, dev }, run });
const cleaned = perIssue("worktree:teardown", { summary, after: { worktree, dev, saved }, run });
const declared = [backlog, plan, ready, worktree, dev, saved, cleaned];

/** What is wrong with a graph of these tasks and one goal. */
const mistakesIn = (tasks: readonly Task[], goal: readonly Task[]) =>
	findMistakes({ tasks, goals: { all: { summary, tasks: goal } } }).map(({ what }) => what);

const namesOf = (...goals: Parameters<typeof select>[1]) => select(declared, goals).tasks.map(({ name }) => name);

test("a run-wide task without needs is selected alone", () => {
	expect(namesOf(backlog)).toEqual(["discover"]);
});

test("a goal pulls in what it needs, and what that needs", () => {
	expect(namesOf(dev)).toEqual(["discover", "plan", "preflight", "worktree:create", "phase:dev"]);
});

test("a per-issue task that needs nothing pulls in the list of issues and what that needs", () => {
	const alone = perIssue("alone", { summary, run });
	const { tasks } = select([backlog, plan, ready, alone], [alone]);
	expect(tasks).toEqual([backlog, plan, alone]);
});

test("a goal does not pull in what it only waits for", () => {
	expect(namesOf(cleaned)).toEqual(["discover", "plan", "worktree:teardown"]);
});

test("a task that is waited for and needed by another goal is selected", () => {
	expect(namesOf(saved, dev)).toEqual(["discover", "plan", "preflight", "worktree:create", "phase:dev", "persist"]);
});

test("goals in any order, or named twice, give the tasks once and in file order", () => {
	const expected = ["discover", "plan", "preflight", "worktree:create", "phase:dev", "persist", "worktree:teardown"];
	expect(namesOf(cleaned, saved, dev, cleaned)).toEqual(expected);
});

test("the goals are told apart from what they pull in", () => {
	expect([...select(declared, [cleaned, dev]).goals]).toEqual([cleaned, dev]);
});

test("a task that stands above one that it needs is refused", () => {
	expect(mistakesIn([backlog, plan, ready, dev, worktree], [backlog])).toContainEqual(
		expect.stringContaining('task "phase:dev" is listed above "worktree:create"'),
	);
});

test("a task that stands above one that it waits for is refused", () => {
	expect(mistakesIn([backlog, plan, ready, worktree, saved, dev], [backlog])).toContainEqual(
		expect.stringContaining('task "persist" is listed above "phase:dev"'),
	);
});

test("a task that is listed twice is refused", () => {
	expect(mistakesIn([backlog, backlog], [backlog])).toContainEqual(
		expect.stringContaining('task "discover" is listed twice'),
	);
});

test("two tasks of one name are refused", () => {
	const other = task("discover", { summary, run });
	expect(mistakesIn([backlog, other], [backlog])).toContainEqual(
		expect.stringContaining('two tasks are called "discover"'),
	);
});

test("a goal that is not listed is refused", () => {
	expect(mistakesIn([backlog], [plan])).toContainEqual(expect.stringContaining('task "plan" is used, but not listed'));
});

test("a list of issues that is not listed is refused", () => {
	const alone = perIssue("alone", { summary, run });
	expect(mistakesIn([alone], [alone])).toContainEqual(expect.stringContaining('task "plan" is used, but not listed'));
});

test("a needed task that is listed nowhere is refused as not listed, not as in the wrong place", () => {
	expect(mistakesIn([plan], [plan])).toContainEqual(expect.stringContaining('task "discover" is used, but not listed'));
});
