#!/usr/bin/env -S npx tsx
import { codexRunner, forEach, main, type Orchfile, task, verb } from "./tasks/index.ts";

// `needs`: I use its output; it is pulled in and must end well. `after`: if it is in this run, I wait for it to settle.

// What runs the turns, and the phases whose prompts are checked before anything is made for one.
const codex = verb.agent(codexRunner(), ["dev"]);

// Once a run, before any issue.
const backlog = task("discover", verb.discover);
const plan = task("plan", { needs: { backlog }, ...verb.plan });
const checked = task("check", { needs: { backlog }, ...verb.check });
const status = task("status", { needs: { plan }, ...verb.status });
const made = task("clean", { needs: { backlog }, ...verb.clean });
const health = task("doctor", codex.doctor);
const ready = task("preflight", { needs: { plan }, ...verb.preflight });
const agent = task("preflight:runner", { needs: { plan, ready }, ...codex.preflight });

// Once an issue, which is held for as long as tasks of it run, so that two runs never work on one.
const perIssue = forEach(plan, { hold: verb.lock });
const worktree = perIssue("worktree:create", { needs: { ready }, ...verb.createWorktree });

// A new worktree has no `node_modules`. To fill it before the agent comes, outside of the sandbox and on the base's files
// only, take the slashes away, list `setup` below, and let `dev` need `worktree: setup` in place of `worktree`.
// const setup = perIssue("worktree:setup", { needs: { worktree }, ...verb.setupWorktree("npm ci") });

const dev = perIssue("phase:dev", { needs: { agent, worktree }, ...codex.turn("dev") });
const saved = perIssue("persist", { after: { worktree, dev }, ...verb.persist("dev") });
const cleaned = perIssue("worktree:teardown", { after: { worktree, dev, saved }, ...verb.teardown });

export const graph = {
	tasks: [backlog, plan, checked, status, made, health, ready, agent, worktree, dev, saved, cleaned],
	goals: {
		dev: { summary: "one dev phase for every issue, committed on its branch", tasks: [dev, saved, cleaned] },
	},
} satisfies Orchfile;

await main(graph, import.meta.url);
