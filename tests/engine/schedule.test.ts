import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunEvent } from "../../tasks/engine/event.ts";
import type { RunReport } from "../../tasks/engine/execute.ts";
import type { ExecuteOptions } from "../../tasks/engine/execution.ts";
import type { IssueLike } from "../../tasks/engine/issue.ts";
import { hasStarted, isGood, type Outcome } from "../../tasks/engine/outcome.ts";
import { forEach, type IssueContext } from "../../tasks/engine/task.ts";
import { heldAction, issue, outcomesOf, planOf, quiet, run, summary } from "../support/engine.ts";

const TASKS = ["make", "check", "tidy"] as const;
type TaskName = (typeof TASKS)[number];

/** A backlog, which task of which issue fails, and the order in which actions come to an end. */
interface Backlog {
	readonly issues: readonly IssueLike[];
	readonly failing: ReadonlyMap<string, TaskName>;
	/** Issues whose actions end well although they were told to stop. */
	readonly heedless: ReadonlySet<string>;
	readonly jobs: number;
	readonly choices: readonly number[];
}

const failure: fc.Arbitrary<TaskName | undefined> = fc.oneof(
	{ weight: 12, arbitrary: fc.constant(undefined) },
	{ weight: 1, arbitrary: fc.constantFrom(...TASKS) },
);

/** Blockers are drawn from the issues drafted before, so that there is no cycle; the plan's order is another one. */
const backlogs: fc.Arbitrary<Backlog> = fc
	.record({
		drafts: fc.array(
			fc.record({
				rank: fc.nat(),
				blockers: fc.array(fc.nat(), { maxLength: 3 }),
				waitsOutside: fc.nat(60).map((value) => value === 60),
				failing: failure,
				isHeedless: fc.boolean(),
			}),
			{ minLength: 1, maxLength: 500, size: "max" },
		),
		jobs: fc.integer({ min: 1, max: 8 }),
		choices: fc.array(fc.nat(), { minLength: 1, maxLength: 100, size: "max" }),
	})
	.map(({ drafts, ...rest }) => {
		const made = drafts.map(({ rank, blockers, waitsOutside, failing, isHeedless }, index) => {
			const ids = index === 0 ? [] : blockers.map((pick) => `I-${pick % index}`);
			return { rank, failing, isHeedless, issue: issue(`I-${index}`, ...ids, ...(waitsOutside ? ["outside"] : [])) };
		});
		const issues = made.toSorted((one, other) => one.rank - other.rank).map(({ issue }) => issue);
		const failing = made.flatMap(({ issue, failing }) => (failing ? [[issue.id, failing] as const] : []));
		const heedless = made.flatMap(({ issue, isHeedless }) => (isHeedless ? [issue.id] : []));
		return { issues, failing: new Map(failing), heedless: new Set(heedless), ...rest };
	});

/** What a run was seen to do; `look` is called whenever nothing can go on until one more action comes to an end. */
interface Watcher {
	readonly onEvent: (event: RunEvent) => void;
	readonly onStart?: (id: string, task: TaskName, signal: AbortSignal) => void;
	readonly onEnd?: (id: string, task: TaskName) => void;
	readonly look?: (endings: number) => void;
}

/**
 * Runs a backlog of `make` ← `check` and a settling `tidy`, ending one running action after the other.
 * @throws what the watcher threw first: inside an action, the engine would take it for the action's failure.
 */
async function drive(backlog: Backlog, watcher: Watcher, settings: Partial<ExecuteOptions<unknown>> = {}) {
	const { issues, failing, heedless, jobs, choices } = backlog;
	const running: (() => void)[] = [];
	const objections: unknown[] = [];
	const tell = (what: () => void): void => {
		try {
			what();
		} catch (objection) {
			objections.push(objection);
		}
	};
	const action =
		(name: TaskName) =>
		async (_: unknown, { issue: { id }, signal }: IssueContext<IssueLike>): Promise<string> => {
			tell(() => watcher.onStart?.(id, name, signal));
			await new Promise<void>((resolve) => running.push(resolve));
			tell(() => watcher.onEnd?.(id, name));
			const obeys = signal.aborted && !heedless.has(id);
			if (obeys || failing.get(id) === name) throw new Error(`${name} ${id}`);
			return `${name} ${id}`;
		};
	const plan = planOf(...issues);
	const perIssue = forEach(plan);
	const make = perIssue("make", { summary, run: action("make") });
	const check = perIssue("check", { summary, needs: { make }, run: action("check") });
	const tidy = perIssue("tidy", { summary, after: { make, check }, run: action("tidy") });
	let report: RunReport | undefined;
	const onEvent = (event: RunEvent) => tell(() => watcher.onEvent(event));
	run([plan, make, check, tidy], [check, tidy], { jobs, onEvent, ...settings }).then(
		(value) => {
			report = value;
		},
		(error) => objections.push(error),
	);
	await quiet();
	for (let ending = 0; running.length > 0; ending++) {
		tell(() => watcher.look?.(ending));
		const [end] = running.splice((choices[ending % choices.length] ?? 0) % running.length, 1);
		end?.();
		await quiet();
	}
	if (objections.length > 0) throw objections[0];
	return report ?? expect.fail("nothing runs, and yet the run has not ended");
}

const property = (check: (backlog: Backlog) => Promise<void>, numRuns: number) =>
	fc.assert(fc.asyncProperty(backlogs, check), { numRuns });

/** Throws without a message of its own: `expect` would cost more than the run that it watches. */
function must(holds: boolean, what: string): void {
	if (!holds) throw new Error(what);
}

test("one task of an issue at a time, no more than N issues, and never a slot idle while an issue is ready", async () => {
	await property(async (backlog) => {
		const { issues, jobs } = backlog;
		const waiting = new Set(issues);
		const endedWell = new Set<string>();
		const started = new Set<string>();
		const busy = new Map<string, TaskName>();
		const isReady = ({ blockers }: IssueLike) => blockers.every((id) => endedWell.has(id));
		const settled = new Set<string>();
		await drive(backlog, {
			onEvent(event) {
				if (event.kind === "issue-started") {
					const next = issues.find((each) => waiting.has(each) && isReady(each));
					must(next?.id === event.issue, `${event.issue} started, and ${next?.id} is the first that is ready`);
					if (next) waiting.delete(next);
					started.add(event.issue);
					must(started.size - settled.size <= jobs, "too many issues at once");
				}
				if (event.kind === "issue-settled" && started.has(event.issue)) {
					settled.add(event.issue);
					must(!busy.has(event.issue), `${event.issue} has settled and still runs`);
					if ([...event.outcomes.values()].every(isGood)) endedWell.add(event.issue);
				}
			},
			onStart(id, task) {
				must(started.has(id) && !settled.has(id), `${task} of ${id}, which does not run`);
				must(!busy.has(id), `${task} of ${id} while its ${busy.get(id)} runs`);
				busy.set(id, task);
			},
			onEnd: (id) => busy.delete(id),
			look() {
				if (busy.size === jobs) return;
				const idle = issues.find((each) => waiting.has(each) && isReady(each));
				must(!idle, `${idle?.id} is ready, and only ${busy.size} of ${jobs} run`);
			},
		});
	}, 60);
});

test("every issue settles once, each of its tasks once, and each task that started", async () => {
	await property(async (backlog) => {
		const issuesSettled: string[] = [];
		const tasksStarted: string[] = [];
		const tasksSettled: string[] = [];
		const report = await drive(backlog, {
			onEvent(event) {
				if (event.kind === "issue-settled") issuesSettled.push(event.issue);
				if (event.kind === "task-started") tasksStarted.push(`${event.task} ${event.issue}`);
				if (event.kind === "task-settled") tasksSettled.push(`${event.task} ${event.issue}`);
			},
		});
		const all = backlog.issues.flatMap(({ id }) => TASKS.map((task) => `${task} ${id}`));
		expect(issuesSettled.toSorted()).toEqual(backlog.issues.map(({ id }) => id).toSorted());
		expect(tasksSettled.toSorted()).toEqual(["plan undefined", ...all].toSorted());
		expect(new Set(tasksStarted).size).toBe(tasksStarted.length);
		expect(report.outcomes.size).toBe(backlog.issues.length);
		const begun = all.filter((entry) => hasStarted(outcomeOf(report, entry)));
		expect(tasksStarted.toSorted()).toEqual(["plan undefined", ...begun].toSorted());
	}, 30);
});

test("an issue that fails, or waits for one outside the run, blocks those behind it and no others", async () => {
	await property(async (backlog) => {
		const report = await drive(backlog, { onEvent: () => {} });
		const roots = rootsOf(backlog);
		for (const { id } of backlog.issues) {
			const outcomes = TASKS.map((task) => outcomeOf(report, `${task} ${id}`));
			const causes = roots.get(id) ?? new Set();
			if (causes.size > 0) {
				for (const outcome of outcomes) {
					must(outcome.status === "blocked", `${id} is ${outcome.status}`);
					if (outcome.status === "blocked") must(causes.has(outcome.by.issue ?? ""), `${id} by ${outcome.by.issue}`);
				}
				continue;
			}
			const failing = backlog.failing.get(id);
			const make = failing === "make" ? "failed" : "done";
			const check = failing === "make" ? "blocked" : failing === "check" ? "failed" : "done";
			expect(outcomes.map(({ status }) => status)).toEqual([make, check, failing === "tidy" ? "failed" : "done"]);
		}
		expect(report.stop).toBeUndefined();
	}, 60);
});

test("interrupted at any moment, nothing new starts, and exactly what ran is tidied up", async () => {
	const moments = fc.tuple(backlogs, fc.nat(300));
	const check = async ([backlog, moment]: readonly [Backlog, number]) => {
		const interruption = new AbortController();
		const interrupt = interruption.signal;
		const begun = new Set<string>();
		const tidied = new Set<string>();
		const watcher: Watcher = {
			onEvent(event) {
				if (event.kind === "issue-started") must(!interrupt.aborted, `${event.issue} started after the interruption`);
			},
			onStart(id, task, signal) {
				must(!signal.aborted, `${task} of ${id} was told to stop before it began`);
				if (task !== "tidy") begun.add(id);
				else tidied.add(id);
			},
			look: (endings) => endings === moment && interruption.abort(),
		};
		const report = await drive(backlog, watcher, { interrupt });
		expect(tidied).toEqual(begun);
		expect(report.outcomes.size).toBe(backlog.issues.length);
		expect(report.stop).toEqual(interrupt.aborted ? { kind: "interrupted" } : undefined);
		for (const { id } of backlog.issues) {
			const make = outcomeOf(report, `make ${id}`);
			must(hasStarted(make) === begun.has(id), `make of ${id} is ${make.status}`);
			must(make.status !== "cancelled" || interrupt.aborted, `${id} is cancelled`);
		}
	};
	await fc.assert(fc.asyncProperty(moments, check), { numRuns: 40 });
});

test("with fail-fast, no issue starts once one has not ended well, and those that run come to their end", async () => {
	await property(async (backlog) => {
		let stopped: string | undefined;
		const started: string[] = [];
		const watcher: Watcher = {
			onEvent(event) {
				if (event.kind === "issue-started") {
					must(stopped === undefined, `${event.issue} started after ${stopped} had not ended well`);
					started.push(event.issue);
				}
				if (event.kind === "issue-settled" && ![...event.outcomes.values()].every(isGood)) stopped ??= event.issue;
			},
		};
		const report = await drive(backlog, watcher, { failFast: true });
		expect(report.stop).toEqual(stopped && { kind: "fail-fast", issue: stopped });
		for (const id of started) {
			const tidy = outcomeOf(report, `tidy ${id}`);
			must(tidy.status === "done" || tidy.status === "failed", `tidy of ${id} is ${tidy.status}`);
		}
	}, 40);
});

test("a diamond: both sides run at once, and what closes it starts after the later of them", async () => {
	const { action, finished } = held(4, issue("A"), issue("B", "A"), issue("C", "A"), issue("D", "B", "C"));
	await quiet();
	expect(action.held()).toEqual(["A"]);
	await action.release("A");
	expect(action.held()).toEqual(["B", "C"]);
	await action.release("C");
	expect(action.held()).toEqual(["B"]);
	await action.release("B");
	expect(action.held()).toEqual(["D"]);
	await action.release("D");
	expect(Object.keys(outcomesOf(await finished))).toEqual(["A", "C", "B", "D"]);
});

test("one at a time, the first in plan order among those that are ready is next", async () => {
	const { action, finished } = held(1, issue("C", "B"), issue("A"), issue("D"), issue("B", "A"), issue("E"));
	for (const id of ["A", "D", "B", "C", "E"]) {
		await quiet();
		expect(action.held()).toEqual([id]);
		await action.release(id);
	}
	await finished;
});

/** A run of one task over these issues, every call of it let go by hand. */
function held(jobs: number, ...issues: readonly IssueLike[]) {
	const action = heldAction();
	const plan = planOf(...issues);
	const dev = forEach(plan)("dev", { summary, run: action.run });
	return { action, finished: run([plan, dev], [dev], { jobs }) };
}

function outcomeOf(report: RunReport, entry: string): Outcome<unknown> {
	const [task = "", id = ""] = entry.split(" ");
	return report.outcomes.get(id)?.get(task) ?? expect.fail(`${entry} has no outcome`);
}

/** By issue, what keeps it from starting: issues that fail and ids outside the run, however far up. */
function rootsOf({ issues, failing }: Backlog): ReadonlyMap<string, ReadonlySet<string>> {
	const byId = new Map(issues.map((each) => [each.id, each]));
	const roots = new Map<string, Set<string>>();
	const visit = (id: string): Set<string> => {
		const known = roots.get(id);
		if (known) return known;
		const found = new Set<string>();
		for (const blocker of byId.get(id)?.blockers ?? []) {
			const above = byId.has(blocker) ? visit(blocker) : new Set([blocker]);
			if (above.size === 0 && failing.has(blocker)) found.add(blocker);
			for (const root of above) found.add(root);
		}
		roots.set(id, found);
		return found;
	};
	for (const { id } of issues) visit(id);
	return roots;
}
