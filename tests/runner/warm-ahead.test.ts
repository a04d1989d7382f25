import { expect, test } from "vitest";
import type { RunEvent } from "../../tasks/engine/event.ts";
import type { IssueLike } from "../../tasks/engine/issue.ts";
import { type Freshness, forEach, type IssueContext } from "../../tasks/engine/task.ts";
import { WarmAhead } from "../../tasks/runner/warm-ahead.ts";
import { heldAction, issue, outcomesOf, planOf, quiet, run, summary } from "../support/engine.ts";

// What is slow to start is got going early, by a turn's task that watches the run.

/** A watcher as the command line has it, and the issues that it warmed for. */
function watching(failFast = false) {
	const prepares: string[] = [];
	const ahead = new WarmAhead((id) => prepares.push(id));
	const onEvent = (event: RunEvent) => ahead.take(event, { task: "dev", failFast });
	return { prepares, onEvent };
}

const done = <T>(value: T) => ({ status: "done", value });
const stopped = new Error("stopped");

/** Issues whose `worktree` waits to be let go, and a `dev` that is up to date for some of them. */
function prepared(issues: readonly IssueLike[], ...fresh: readonly string[]) {
	const { prepares, onEvent } = watching();
	const create = heldAction();
	const plan = planOf(...issues);
	const perIssue = forEach(plan);
	const worktree = perIssue("worktree", { summary, run: create.run });
	const dev = perIssue("dev", {
		summary,
		needs: { worktree },
		upToDate: async ({ issue }: IssueContext<IssueLike>): Promise<Freshness<string>> =>
			fresh.includes(issue.id) ? { upToDate: true, value: "kept" } : { upToDate: false, because: "changed" },
		run: async () => "made",
	});
	return { prepares, onEvent, create, tasks: [plan, worktree, dev], plan, dev };
}

test("it happens once an issue, when the issue's first task starts", async () => {
	const { prepares, onEvent, create, tasks, dev } = prepared([issue("A"), issue("B")]);
	const finished = run(tasks, [dev], { onEvent });
	await quiet();
	expect(create.held()).toEqual(["A"]);
	expect(prepares).toEqual(["A"]);
	await create.release("A");
	expect(create.held()).toEqual(["B"]);
	expect(prepares).toEqual(["A", "B"]);
	await create.release("B");
	expect(outcomesOf(await finished)).toMatchObject({ A: { dev: done("made") }, B: { dev: done("made") } });
	expect(prepares).toEqual(["A", "B"]);
});

test("for the issue that is next it happens while the one before is being tidied up", async () => {
	const { prepares, onEvent, create, tasks, plan, dev } = prepared([issue("A"), issue("B"), issue("C")]);
	const tidy = heldAction();
	const saved = forEach(plan)("saved", { summary, after: { dev }, run: tidy.run });
	const finished = run([...tasks, saved], [dev, saved], { onEvent });
	await quiet();
	await create.release("A");
	expect([tidy.held(), create.held(), prepares]).toEqual([["A"], [], ["A", "B"]]);
	await tidy.release("A");
	expect([tidy.held(), create.held(), prepares]).toEqual([[], ["B"], ["A", "B"]]);
	for (const id of ["B", "C"]) {
		await create.release(id);
		await tidy.release(id);
	}
	await finished;
	expect(prepares).toEqual(["A", "B", "C"]);
});

test("for the issue that is next it happens while the task is at work on the one before, and says so", async () => {
	const { prepares, onEvent } = watching();
	const work = heldAction();
	const plan = planOf(issue("A"), issue("B"), issue("C", "A"));
	const dev = forEach(plan)("dev", {
		summary,
		run: (_, context: IssueContext<IssueLike>) => {
			context.report({ kind: "at-work" });
			context.report({ kind: "at-work" });
			return work.run(_, context);
		},
	});
	const finished = run([plan, dev], [dev], { onEvent });
	await quiet();
	expect([work.held(), prepares]).toEqual([["A"], ["A", "B"]]);
	await work.release("A");
	expect([work.held(), prepares]).toEqual([["B"], ["A", "B", "C"]]);
	await work.release("B");
	await work.release("C");
	await finished;
	expect(prepares).toEqual(["A", "B", "C"]);
});

test("with a stop at the first failure, not before the task has ended well for the one before", async () => {
	const { prepares, onEvent } = watching(true);
	const [work, tidy] = [heldAction(), heldAction()];
	const plan = planOf(issue("A"), issue("B"));
	const dev = forEach(plan)("dev", {
		summary,
		run: (_, context: IssueContext<IssueLike>) => {
			context.report({ kind: "at-work" });
			return work.run(_, context);
		},
	});
	const saved = forEach(plan)("saved", { summary, after: { dev }, run: tidy.run });
	const finished = run([plan, dev, saved], [dev, saved], { failFast: true, onEvent });
	await quiet();
	expect(prepares).toEqual(["A"]);
	await work.release("A");
	expect([tidy.held(), prepares]).toEqual([["A"], ["A", "B"]]);
	await tidy.release("A");
	await work.release("B");
	await tidy.release("B");
	await finished;
});

test("not for a task that is up to date", async () => {
	const { prepares, onEvent, create, tasks, dev } = prepared([issue("A"), issue("B")], "A");
	const finished = run(tasks, [dev], { onEvent });
	await quiet();
	await create.release("B");
	await finished;
	expect(prepares).toEqual(["B"]);
});

test("not for a task that nothing calls for", async () => {
	const { prepares, onEvent, tasks, plan, dev } = prepared([issue("A")]);
	const upToDate = async () => ({ upToDate: true, value: "kept" }) as const;
	const verify = forEach(plan)("verify", { summary, needs: { dev }, upToDate, run: async () => "" });
	const report = await run([...tasks, verify], [verify], { onEvent });
	expect(outcomesOf(report).A?.dev).toEqual({ status: "not-in-run" });
	expect(prepares).toEqual([]);
});

test("not for an issue that is blocked", async () => {
	const { prepares, onEvent, tasks, dev } = prepared([issue("A", "A-9")]);
	await run(tasks, [dev], { onEvent });
	expect(prepares).toEqual([]);
});

test("not for an issue that the run no longer starts", async () => {
	const { prepares, onEvent, create, tasks, dev } = prepared([issue("A"), issue("B")]);
	const finished = run(tasks, [dev], { failFast: true, onEvent });
	await quiet();
	await create.fail("A", stopped);
	await finished;
	expect(prepares).toEqual(["A"]);
});
