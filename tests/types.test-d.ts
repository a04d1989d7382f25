import { expectTypeOf } from "vitest";
import { agent } from "../tasks/agent.ts";
import type { IssuePlan } from "../tasks/contract/issue.ts";
import type { IssueWorktree, NotNeeded, TurnValue, Verified } from "../tasks/contract/value.ts";
import type { Outcome } from "../tasks/engine/outcome.ts";
import { forEach, type IssueContext, type RunContext, type Task, task } from "../tasks/engine/task.ts";
import type { Runner } from "../tasks/runner/runner.ts";

// Checked by the compiler and never run: what stands right below a `@ts-expect-error` must not compile, for the reason
// given there. Where that is not plain, what does compile stands beside it.

interface TestIssue {
	readonly id: string;
	readonly blockers: readonly string[];
	readonly title: string;
}

const summary = "";
const plan = task("plan", { summary, run: async (): Promise<readonly TestIssue[]> => [] });
const count = task("count", { summary, run: async () => 1 });
const perIssue = forEach(plan);
const worktree = perIssue("worktree", { summary, run: async () => ({ path: "/tmp" }) });
const run = async () => "";

export function aNeedArrivesAsItsValueAndAWaitAsItsOutcome(): void {
	perIssue("dev", {
		summary,
		needs: { tree: worktree, count },
		after: { plan },
		run: async (input, { issue }) => {
			expectTypeOf<keyof typeof input>().toEqualTypeOf<"tree" | "count" | "plan">();
			expectTypeOf(input.tree).toEqualTypeOf<{ path: string }>();
			expectTypeOf(input.count).toEqualTypeOf<number>();
			expectTypeOf(input.plan).toEqualTypeOf<Outcome<readonly TestIssue[]>>();
			expectTypeOf(issue).toEqualTypeOf<TestIssue>();
		},
	});
}

export function theTaskHasTheTypeOfWhatItsActionReturns(): void {
	worktree satisfies Task<{ path: string }, "issue">;
	// @ts-expect-error: the value is { path: string }, not a string
	worktree satisfies Task<string, "issue">;
}

export function aMisspeltDependency(): void {
	perIssue("dev", { summary, needs: { worktree }, run });
	// @ts-expect-error: no such name (a need)
	perIssue("dev", { summary, needs: { worktee }, run });
	// @ts-expect-error: no such name (a wait)
	perIssue("dev", { summary, after: { worktee }, run });
}

export function aDependencyByName(): void {
	// @ts-expect-error: a need is a reference, not a string
	perIssue("dev", { summary, needs: { worktree: "worktree" }, run });
}

// The annotations leave only the order to complain about; without them the compiler can't infer the types either.
export function aCycle(): void {
	// @ts-expect-error: `second` is used before its declaration
	// biome-ignore lint/correctness/noInvalidUseBeforeDeclaration: what must not compile
	const first: Task<string, "issue"> = perIssue("first", { summary, needs: { second }, run });
	const second: Task<string, "issue"> = perIssue("second", { summary, needs: { first }, run });
}

export function aTaskThatNeedsItself(): void {
	// @ts-expect-error: `self` is used before its declaration
	// biome-ignore lint/correctness/noInvalidUseBeforeDeclaration: what must not compile
	const self: Task<string, "issue"> = perIssue("self", { summary, needs: { self }, run });
}

export function anIllTypedInput(): void {
	perIssue("dev", { summary, needs: { count }, run: async ({ count }: { count: number }) => count });
	// @ts-expect-error: the value is a number
	perIssue("dev", { summary, needs: { count }, run: async ({ count }: { count: string }) => count });
}

export function anOutcomeTakenForAValue(): void {
	perIssue("dev", { summary, after: { count }, run: async ({ count }: { count: Outcome<number> }) => count });
	// @ts-expect-error: what is only waited for may have failed
	perIssue("dev", { summary, after: { count }, run: async ({ count }: { count: number }) => count });
	// @ts-expect-error: the same without an annotation: an outcome has no `toFixed`
	perIssue("dev", { summary, after: { count }, run: async ({ count }) => count.toFixed() });
}

export function aValueTakenForAnOutcome(): void {
	// @ts-expect-error: what is needed arrives as the value itself
	perIssue("dev", { summary, needs: { count }, run: async ({ count }: { count: Outcome<number> }) => count });
}

export function theOutcomeOfAnotherValue(): void {
	// @ts-expect-error: the outcome holds a number
	perIssue("dev", { summary, after: { count }, run: async ({ count }: { count: Outcome<string> }) => count });
}

export function aRunWideTaskThatDependsOnAPerIssueOne(): void {
	task("report", { summary, needs: { count }, after: { plan }, run });
	// @ts-expect-error: there is one worktree an issue (a need)
	task("report", { summary, needs: { worktree }, run });
}

export function aClosingTaskIsToldOfEveryIssue(): void {
	const report = task("report", {
		summary,
		needs: { count },
		after: { worktree, plan },
		run: async (input) => {
			expectTypeOf(input.count).toEqualTypeOf<number>();
			expectTypeOf(input.worktree).toEqualTypeOf<ReadonlyMap<string, Outcome<{ path: string }>>>();
			expectTypeOf(input.plan).toEqualTypeOf<Outcome<readonly TestIssue[]>>();
			return "";
		},
	});
	report satisfies Task<string, "closing">;
	count satisfies Task<number, "run">;
	// Another that comes after it closes the run as well.
	task("mail", { summary, needs: { report }, run }) satisfies Task<string, "closing">;
	// @ts-expect-error: every issue has settled by then (a need)
	perIssue("dev", { summary, needs: { report }, run });
	// @ts-expect-error: every issue has settled by then (a wait)
	perIssue("dev", { summary, after: { report }, run });
	// @ts-expect-error: a map of outcomes, not one outcome
	task("report", { summary, after: { worktree }, run: async ({ worktree }) => worktree.status });
	const wrong = async ({ worktree }: { readonly worktree: ReadonlyMap<string, Outcome<number>> }) => worktree.size;
	// @ts-expect-error: outcomes of another value
	task("report", { summary, after: { worktree }, run: wrong });
}

export function aWrongKeyInTheInput(): void {
	perIssue("dev", { summary, needs: { total: count }, run: async ({ total }: { total: number }) => total });
	// @ts-expect-error: the key is `total`
	perIssue("dev", { summary, needs: { total: count }, run: async ({ count }: { count: number }) => count });
	// @ts-expect-error: the same without an annotation
	perIssue("dev", { summary, needs: { total: count }, run: async ({ count }) => count });
}

export function aContextOfAnotherIssue(): void {
	type OtherIssue = TestIssue & { readonly branch: string };
	perIssue("dev", { summary, run: async (_: unknown, { issue }: IssueContext<TestIssue>) => issue.title });
	// @ts-expect-error: the plan's issues have no branch (the action)
	perIssue("dev", { summary, run: async (_: unknown, { issue }: IssueContext<OtherIssue>) => issue.branch });
	const upToDate = async (_: IssueContext<OtherIssue>) => ({ upToDate: true, value: "" }) as const;
	// @ts-expect-error: the plan's issues have no branch (the question whether it is up to date)
	perIssue("dev", { summary, upToDate, run });
}

export function anActionThatUsesWhatItsTaskDoesNotWaitFor(): void {
	const save = async ({ dev }: { readonly dev: Outcome<unknown> }) => dev.status;
	perIssue("save", { summary, after: { dev: worktree }, run: save });
	// @ts-expect-error: no `dev` is declared, although any outcome would do
	perIssue("save", { summary, after: { worktree }, run: save });
	// @ts-expect-error: the same without any edge
	perIssue("save", { summary, run: save });
}

export function anIssueInARunWideContext(): void {
	task("report", { summary, run: async (_: unknown, { options }: RunContext<string>) => options });
	// @ts-expect-error: a run-wide action has no issue
	task("report", { summary, run: async (_: unknown, { issue }: IssueContext<TestIssue>) => issue });
}

export function aValueThatStandsOfAnotherType(): void {
	const upToDate = async () => ({ upToDate: true, value: 1 }) as const;
	perIssue("dev", { summary, upToDate, run: async () => 1 });
	// @ts-expect-error: the action makes a string, and what stands is a number
	perIssue("dev", { summary, upToDate, run });
}

export function aListThatHoldsNoIssues(): void {
	forEach(plan);
	// @ts-expect-error: a number is no list of issues
	forEach(count);
	// @ts-expect-error: a per-issue task is no list for the run
	forEach(perIssue("list", { summary, run: async (): Promise<readonly TestIssue[]> => [] }));
}

export function aTurnWithoutAnEdgeThatItNeeds(): void {
	const issues = task("plan", { summary, run: async (): Promise<readonly IssuePlan[]> => [] });
	const each = forEach(issues);
	const codex = agent({} as Runner, ["dev", "review", "fix"]);
	const tree = each("worktree", { summary, run: async () => ({}) as IssueWorktree });
	const tested = each("verify", { summary, run: async () => ({}) as Verified });
	each("dev", { needs: { worktree: tree }, ...codex.turn("dev") });
	const review = each("review-1", { needs: { worktree: tree, tested }, ...codex.turn("review-1") });
	const fix = each("fix-1", { needs: { worktree: tree, tested, review }, ...codex.turn("fix-1") });
	each("review-2", { needs: { worktree: tree, tested, review, fix }, ...codex.turn("review-2") });
	fix satisfies Task<TurnValue | NotNeeded, "issue">;
	// @ts-expect-error: a review is told what the checks say
	each("review-1", { needs: { worktree: tree }, ...codex.turn("review-1") });
	// @ts-expect-error: a fix is told what is to be fixed
	each("fix-1", { needs: { worktree: tree, tested }, ...codex.turn("fix-1") });
	// @ts-expect-error: a review after a fix hands on the one before, where nothing was to be fixed
	each("review-2", { needs: { worktree: tree, tested }, ...codex.turn("review-2") });
	// @ts-expect-error: a value, not how it came out
	each("fix-1", { needs: { worktree: tree, tested }, after: { review }, ...codex.turn("fix-1") });
	// @ts-expect-error: this agent has no such phase
	agent({} as Runner, ["dev"]).turn("review-1");
}
