// What an orchfile imports: the package's one entry, in the place of the files that this repository's own orchfile names.

export { checkBacklog } from "./check.ts";
export { findMade } from "./clean.ts";
export { main, type Orchfile } from "./cli/main.ts";
export type { Backlog } from "./contract/backlog.ts";
export type { Issue, IssuePlan } from "./contract/issue.ts";
export type { Layout, LayoutSettings } from "./contract/layout.ts";
export type { RunOptions } from "./contract/options.ts";
export { Failure, type Problem } from "./contract/problem.ts";
export type { AttemptRecord } from "./contract/record.ts";
export { discoverIssues } from "./discover.ts";
export { examine } from "./doctor.ts";
export type { Goal, Graph } from "./engine/graph.ts";
export { BlockedError, type Outcome } from "./engine/outcome.ts";
export {
	type Freshness,
	forEach,
	type Hold,
	type IssueContext,
	type RunContext,
	type Task,
	task,
} from "./engine/task.ts";
export { lockIssue } from "./lock.ts";
export { persistPhase } from "./persist.ts";
export { phase, verifyRunner } from "./phase.ts";
export { planIssues, verifyReady } from "./plan.ts";
export { codexRunner } from "./runner/codex-runner.ts";
export type { Runner } from "./runner/runner.ts";
export { setupWorktree } from "./setup.ts";
export { readStatus } from "./status.ts";
export { createWorktree, findStandingWorktree, type IssueWorktree, teardownWorktree } from "./worktree.ts";
