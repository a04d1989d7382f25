import { expect, test } from "vitest";
import { type Freshness, forEach, type IssueContext, type IssueLike } from "../../tasks/engine/task.ts";
import { heldAction, issue, outcomesOf, planOf, quiet, run, summary } from "../support/engine.ts";

// What is slow to start is got going early, by a task's `prepare`.

const done = <T>(value: T) => ({ status: "done", value });
const stopped = new Error("stopped");

/** Issues whose `worktree` waits to be let go, and a `dev` that is up to date for some of them. */
function prepared(issues: readonly IssueLike[], ...fresh: readonly string[]) {
	const prepares: string[] = [];
	const create = heldAction();
	const plan = planOf(...issues);
	const perIssue = forEach(plan);
	const worktree = perIssue("worktree", { summary, run: create.run });
	const dev = perIssue("dev", {
		summary,
		needs: { worktree },
		prepare: ({ issue }) => prepares.push(issue.id),
		upToDate: async ({ issue }: IssueContext<IssueLike>): Promise<Freshness<string>> =>
			fresh.includes(issue.id) ? { upToDate: true, value: "kept" } : { upToDate: false, because: "changed" },
		run: async () => "made",
	});
	return { prepares, create, tasks: [plan, worktree, dev], plan, dev };
}

test("it happens once an issue, when the issue's first task starts", async () => {
	const { prepares, create, tasks, dev } = prepared([issue("A"), issue("B")]);
	const finished = run(tasks, [dev]);
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
	const { prepares, create, tasks, plan, dev } = prepared([issue("A"), issue("B"), issue("C")]);
	const tidy = heldAction();
	const saved = forEach(plan)("saved", { summary, after: { dev }, run: tidy.run });
	const finished = run([...tasks, saved], [dev, saved]);
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
	const prepares: string[] = [];
	const work = heldAction();
	const plan = planOf(issue("A"), issue("B"), issue("C", "A"));
	const dev = forEach(plan)("dev", {
		summary,
		prepare: ({ issue }) => prepares.push(issue.id),
		run: (_, context: IssueContext<IssueLike>) => {
			context.report({ kind: "at-work" });
			context.report({ kind: "at-work" });
			return work.run(_, context);
		},
	});
	const finished = run([plan, dev], [dev]);
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
	const prepares: string[] = [];
	const [work, tidy] = [heldAction(), heldAction()];
	const plan = planOf(issue("A"), issue("B"));
	const dev = forEach(plan)("dev", {
		summary,
		prepare: ({ issue }) => prepares.push(issue.id),
		run: (_, context: IssueContext<IssueLike>) => {
			context.report({ kind: "at-work" });
			return work.run(_, context);
		},
	});
	const saved = forEach(plan)("saved", { summary, after: { dev }, run: tidy.run });
	const finished = run([plan, dev, saved], [dev, saved], { failFast: true });
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
	const { prepares, create, tasks, dev } = prepared([issue("A"), issue("B")], "A");
	const finished = run(tasks, [dev]);
	await quiet();
	await create.release("B");
	await finished;
	expect(prepares).toEqual(["B"]);
});

test("not for a task that nothing calls for", async () => {
	const { prepares, tasks, plan, dev } = prepared([issue("A")]);
	const upToDate = async () => ({ upToDate: true, value: "kept" }) as const;
	const verify = forEach(plan)("verify", { summary, needs: { dev }, upToDate, run: async () => "" });
	const report = await run([...tasks, verify], [verify]);
	expect(outcomesOf(report).A?.dev).toEqual({ status: "not-in-run" });
	expect(prepares).toEqual([]);
});

test("not for an issue that is blocked", async () => {
	const { prepares, tasks, dev } = prepared([issue("A", "A-9")]);
	await run(tasks, [dev]);
	expect(prepares).toEqual([]);
});

test("not for an issue that the run no longer starts", async () => {
	const { prepares, create, tasks, dev } = prepared([issue("A"), issue("B")]);
	const finished = run(tasks, [dev], { failFast: true });
	await quiet();
	await create.fail("A", stopped);
	await finished;
	expect(prepares).toEqual(["A"]);
});
