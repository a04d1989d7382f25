// What an orchfile imports, and the package's one entry. A verb is loaded when it is first called: most commands need few
// of them, and to load them all takes longer than most commands take.

import type { examine as Examine } from "./doctor.ts";
import type { phase as Phase, verifyRunner as VerifyRunner } from "./phase.ts";
import type { setupWorktree as SetupWorktree } from "./setup.ts";
import { lazily, loadOnce } from "./system/lazily.ts";

export type { Backlog } from "./backlog/backlog.ts";
export { main } from "./cli/main.ts";
export type { Orchfile } from "./cli/orchfile.ts";
export type { Issue, IssuePlan } from "./contract/issue.ts";
export type { Layout, LayoutSettings } from "./contract/layout.ts";
export type { RunOptions } from "./contract/options.ts";
export { Failure, type Problem } from "./contract/problem.ts";
export type { AttemptRecord } from "./contract/record.ts";
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
export { codexRunner } from "./runner/codex/runner.ts";
export type { Runner } from "./runner/runner.ts";
export type { IssueWorktree } from "./worktree.ts";

const check = loadOnce(() => import("./check.ts"));
const clean = loadOnce(() => import("./clean.ts"));
const discover = loadOnce(() => import("./discover.ts"));
const doctor = loadOnce(() => import("./doctor.ts"));
const lock = loadOnce(() => import("./lock.ts"));
const persist = loadOnce(() => import("./persist.ts"));
const agentPhase = loadOnce(() => import("./phase.ts"));
const plan = loadOnce(() => import("./plan.ts"));
const setup = loadOnce(() => import("./setup.ts"));
const status = loadOnce(() => import("./status.ts"));
const worktree = loadOnce(() => import("./worktree.ts"));

export const checkBacklog = lazily(check, "checkBacklog");
export const createWorktree = lazily(worktree, "createWorktree");
export const discoverIssues = lazily(discover, "discoverIssues");
export const findMade = lazily(clean, "findMade");
export const findStandingWorktree = lazily(worktree, "findStandingWorktree");
export const lockIssue = lazily(lock, "lockIssue");
export const persistPhase = lazily(persist, "persistPhase");
export const planIssues = lazily(plan, "planIssues");
export const readStatus = lazily(status, "readStatus");
export const teardownWorktree = lazily(worktree, "teardownWorktree");
export const verifyReady = lazily(plan, "verifyReady");

/** The action of a run-wide task that looks at everything a run relies on. */
export const examine: typeof Examine = (runner) => async (needs, context) =>
	(await doctor()).examine(runner)(needs, context);

/** The action of a run-wide task that checks that the runner could run a turn, before anything is made for one. */
export const verifyRunner: typeof VerifyRunner = (runner) => async (needs, context) =>
	(await agentPhase()).verifyRunner(runner)(needs, context);

/** The actions of a per-issue task that runs one phase of an agent on the issue. */
export const phase: typeof Phase = (name, runner) => ({
	prepare: () => runner.warm(),
	upToDate: async (context) => (await agentPhase()).phase(name, runner).upToDate(context),
	run: async (needs, context) => (await agentPhase()).phase(name, runner).run(needs, context),
});

/** The actions of a per-issue task that makes a new worktree ready for an agent with a shell command. */
export const setupWorktree: typeof SetupWorktree = (command) => ({
	summary: `make a new worktree ready for the agent: ${command.replace(/\s+/g, " ").trim()}`,
	upToDate: async (context) => (await setup()).setupWorktree(command).upToDate(context),
	run: async (needs, context) => (await setup()).setupWorktree(command).run(needs, context),
});
