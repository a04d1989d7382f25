// The package's one entry: what an orchfile imports.

export type { Backlog } from "./backlog/backlog.ts";
export { main } from "./cli/main.ts";
export type { Orchfile } from "./cli/orchfile.ts";
export type { CommitSettings } from "./contract/commit-subject.ts";
export type { Issue, IssuePlan } from "./contract/issue.ts";
export type { ItemSettings } from "./contract/items.ts";
export type { Layout, LayoutSettings } from "./contract/layout.ts";
export type { RunOptions } from "./contract/options.ts";
export { Failure, type Problem } from "./contract/problem.ts";
export type { AttemptRecord } from "./contract/record.ts";
export type {
	Accepted,
	IssueWorktree,
	Note,
	NothingToSave,
	NotNeeded,
	PassedElsewhere,
	Saved,
	Teardown,
	TurnValue,
	Verified,
} from "./contract/value.ts";
export type { Goal, Graph } from "./engine/graph.ts";
export { BlockedError, type Outcome, SkippedError } from "./engine/outcome.ts";
export {
	type Freshness,
	forEach,
	type Hold,
	type Holding,
	type IssueContext,
	type RunContext,
	type Task,
	task,
	type Verb,
} from "./engine/task.ts";
export { codexRunner } from "./runner/codex/runner.ts";
export type { Runner } from "./runner/runner.ts";
export * as verb from "./verbs.ts";
