import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../tasks/engine/event.ts";
import type { IssueLike } from "../../tasks/engine/issue.ts";
import { type Freshness, forEach, type IssueContext, type Task, task } from "../../tasks/engine/task.ts";
import { heldAction, issue, outcomesOf, planOf, quiet, run, summary } from "../support/engine.ts";

const done = <T>(value: T) => ({ status: "done", value });
const failed = (error: Error) => ({ status: "failed", error });
const blockedByTask = (name: string) => ({ status: "blocked", by: { task: name } });
const blockedByIssue = (id: string) => ({ status: "blocked", by: { issue: id } });
const cancelled = { status: "cancelled", started: false };
const notInRun = { status: "not-in-run" };

const broken = new Error("broken");
const pass = async () => "passed";
const fail = async (): Promise<never> => {
	throw broken;
};
const fresh = async () => ({ upToDate: true, value: "kept" }) as const;
const stale = async (): Promise<Freshness<string>> => ({ upToDate: false, because: "changed" });

/** An action that fails for these issues. */
const failFor =
	(...ids: readonly string[]) =>
	async (_: unknown, context: IssueContext<IssueLike>): Promise<string> => {
		if (ids.includes(context.issue.id)) throw broken;
		return context.issue.id;
	};

describe("what an action receives", () => {
	test("the values of what it needs, by key, from the run and from its own issue", async () => {
		const total = task("total", { summary, run: async () => 2 });
		const plan = task("plan", {
			summary,
			needs: { total },
			run: async ({ total }) => Array.from({ length: total }, (_, index) => issue(`A-${index}`)),
		});
		const perIssue = forEach(plan);
		const name = perIssue("name", { summary, run: async (_, { issue }) => issue.id.toLowerCase() });
		const label = perIssue("label", {
			summary,
			needs: { of: total, text: name },
			run: async (input: { readonly of: number; readonly text: string }) => ({ ...input }),
		});
		const report = await run([total, plan, name, label], [label]);
		expect(report.run).toEqual(new Map<string, unknown>([["total", done(2)], ["plan", done(report.issues)]])); // biome-ignore format: a row an entry
		expect(outcomesOf(report)).toEqual({
			"A-0": { name: done("a-0"), label: done({ of: 2, text: "a-0" }) },
			"A-1": { name: done("a-1"), label: done({ of: 2, text: "a-1" }) },
		});
	});

	test("the outcomes of what it waits for, by key, from the run and from its own issue", async () => {
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const good = perIssue("good", { summary, run: async () => 1 });
		const bad = perIssue("bad", { summary, run: fail });
		const after = { list: plan, one: good, other: bad };
		const last = perIssue("last", { summary, after, run: async (input) => ({ ...input }) });
		const report = await run([plan, good, bad, last], [good, bad, last]);
		const received = { list: done([issue("A")]), one: done(1), other: failed(broken) };
		expect(outcomesOf(report).A?.last).toEqual(done(received));
	});

	test("the run's options, and a way to tell what it is doing", async () => {
		const events: RunEvent[] = [];
		const plan = planOf(issue("A"));
		const dev = forEach(plan)("dev", {
			summary,
			run: async (_: unknown, context: IssueContext<IssueLike, { readonly model: string }>) => {
				context.report({ kind: "thinking" });
				return context.options.model;
			},
		});
		const onEvent = (event: RunEvent) => events.push(event);
		const report = await run([plan, dev], [dev], { options: { model: "small" }, onEvent });
		expect(outcomesOf(report)).toEqual({ A: { dev: done("small") } });
		expect(events).toEqual([
			{ kind: "task-started", task: "plan" },
			{ kind: "task-settled", task: "plan", outcome: done([issue("A")]) },
			{ kind: "issues-known", issues: [issue("A")] },
			{ kind: "issue-started", issue: "A" },
			{ kind: "issue-called", issue: "A", tasks: ["dev"] },
			{ kind: "task-started", task: "dev", issue: "A" },
			{ kind: "task-activity", task: "dev", issue: "A", activity: { kind: "thinking" } },
			{ kind: "task-settled", task: "dev", issue: "A", outcome: done("small") },
			{ kind: "issue-settled", issue: "A", outcomes: new Map([["dev", done("small")]]) },
			{ kind: "run-settled" },
		]);
	});
});

describe("an action that throws", () => {
	test("a failed task blocks what needs it and what needs that, and each names the one that failed", async () => {
		const called: string[] = [];
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const worktree = perIssue("worktree", { summary, run: fail });
		const dev = perIssue("dev", { summary, needs: { worktree }, run: async () => called.push("dev") });
		const verify = perIssue("verify", { summary, needs: { dev }, run: async () => called.push("verify") });
		const aside = perIssue("aside", { summary, run: pass });
		const report = await run([plan, worktree, dev, verify, aside], [verify, aside]);
		expect(outcomesOf(report)).toEqual({
			A: {
				worktree: failed(broken),
				dev: blockedByTask("worktree"),
				verify: blockedByTask("worktree"),
				aside: done("passed"),
			},
		});
		expect(called).toEqual([]);
		expect(report.stop).toBeUndefined();
	});

	test("an action that throws before it returns a promise fails as any other", async () => {
		const plan = planOf(issue("A"));
		const dev = forEach(plan)("dev", {
			summary,
			run: () => {
				throw broken;
			},
		});
		expect(outcomesOf(await run([plan, dev], [dev]))).toEqual({ A: { dev: failed(broken) } });
	});

	test.each([
		{ what: "a string", thrown: "no disk", message: "no disk" },
		{ what: "nothing", thrown: undefined, message: "undefined" },
		{ what: "a symbol", thrown: Symbol("no disk"), message: "Symbol(no disk)" },
		{ what: "an object without a prototype", thrown: Object.create(null), message: expect.any(String) },
	])("$what that is thrown fails the task with an error that keeps it", async ({ thrown, message }) => {
		const plan = planOf(issue("A"));
		const dev = forEach(plan)("dev", { summary, run: () => Promise.reject(thrown) });
		const outcome = (await run([plan, dev], [dev])).outcomes.get("A")?.get("dev");
		if (outcome?.status !== "failed") throw new Error(`dev is ${outcome?.status}`);
		expect(outcome.error).toBeInstanceOf(Error);
		expect(outcome.error.message).toEqual(message);
		expect("cause" in outcome.error && outcome.error.cause).toBe(thrown);
	});

	test("a view that breaks when an issue has settled ends the run with its error", async () => {
		const plan = planOf(issue("A"));
		const dev = forEach(plan)("dev", { summary, run: pass });
		const onEvent = ({ kind }: RunEvent) => {
			if (kind === "issue-settled") throw broken;
		};
		let thrown: unknown = "the run never ended";
		run([plan, dev], [dev], { onEvent }).catch((error) => {
			thrown = error;
		});
		await quiet();
		expect(thrown).toBe(broken);
	});
});

describe("a task that only waits", () => {
	test("it runs after what it waits for has failed, and receives the outcome", async () => {
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const worktree = perIssue("worktree", { summary, run: pass });
		const dev = perIssue("dev", { summary, needs: { worktree }, run: fail });
		const saved = perIssue("saved", { summary, after: { dev }, run: async ({ dev }) => dev });
		const cleaned = perIssue("cleaned", { summary, after: { saved }, run: async ({ saved }) => saved.status });
		const report = await run([plan, worktree, dev, saved, cleaned], [dev, saved, cleaned]);
		expect(outcomesOf(report)).toEqual({
			A: { worktree: done("passed"), dev: failed(broken), saved: done(failed(broken)), cleaned: done("done") },
		});
	});

	test("it waits until what it waits for has settled", async () => {
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const action = heldAction();
		const tidy = heldAction();
		const dev = perIssue("dev", { summary, run: action.run });
		const saved = perIssue("saved", { summary, after: { dev }, run: tidy.run });
		const finished = run([plan, dev, saved], [dev, saved]);
		await quiet();
		expect(tidy.calls).toEqual([]);
		await action.fail("A", broken);
		expect(tidy.held()).toEqual(["A"]);
		await tidy.release("A");
		expect(outcomesOf(await finished)).toEqual({ A: { dev: failed(broken), saved: done("A") } });
	});

	test("alone in a run it runs, and learns that the others were not in it", async () => {
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const dev = perIssue("dev", { summary, run: pass });
		const saved = perIssue("saved", { summary, after: { dev }, run: pass });
		const cleaned = perIssue("cleaned", { summary, after: { dev, saved }, run: async (input) => ({ ...input }) });
		const report = await run([plan, dev, saved, cleaned], [cleaned]);
		expect(outcomesOf(report)).toEqual({ A: { cleaned: done({ dev: notInRun, saved: notInRun }) } });
	});

	test("it runs after tasks that were up to date", async () => {
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const dev = perIssue("dev", { summary, upToDate: fresh, run: pass });
		const saved = perIssue("saved", { summary, after: { dev }, run: async ({ dev }) => dev });
		const report = await run([plan, dev, saved], [dev, saved]);
		expect(outcomesOf(report).A?.saved).toEqual(done({ status: "up-to-date", value: "kept" }));
	});

	test("it is not called when nothing that it waits for has begun, and says what held it", async () => {
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const worktree = perIssue("worktree", { summary, run: fail });
		const dev = perIssue("dev", { summary, needs: { worktree }, run: pass });
		const told = perIssue("told", { summary, after: { dev }, run: pass });
		const report = await run([plan, worktree, dev, told], [dev, told]);
		expect(outcomesOf(report).A).toMatchObject({ dev: blockedByTask("worktree"), told: blockedByTask("worktree") });
	});

	test("it runs when what it waits for was not called for, and the issue ends well", async () => {
		const plan = planOf(issue("A"), issue("B", "A"));
		const perIssue = forEach(plan);
		const dev = perIssue("dev", { summary, run: pass });
		const saved = perIssue("saved", { summary, after: { dev }, run: async ({ dev }) => dev });
		const publish = perIssue("publish", { summary, needs: { dev }, upToDate: fresh, run: pass });
		const report = await run([plan, dev, saved, publish], [saved, publish]);
		const outcomes = { dev: notInRun, saved: done(notInRun), publish: { status: "up-to-date", value: "kept" } };
		expect(outcomesOf(report)).toEqual({ A: outcomes, B: outcomes });
	});
});

describe("a task that may be up to date", () => {
	const plan = planOf(issue("A"));
	const perIssue = forEach(plan);

	test("one that is does not run, does not call for its needs, and hands on the value that stands", async () => {
		const called: string[] = [];
		const worktree = perIssue("worktree", { summary, run: async () => called.push("worktree") });
		const dev = perIssue("dev", { summary, needs: { worktree }, upToDate: fresh, run: pass });
		const verify = perIssue("verify", { summary, needs: { dev }, run: async ({ dev }) => `saw ${dev}` });
		const report = await run([plan, worktree, dev, verify], [verify]);
		expect(outcomesOf(report)).toEqual({
			A: { worktree: notInRun, dev: { status: "up-to-date", value: "kept" }, verify: done("saw kept") },
		});
		expect(called).toEqual([]);
	});

	test("a need of one that is up to date still runs when another task calls for it", async () => {
		const worktree = perIssue("worktree", { summary, run: pass });
		const dev = perIssue("dev", { summary, needs: { worktree }, upToDate: fresh, run: pass });
		const look = perIssue("look", { summary, needs: { worktree }, run: async ({ worktree }) => worktree });
		const report = await run([plan, worktree, dev, look], [dev, look]);
		expect(outcomesOf(report).A).toMatchObject({ worktree: done("passed"), look: done("passed") });
	});

	test("one that is not runs, with what it needs", async () => {
		const worktree = perIssue("worktree", { summary, run: pass });
		const dev = perIssue("dev", { summary, needs: { worktree }, upToDate: stale, run: pass });
		const report = await run([plan, worktree, dev], [dev]);
		expect(outcomesOf(report)).toEqual({ A: { worktree: done("passed"), dev: done("passed") } });
	});

	test("one that two tasks need is asked once", async () => {
		const asked: string[] = [];
		const upToDate = async () => {
			asked.push("worktree");
			return stale();
		};
		const worktree = perIssue("worktree", { summary, upToDate, run: pass });
		const dev = perIssue("dev", { summary, needs: { worktree }, run: pass });
		const look = perIssue("look", { summary, needs: { worktree }, run: pass });
		await run([plan, worktree, dev, look], [dev, look]);
		expect(asked).toEqual(["worktree"]);
	});

	test("forced, everything runs and nothing is asked", async () => {
		const asked: string[] = [];
		const upToDate = async () => {
			asked.push("asked");
			return { upToDate: true, value: "kept" } as const;
		};
		const worktree = perIssue("worktree", { summary, upToDate, run: pass });
		const dev = perIssue("dev", { summary, needs: { worktree }, upToDate, run: pass });
		const report = await run([plan, worktree, dev], [dev], { force: true });
		expect(outcomesOf(report)).toEqual({ A: { worktree: done("passed"), dev: done("passed") } });
		expect(asked).toEqual([]);
	});

	test("one that can't tell whether it is fails without having run, and blocks what needs it", async () => {
		const called: string[] = [];
		const dev = perIssue("dev", { summary, upToDate: fail, run: async () => called.push("dev") });
		const verify = perIssue("verify", { summary, needs: { dev }, run: pass });
		const report = await run([plan, dev, verify], [verify]);
		expect(outcomesOf(report)).toEqual({ A: { dev: failed(broken), verify: blockedByTask("dev") } });
		expect(called).toEqual([]);
	});

	test("one that can't tell whether it is does not call for its needs", async () => {
		const called: string[] = [];
		const worktree = perIssue("worktree", { summary, run: async () => called.push("worktree") });
		const dev = perIssue("dev", { summary, needs: { worktree }, upToDate: fail, run: pass });
		await run([plan, worktree, dev], [dev]);
		expect(called).toEqual([]);
	});
});

describe("an issue that waits for another", () => {
	const devOver = (
		action: (input: unknown, context: IssueContext<IssueLike>) => Promise<string>,
		...all: IssueLike[]
	) => {
		const plan = planOf(...all);
		const dev = forEach(plan)("dev", { summary, run: action });
		return { tasks: [plan, dev] as readonly Task[], goals: [dev] as readonly Task[] };
	};

	test("after a failure the whole chain behind it is blocked by the issue that failed; others go on", async () => {
		const issues = [issue("A"), issue("B", "A"), issue("C", "B"), issue("D"), issue("E", "D", "C")];
		const { tasks, goals } = devOver(failFor("A"), ...issues);
		const report = await run(tasks, goals);
		expect(outcomesOf(report)).toEqual({
			A: { dev: failed(broken) },
			B: { dev: blockedByIssue("A") },
			C: { dev: blockedByIssue("A") },
			D: { dev: done("D") },
			E: { dev: blockedByIssue("A") },
		});
		expect(report.stop).toBeUndefined();
	});

	test("an id that is not part of the run blocks the issue and those behind it", async () => {
		const { tasks, goals } = devOver(failFor(), issue("B", "A-9"), issue("C", "B"), issue("D"));
		expect(outcomesOf(await run(tasks, goals))).toEqual({
			B: { dev: blockedByIssue("A-9") },
			C: { dev: blockedByIssue("A-9") },
			D: { dev: done("D") },
		});
	});

	test("a failed settling task holds back the issues behind it as well", async () => {
		const plan = planOf(issue("A"), issue("B", "A"));
		const dev = forEach(plan)("dev", { summary, run: pass });
		const saved = forEach(plan)("saved", { summary, after: { dev }, run: failFor("A") });
		const report = await run([plan, dev, saved], [dev, saved]);
		expect(outcomesOf(report).B).toEqual({ dev: blockedByIssue("A"), saved: blockedByIssue("A") });
	});

	test("a blocker that is up to date does not hold it back", async () => {
		const plan = planOf(issue("A"), issue("B", "A"));
		const upToDate = async ({ issue }: IssueContext<IssueLike>): Promise<Freshness<string>> =>
			issue.id === "A" ? fresh() : stale();
		const dev = forEach(plan)("dev", { summary, upToDate, run: pass });
		expect(outcomesOf(await run([plan, dev], [dev])).B).toEqual({ dev: done("passed") });
	});

	test("a blocker that is named twice is waited for once", async () => {
		const { tasks, goals } = devOver(failFor(), issue("A"), issue("B", "A", "A"));
		expect(outcomesOf(await run(tasks, goals)).B).toEqual({ dev: done("B") });
	});

	test("blocked, its settling tasks do not run in a run that was to do more", async () => {
		const plan = planOf(issue("A", "A-9"));
		const perIssue = forEach(plan);
		const dev = perIssue("dev", { summary, run: pass });
		const saved = perIssue("saved", { summary, after: { dev }, run: pass });
		const report = await run([plan, dev, saved], [dev, saved]);
		expect(outcomesOf(report)).toEqual({ A: { dev: blockedByIssue("A-9"), saved: blockedByIssue("A-9") } });
	});

	test("blocked, it is still tidied up by a run that only settles", async () => {
		const plan = planOf(issue("A", "A-9"), issue("B", "A"));
		const perIssue = forEach(plan);
		const dev = perIssue("dev", { summary, run: pass });
		const saved = perIssue("saved", { summary, after: { dev }, run: pass });
		const cleaned = perIssue("cleaned", { summary, after: { dev, saved }, run: async ({ saved }) => saved.status });
		const report = await run([plan, dev, saved, cleaned], [saved, cleaned]);
		const outcomes = { saved: done("passed"), cleaned: done("done") };
		expect(outcomesOf(report)).toEqual({ A: outcomes, B: outcomes });
	});

	test.each([
		{ what: "issues that block each other", issues: [issue("A", "B"), issue("B", "A")], message: "block each other" },
		{ what: "an issue that blocks itself", issues: [issue("A", "A")], message: "block each other" },
		{ what: "an id that stands twice", issues: [issue("A"), issue("A")], message: "stands twice" },
	])("$what end the run before any issue has started", async ({ issues, message }) => {
		const action = heldAction();
		const { tasks, goals } = devOver(action.run, ...issues);
		await expect(run(tasks, goals)).rejects.toThrow(message);
		expect(action.calls).toEqual([]);
	});
});

describe("a run-wide task that fails", () => {
	test("no issue is known and none is started", async () => {
		const events: RunEvent[] = [];
		const action = heldAction();
		const backlog = task("discover", { summary, run: fail });
		const plan = task("plan", { summary, needs: { backlog }, run: async () => [issue("A")] });
		const dev = forEach(plan)("dev", { summary, run: action.run });
		const onEvent = (event: RunEvent) => events.push(event);
		const report = await run([backlog, plan, dev], [dev], { onEvent });
		expect(Object.fromEntries(report.run)).toEqual({ discover: failed(broken), plan: blockedByTask("discover") });
		expect(report).toMatchObject({ issues: [], outcomes: new Map(), stop: undefined });
		expect(events.map(({ kind }) => kind)).toEqual(["task-started", "task-settled", "task-settled", "run-settled"]);
		expect(action.calls).toEqual([]);
	});

	test("no issue is started when the list is there but a check has failed", async () => {
		const action = heldAction();
		const plan = planOf(issue("A"));
		const ready = task("preflight", { summary, needs: { plan }, run: fail });
		const perIssue = forEach(plan);
		const dev = perIssue("dev", { summary, needs: { ready }, run: action.run });
		const saved = perIssue("saved", { summary, after: { dev }, run: action.run });
		const report = await run([plan, ready, dev, saved], [dev, saved]);
		expect(report).toMatchObject({ issues: [], outcomes: new Map(), stop: undefined });
		expect(action.calls).toEqual([]);
	});
});

describe("a run that stops early", () => {
	/** Six issues over one action that is let go by hand, and a settling task behind it. */
	function backlog(...issues: readonly IssueLike[]) {
		const plan = planOf(...issues);
		const action = heldAction();
		const tidy = heldAction();
		const dev = forEach(plan)("dev", { summary, run: action.run });
		const verify = forEach(plan)("verify", { summary, needs: { dev }, run: pass });
		const saved = forEach(plan)("saved", { summary, after: { dev }, run: tidy.run });
		const start = (settings: Parameters<typeof run>[2]) => run([plan, dev, verify, saved], [verify, saved], settings);
		return { action, tidy, start };
	}
	const all = { dev: cancelled, verify: cancelled, saved: cancelled };

	test("fail-fast: what runs finishes, nothing new starts, the stop names the issue that failed", async () => {
		const { action, tidy, start } = backlog(issue("A"), issue("B"), issue("C"), issue("D", "A"));
		const finished = start({ jobs: 2, failFast: true });
		await quiet();
		await action.fail("A", broken);
		await tidy.release("A");
		expect(action.held()).toEqual(["B"]);
		await action.release("B");
		await tidy.release("B");
		const report = await finished;
		expect(outcomesOf(report)).toEqual({
			A: { dev: failed(broken), verify: blockedByTask("dev"), saved: done("A") },
			B: { dev: done("B"), verify: done("passed"), saved: done("B") },
			C: all,
			D: all,
		});
		expect(report.stop).toEqual({ kind: "fail-fast", issue: "A" });
		expect(action.calls).toEqual(["A", "B"]);
	});

	test("an error that every issue would meet: what runs finishes, nothing new starts, the stop has the error", async () => {
		const { action, tidy, start } = backlog(issue("A"), issue("B"), issue("C"), issue("D", "A"));
		const finished = start({ jobs: 2, endsRun: (error) => error === broken });
		await quiet();
		await action.fail("A", broken);
		await tidy.release("A");
		expect(action.held()).toEqual(["B"]);
		await action.release("B");
		await tidy.release("B");
		const report = await finished;
		expect(outcomesOf(report)).toMatchObject({
			A: { saved: done("A") },
			B: { verify: done("passed") },
			C: all,
			D: all,
		});
		expect(report.stop).toEqual({ kind: "ends-run", issue: "A", error: broken });
	});

	test("an error that every issue would meet stops the run before its own issue has been tidied up", async () => {
		const { action, tidy, start } = backlog(issue("A"), issue("B"), issue("C"));
		const finished = start({ jobs: 2, endsRun: (error) => error === broken });
		await quiet();
		await action.fail("A", broken);
		await action.release("B");
		await tidy.release("B");
		expect(action.calls).toEqual(["A", "B"]);
		await tidy.release("A");
		expect(outcomesOf(await finished).C).toEqual(all);
	});

	test("an error that only this issue meets stops nothing", async () => {
		const plan = planOf(issue("A"), issue("B"));
		const dev = forEach(plan)("dev", { summary, run: failFor("A") });
		const report = await run([plan, dev], [dev], { endsRun: (error) => error !== broken });
		expect(outcomesOf(report).B).toEqual({ dev: done("B") });
		expect(report.stop).toBeUndefined();
	});

	test("the first stop is the one that is told", async () => {
		const { action, tidy, start } = backlog(issue("A"), issue("B"), issue("C"));
		const finished = start({ jobs: 2, failFast: true });
		await quiet();
		await action.fail("B", broken);
		await tidy.release("B");
		await action.fail("A", broken);
		await tidy.release("A");
		expect((await finished).stop).toEqual({ kind: "fail-fast", issue: "B" });
	});
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
	"%s jobs are refused before anything runs",
	async (jobs) => {
		const called: string[] = [];
		const plan = task("plan", { summary, run: async () => `${called.push("plan")}` });
		await expect(run([plan], [plan], { jobs })).rejects.toThrow(RangeError);
		expect(called).toEqual([]);
	},
);

test("per-issue tasks over two lists of issues are refused before any issue starts", async () => {
	const action = heldAction();
	const plan = planOf(issue("A"));
	const other = task("other", { summary, run: async () => [issue("B")] });
	const dev = forEach(plan)("dev", { summary, run: action.run });
	const review = forEach(other)("review", { summary, run: action.run });
	await expect(run([plan, other, dev, review], [dev, review])).rejects.toThrow("one list of issues");
	expect(action.calls).toEqual([]);
});
