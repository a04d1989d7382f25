import { describe, expect, test } from "vitest";
import { createExecution } from "../../tasks/engine/execution.ts";
import type { IssueLike } from "../../tasks/engine/issue.ts";
import type { Memory, Remembered } from "../../tasks/engine/memory.ts";
import type { Outcome } from "../../tasks/engine/outcome.ts";
import { select } from "../../tasks/engine/select.ts";
import { rootOf, Standings } from "../../tasks/engine/standing.ts";
import { type Freshness, forEach, type IssueContext, type Task } from "../../tasks/engine/task.ts";
import { executeOptions, heldAction, issue, outcomesOf, planOf, quiet, run, summary } from "../support/engine.ts";

const broken = new Error("broken");
const done = { status: "done", value: "made" } as const;
const failed: Outcome<never> = { status: "failed", error: broken };
const [early, late] = ["2026-01-01T01:00:00.000Z", "2026-01-01T02:00:00.000Z"];
const fresh = (madeAt?: string) => async (): Promise<Freshness<string>> => ({
	upToDate: true,
	value: "made",
	...(madeAt === undefined ? {} : { madeAt }),
});
const stale = async (): Promise<Freshness<string>> => ({ upToDate: false, because: { kind: "changed" } });
const make = async () => "made";

/** What is remembered of tasks, whatever the issue; what is to be remembered is written down. */
function memoryOf(known: Readonly<Record<string, Remembered>>): Memory<IssueLike> & { readonly kept: string[] } {
	const kept: string[] = [];
	return {
		kept,
		recall: async (task) => known[task],
		remember: async ({ name }, { id }, { status }) => {
			kept.push(`${id} ${name} ${status}`);
		},
	};
}

/** Why an issue is not up to date for these goals: the tasks that have something to do, each with the kind of its reason. */
async function unmetOf(tasks: readonly Task[], goals: readonly Task[], known: Readonly<Record<string, Remembered>>) {
	const standings = new Standings(createExecution(select(tasks, goals), executeOptions({ memory: memoryOf(known) })), [
		issue("A"),
	]);
	const { unmet } = await standings.of(issue("A"));
	return unmet.map(({ task, because }) => `${task.name}: ${(because as { kind: string } | undefined)?.kind}`);
}

describe("a task that can't tell by itself", () => {
	const graph = (upToDate: () => Promise<Freshness<string>>) => {
		const plan = planOf(issue("A"));
		const perIssue = forEach(plan);
		const worktree = perIssue("worktree", { summary, intermediate: true, upToDate: stale, run: make });
		const dev = perIssue("dev", { summary, needs: { worktree }, upToDate, run: make });
		const saved = perIssue("saved", { summary, after: { dev }, run: make });
		const verify = perIssue("verify", { summary, needs: { worktree, dev }, run: make });
		return { tasks: [plan, worktree, dev, saved, verify], dev, saved, verify, worktree };
	};

	test.each<
		[
			what: string,
			upToDate: () => Promise<Freshness<string>>,
			known: Readonly<Record<string, Remembered>>,
			unmet: string[],
		]
	>([
		["nothing is remembered", fresh(), {}, ["verify: never-done"]],
		["it ended well", fresh(), { verify: { at: late, outcome: done } }, []],
		["it failed", fresh(), { verify: { at: late, outcome: failed } }, ["verify: ended"]],
		["it was blocked", fresh(), { verify: { at: late, outcome: { status: "blocked", by: {} } } }, ["verify: ended"]],
		[
			"what it was made from was made since",
			fresh(late),
			{ verify: { at: early, outcome: done } },
			["verify: need-changed"],
		],
		["what it was made from was made before", fresh(early), { verify: { at: late, outcome: done } }, []],
		[
			"what it was made from is out of date",
			stale,
			{ verify: { at: late, outcome: done } },
			["dev: changed", "verify: need-changed"],
		],
		[
			"what tidies up failed",
			fresh(),
			{ verify: { at: late, outcome: done }, saved: { at: late, outcome: failed } },
			["saved: ended"],
		],
		[
			"what tidies up ended well",
			fresh(),
			{ verify: { at: late, outcome: done }, saved: { at: late, outcome: done } },
			[],
		],
		[
			"a worktree could not be made for it the last time",
			stale,
			{ worktree: { at: late, outcome: failed } },
			["worktree: ended", "dev: changed", "verify: never-done"],
		],
	])("stands by how it ended: %s", async (_, upToDate, known, unmet) => {
		const { tasks, dev, saved, verify } = graph(upToDate);
		expect(await unmetOf(tasks, [dev, saved, verify], known)).toEqual(unmet);
	});

	test("runs in a run whatever is remembered, and its end is kept; of others only failures are, and their end", async () => {
		const { tasks, dev, saved, verify } = graph(stale);
		const memory = memoryOf({ verify: { at: late, outcome: done }, saved: { at: late, outcome: failed } });
		const report = await run(tasks, [dev, saved, verify], { memory });
		expect(outcomesOf(report).A).toMatchObject({ dev: done, verify: done });
		expect(memory.kept).toEqual(["A saved done", "A verify done"]);
	});

	test("is not kept for what was cut off", async () => {
		const held = heldAction();
		const plan = planOf(issue("A"));
		const verify = forEach(plan)("verify", { summary, run: held.run });
		const memory = memoryOf({});
		const interruption = new AbortController();
		const finished = run([plan, verify], [verify], { memory, interrupt: interruption.signal });
		await quiet();
		interruption.abort();
		await held.fail("A", broken);
		await finished;
		expect(memory.kept).toEqual([]);
	});
});

test("asked what there is to do, the issues that are out of date are named and no action runs", async () => {
	const called: string[] = [];
	const issues = [issue("A"), issue("B"), issue("C")];
	const list = planOf(...issues);
	const upToDate = async ({ issue }: IssueContext<IssueLike>): Promise<Freshness<string>> => {
		if (issue.id === "C") throw broken;
		return issue.id === "A" ? { upToDate: true, value: "kept" } : { upToDate: false, because: "changed" };
	};
	const dev = forEach(list)("dev", { summary, upToDate, run: async () => `${called.push("dev")}` });
	const tidy = async () => called.push("saved");
	const saved = forEach(list)("saved", { summary, after: { dev }, run: tidy });
	const execution = createExecution(select([list, dev, saved], [dev, saved]), executeOptions());
	const standings = new Standings(execution, issues);
	const found = await Promise.all(issues.map((each) => standings.isUpToDate(each)));
	expect(found).toEqual(issues.map(({ id }) => !["B", "C"].includes(id)));
	expect(called).toEqual([]);
});

describe("a blocker outside of the run", () => {
	/** B waits for A, which waits for Z; both stand outside, and `dev` is up to date for those that are named. */
	async function runOfB(...passed: readonly string[]) {
		const outsideZ = issue("Z");
		const outsideA = { ...issue("A", "Z"), outside: [outsideZ] };
		const plan = planOf({ ...issue("B", "A"), outside: [outsideA] });
		const dev = forEach(plan)("dev", {
			summary,
			upToDate: async ({ issue: { id } }): Promise<Freshness<string>> => (passed.includes(id) ? fresh()() : stale()),
			run: make,
		});
		return outcomesOf(await run([plan, dev], [dev])).B?.dev;
	}

	test("holds its dependent back until it is up to date for the goal, and the root of its chain is named", async () => {
		expect(await runOfB()).toEqual({ status: "blocked", by: { issue: "Z" } });
		expect(await runOfB("Z")).toEqual({ status: "blocked", by: { issue: "A" } });
		expect(await runOfB("A")).toMatchObject(done);
		expect(await runOfB("A", "Z")).toMatchObject(done);
	});

	test("is asked for the goal that the run is part of, where that is more than what runs", async () => {
		const plan = planOf({ ...issue("B", "A"), outside: [issue("A")] });
		const perIssue = forEach(plan);
		const dev = perIssue("dev", {
			summary,
			upToDate: async ({ issue: { id } }) => (id === "A" ? fresh()() : stale()),
			run: make,
		});
		const verify = perIssue("verify", { summary, needs: { dev }, run: make });
		const tasks = [plan, dev, verify];
		const memory = memoryOf({ verify: { at: late, outcome: failed } });
		expect(outcomesOf(await run(tasks, [dev], { memory })).B?.dev).toMatchObject(done);
		const blockersSelection = select(tasks, [dev, verify]);
		expect(outcomesOf(await run(tasks, [dev], { memory, blockersSelection })).B?.dev).toEqual({
			status: "blocked",
			by: { issue: "A" },
		});
	});
});

test("the root of a chain is the last that has to be done first, and a circle has an end", async () => {
	const plan = planOf();
	const dev = forEach(plan)("dev", { summary, upToDate: stale, run: make });
	const all = [issue("A", "B"), issue("B", "C"), issue("C", "A"), issue("D", "C"), issue("E")];
	const standings = new Standings(
		createExecution(select([plan, dev], [dev]), executeOptions({ memory: memoryOf({}) })),
		all,
	);
	const rootFor = async (id: string) =>
		rootOf(await standings.of(all.find((each) => each.id === id) as IssueLike)).issue.id;
	expect(await rootFor("E")).toBe("E");
	expect(["A", "B", "C"]).toContain(await rootFor("D"));
});
