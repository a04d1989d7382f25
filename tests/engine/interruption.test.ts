import { describe, expect, test } from "vitest";
import type { IssueLike } from "../../tasks/engine/issue.ts";
import { type Freshness, forEach, task } from "../../tasks/engine/task.ts";
import {
	heldAction,
	issue,
	outcomesOf,
	type PromiseWithResolvers,
	planOf,
	quiet,
	run,
	summary,
	withResolvers,
} from "../support/engine.ts";

const done = <T>(value: T) => ({ status: "done", value });
const cut = { status: "cancelled", started: true, error: new Error("stopped") };
const notStarted = { status: "cancelled", started: false };
const stopped = new Error("stopped");

/** A graph like the orchfile's, every action of it let go by hand, over these issues. */
function world(...issues: readonly IssueLike[]) {
	const interruption = new AbortController();
	const termination = new AbortController();
	const [create, develop, save, clean] = [heldAction(), heldAction(), heldAction(), heldAction()];
	const plan = planOf(...issues);
	const perIssue = forEach(plan);
	const worktree = perIssue("worktree", { summary, run: create.run });
	const dev = perIssue("dev", { summary, needs: { worktree }, run: develop.run });
	const saved = perIssue("saved", { summary, after: { worktree, dev }, run: save.run });
	const cleaned = perIssue("cleaned", { summary, after: { worktree, dev, saved }, run: clean.run });
	const tasks = [plan, worktree, dev, saved, cleaned];
	const signals = { interrupt: interruption.signal, terminate: termination.signal };
	return {
		...{ create, develop, save, clean },
		start: (settings: { readonly jobs?: number; readonly failFast?: boolean } = {}) =>
			run(tasks, [dev, saved, cleaned], { ...signals, ...settings }),
		startSettling: () => run(tasks, [saved, cleaned], signals),
		interrupt: () => interruption.abort(),
		terminate: () => termination.abort(),
	};
}

describe("the first interruption", () => {
	const nothing = { worktree: notStarted, dev: notStarted, saved: notStarted, cleaned: notStarted };

	test("the running action is told to stop, its throw is no failure, and what it left is tidied up", async () => {
		const { create, develop, save, clean, start, interrupt } = world(issue("A"), issue("B"), issue("C", "A"));
		const finished = start();
		await quiet();
		await create.release("A");
		expect(develop.signalOf("A").aborted).toBe(false);
		interrupt();
		expect(develop.signalOf("A").aborted).toBe(true);
		await develop.fail("A", stopped);
		expect(save.held()).toEqual(["A"]);
		expect(save.signalOf("A").aborted).toBe(false);
		await save.release("A");
		expect(clean.held()).toEqual(["A"]);
		expect(clean.signalOf("A").aborted).toBe(false);
		await clean.release("A");
		const report = await finished;
		expect(outcomesOf(report)).toEqual({
			A: { worktree: done("A"), dev: cut, saved: done("A"), cleaned: done("A") },
			B: nothing,
			C: nothing,
		});
		expect(report.stop).toEqual({ kind: "interrupted" });
		expect(create.calls).toEqual(["A"]);
	});

	test("an action that ends well all the same is done, and the next one is not started", async () => {
		const { create, develop, save, clean, start, interrupt } = world(issue("A"));
		const finished = start();
		await quiet();
		interrupt();
		await create.release("A");
		expect(develop.calls).toEqual([]);
		await save.release("A");
		await clean.release("A");
		const tidied = { saved: done("A"), cleaned: done("A") };
		expect(outcomesOf(await finished)).toEqual({ A: { worktree: done("A"), dev: notStarted, ...tidied } });
	});

	test("a task whose need was cut off is cancelled, not blocked", async () => {
		const { create, save, clean, start, interrupt } = world(issue("A"));
		const finished = start();
		await quiet();
		interrupt();
		await create.fail("A", stopped);
		await save.release("A");
		await clean.release("A");
		expect(outcomesOf(await finished).A).toMatchObject({ worktree: cut, dev: notStarted });
	});

	test("a task that waits but also uses a value does not outlive it", async () => {
		const interruption = new AbortController();
		const action = heldAction();
		const late = heldAction();
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const worktree = perIssue("worktree", { summary, run: async () => "" });
		const dev = perIssue("dev", { summary, needs: { worktree }, run: action.run });
		const publish = perIssue("publish", { summary, needs: { worktree }, after: { dev }, run: late.run });
		const finished = run([plan, worktree, dev, publish], [dev, publish], { interrupt: interruption.signal });
		await quiet();
		interruption.abort();
		await action.fail("A", stopped);
		expect(late.calls).toEqual([]);
		expect(outcomesOf(await finished).A).toMatchObject({ dev: cut, publish: notStarted });
	});

	test("with fail-fast, it is not taken for a failure", async () => {
		const { create, save, clean, start, interrupt } = world(issue("A"), issue("B"));
		const finished = start({ failFast: true });
		await quiet();
		interrupt();
		await create.fail("A", stopped);
		await save.release("A");
		await clean.release("A");
		expect((await finished).stop).toEqual({ kind: "interrupted" });
	});

	test("what had failed before stays failed", async () => {
		const { create, save, clean, start, interrupt } = world(issue("A"));
		const finished = start();
		await quiet();
		await create.fail("A", stopped);
		interrupt();
		await save.release("A");
		await clean.release("A");
		const report = await finished;
		expect(outcomesOf(report).A).toMatchObject({ worktree: { status: "failed", error: stopped }, saved: done("A") });
		expect(report.stop).toEqual({ kind: "interrupted" });
	});

	test("all issues that run are stopped and tidied up, side by side", async () => {
		const { create, save, clean, start, interrupt } = world(issue("A"), issue("B"), issue("C"));
		const finished = start({ jobs: 2 });
		await quiet();
		expect(create.held()).toEqual(["A", "B"]);
		interrupt();
		expect([create.signalOf("A").aborted, create.signalOf("B").aborted]).toEqual([true, true]);
		await create.fail("A", stopped);
		await create.fail("B", stopped);
		expect(save.held()).toEqual(["A", "B"]);
		for (const id of ["B", "A"]) await save.release(id);
		for (const id of ["A", "B"]) await clean.release(id);
		const tidied = { worktree: cut, dev: notStarted, saved: done("A"), cleaned: done("A") };
		expect(outcomesOf(await finished)).toMatchObject({ A: tidied, B: { worktree: cut, saved: done("B") }, C: nothing });
		expect(create.calls).toEqual(["A", "B"]);
	});

	test("in a run that only settles, the issue at hand is tidied up to its end and no other is begun", async () => {
		const { save, clean, startSettling, interrupt } = world(issue("A"), issue("B"));
		const finished = startSettling();
		await quiet();
		interrupt();
		expect(save.signalOf("A").aborted).toBe(false);
		await save.release("A");
		await clean.release("A");
		expect(outcomesOf(await finished)).toEqual({
			A: { saved: done("A"), cleaned: done("A") },
			B: { saved: notStarted, cleaned: notStarted },
		});
	});

	test("before the run, no issue is started", async () => {
		const { create, save, start, interrupt } = world(issue("A"));
		interrupt();
		const report = await start();
		expect(report.stop).toEqual({ kind: "interrupted" });
		expect([...create.calls, ...save.calls]).toEqual([]);
	});

	test("while the list of issues is made, they are known and none is started", async () => {
		const interruption = new AbortController();
		const action = heldAction();
		const list = withResolvers<IssueLike[]>();
		const plan = task("plan", { summary, run: () => list.promise });
		const dev = forEach(plan)("dev", { summary, run: action.run });
		const finished = run([plan, dev], [dev], { interrupt: interruption.signal });
		await quiet();
		interruption.abort();
		list.resolve([issue("A"), issue("B", "A")]);
		const report = await finished;
		expect(outcomesOf(report)).toEqual({ A: { dev: notStarted }, B: { dev: notStarted } });
		expect(report.stop).toEqual({ kind: "interrupted" });
		expect(action.calls).toEqual([]);
	});

	test("while the last task of the last issue runs, the run ends as interrupted", async () => {
		const { create, develop, save, clean, start, interrupt } = world(issue("A"));
		const finished = start();
		await quiet();
		await create.release("A");
		await develop.release("A");
		await save.release("A");
		interrupt();
		await clean.release("A");
		const report = await finished;
		expect(outcomesOf(report).A?.cleaned).toEqual(done("A"));
		expect(report.stop).toEqual({ kind: "interrupted" });
	});
});

describe("an interruption while a task is asked whether it is up to date", () => {
	/** Interrupts a run in which `dev` waits for this answer; tells what was called then. */
	async function interruptBefore(settle: (answer: PromiseWithResolvers<Freshness<string>>) => void) {
		const calls: string[] = [];
		const interruption = new AbortController();
		const answer = withResolvers<Freshness<string>>();
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const dev = perIssue("dev", {
			summary,
			upToDate: () => answer.promise,
			run: async () => `${calls.push("dev")}`,
		});
		const saved = perIssue("saved", { summary, after: { dev }, run: async () => calls.push("saved") });
		const finished = run([plan, dev, saved], [dev, saved], { interrupt: interruption.signal });
		await quiet();
		interruption.abort();
		settle(answer);
		return { calls, outcomes: outcomesOf(await finished) };
	}

	test("nothing is started or tidied up when it is not", async () => {
		const { calls, outcomes } = await interruptBefore(({ resolve }) =>
			resolve({ upToDate: false, because: "changed" }),
		);
		expect(outcomes).toEqual({ A: { dev: notStarted, saved: notStarted } });
		expect(calls).toEqual([]);
	});

	test("nothing counts as started, and nothing is tidied up, when the question is cut off", async () => {
		const { calls, outcomes } = await interruptBefore(({ reject }) => reject(stopped));
		expect(outcomes).toEqual({ A: { dev: notStarted, saved: notStarted } });
		expect(calls).toEqual([]);
	});
});

describe("an interruption before any issue is known", () => {
	test("a run-wide task that throws on it is cancelled, and no issue is known", async () => {
		const interruption = new AbortController();
		const list = withResolvers<IssueLike[]>();
		const plan = task("plan", { summary, run: () => list.promise });
		const ready = task("preflight", { summary, needs: { plan }, run: async () => "" });
		const dev = forEach(plan)("dev", { summary, needs: { ready }, run: async () => "" });
		const finished = run([plan, ready, dev], [dev], { interrupt: interruption.signal });
		await quiet();
		interruption.abort();
		list.reject(stopped);
		const report = await finished;
		expect(Object.fromEntries(report.run)).toEqual({ plan: cut, preflight: notStarted });
		expect(report).toMatchObject({ issues: [], stop: { kind: "interrupted" } });
	});

	test("a run-wide task that ends well all the same is followed by no other", async () => {
		const called: string[] = [];
		const interruption = new AbortController();
		const found = withResolvers<string>();
		const backlog = task("discover", { summary, run: () => found.promise });
		const plan = task("plan", { summary, needs: { backlog }, run: async () => `${called.push("plan")}` });
		const finished = run([backlog, plan], [plan], { interrupt: interruption.signal });
		await quiet();
		interruption.abort();
		found.resolve("found");
		const report = await finished;
		expect(called).toEqual([]);
		expect(Object.fromEntries(report.run)).toEqual({ discover: done("found"), plan: notStarted });
		expect(report.stop).toEqual({ kind: "interrupted" });
	});
});

describe("the second interruption", () => {
	test("a settling task that runs is told to stop as well", async () => {
		const { create, develop, save, start, interrupt, terminate } = world(issue("A"));
		const finished = start();
		await quiet();
		await create.release("A");
		interrupt();
		await develop.fail("A", stopped);
		expect(save.signalOf("A").aborted).toBe(false);
		terminate();
		expect(save.signalOf("A").aborted).toBe(true);
		await save.fail("A", stopped);
		expect(outcomesOf(await finished)).toEqual({
			A: { worktree: done("A"), dev: cut, saved: cut, cleaned: notStarted },
		});
	});

	test("before it, a settling task that throws has failed", async () => {
		const { create, save, clean, start, interrupt } = world(issue("A"));
		const finished = start();
		await quiet();
		interrupt();
		await create.fail("A", stopped);
		await save.fail("A", stopped);
		await clean.release("A");
		expect(outcomesOf(await finished).A?.saved).toEqual({ status: "failed", error: stopped });
	});
});
