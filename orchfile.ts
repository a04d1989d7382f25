#!/usr/bin/env -S npx tsx
import {
	checkBacklog,
	codexRunner,
	createWorktree,
	discoverIssues,
	examine,
	findMade,
	findStandingWorktree,
	forEach,
	lockIssue,
	main,
	type Orchfile,
	persistPhase,
	phase,
	planIssues,
	readStatus,
	task,
	teardownWorktree,
	verifyReady,
	verifyRunner,
} from "./tasks/index.ts";

// import { setupWorktree } from "./tasks/index.ts";

const runner = codexRunner();

// `needs`: I use its output; it is pulled in and must end well. `after`: if it is in this run, I wait for it to settle.

const backlog = task("discover", {
	summary: "find and read the issue documents",
	run: discoverIssues,
});

const plan = task("plan", {
	summary: "select a milestone's issues, check them, put them in order",
	needs: { backlog },
	run: planIssues,
});

const checked = task("check", {
	summary: "read the backlog for everything that a run would stumble over",
	needs: { backlog },
	run: checkBacklog,
});

const status = task("status", {
	summary: "tell where every issue stands, and why",
	needs: { plan },
	run: readStatus,
});

const made = task("clean", {
	summary: "list what was made for issues and still stands, with what is provable about it",
	needs: { backlog },
	run: findMade,
});

const health = task("doctor", {
	summary: "look at everything that a run relies on, side by side",
	run: examine(runner),
});

const ready = task("preflight", {
	summary: "check that the documents are committed and that commits can be made",
	needs: { plan },
	run: verifyReady,
});

const agent = task("preflight:runner", {
	summary: "check the prompts, and ask Codex whether it has credentials and a sandbox",
	needs: { plan, ready },
	run: verifyRunner(runner),
});

// Held for as long as tasks of the issue run, so that two runs never work on one issue.
const perIssue = forEach(plan, { hold: lockIssue });

const worktree = perIssue("worktree:create", {
	summary: "create the issue's branch and worktree, or continue with them",
	needs: { ready },
	upToDate: findStandingWorktree,
	run: createWorktree,
});

// A new worktree has no `node_modules`. To fill it before the agent comes, outside of the sandbox and on the base's files
// only, take the slashes away, list `setup` below, and let `dev` need `worktree: setup` in place of `worktree`.
// const setup = perIssue("worktree:setup", { needs: { worktree }, ...setupWorktree("npm ci") });

const dev = perIssue("phase:dev", {
	summary: "let the agent implement the issue in its worktree",
	needs: { agent, worktree },
	...phase("dev", runner),
});

const saved = perIssue("persist", {
	summary: "commit what the agent left, however its phase ended, and complete the record",
	after: { worktree, dev },
	run: persistPhase,
});

const cleaned = perIssue("worktree:teardown", {
	summary: "remove the worktree once everything in it is on the branch",
	after: { worktree, dev, saved },
	run: teardownWorktree,
});

export const graph = {
	tasks: [backlog, plan, checked, status, made, health, ready, agent, worktree, dev, saved, cleaned],
	goals: {
		dev: { summary: "one dev phase for every issue, committed on its branch", tasks: [dev, saved, cleaned] },
	},
} satisfies Orchfile;

await main(graph, import.meta.url);
