#!/usr/bin/env -S npx tsx
import { codexRunner, forEach, main, type Orchfile, task, verb } from "./tasks/index.ts";

// `needs`: I use its output; it is pulled in and must end well. `after`: if it is in this run, I wait for it to settle.

// What runs the turns, and the phases whose prompts are checked before anything is made for one.
const codex = verb.agent(codexRunner(), ["dev", "review", "fix"]);

// What work is judged by: commands that we run ourselves, on what was committed and on what it started from. These are quick; with
// the tests among them, by their report (`junit`), it is judged test by test. A worktree has no packages, and links the checkout's.
const packages = 'ln -sfn "$ORCH_CHECKOUT/node_modules" node_modules &&';
const verify = verb.verify([
	{ name: "types", run: `${packages} npm run types` },
	{ name: "lint", run: `${packages} npm run lint` },
]);

// Once a run, before any issue.
const backlog = task("discover", verb.discover);
const plan = task("plan", { needs: { backlog }, ...verb.plan });
const checked = task("check", { needs: { backlog }, ...verb.check });
const status = task("status", { needs: { plan }, ...verb.status });
const made = task("clean", { needs: { backlog }, ...verb.clean });
const health = task("doctor", codex.doctor);
const ready = task("preflight", { needs: { plan }, ...verb.preflight });
const agent = task("preflight:runner", { needs: { plan, ready }, ...codex.preflight });
const confined = task("preflight:checks", { needs: { plan }, ...verify.preflight });
const first = [backlog, plan, checked, status, made, health, ready, agent, confined];

// Once an issue, which is held for as long as tasks of it run, so that two runs never work on one.
const perIssue = forEach(plan, { hold: verb.lock });
const worktree = perIssue("worktree:create", { needs: { ready }, ...verb.createWorktree });

// A new worktree has no `node_modules`. To fill it before the agent comes, outside of the sandbox and on the base's files
// only, take the slashes away, and call the one above `created`, here and in the list of tasks.
// const worktree = perIssue("worktree:setup", { needs: { worktree: created }, ...verb.setupWorktree("npm ci") });

const dev = perIssue("phase:dev", { needs: { agent, worktree }, ...codex.turn("dev") });
const saved = perIssue("persist", { after: { worktree, dev }, ...verb.persist("dev") });
const tested = perIssue("verify", { needs: { confined, worktree, dev, saved }, ...verify("dev") });

// A review passes the work, or says what is to be done. A third is the same four lines once more.
const review = perIssue("phase:review-1", { needs: { agent, worktree, tested }, ...codex.turn("review-1") });
const fix = perIssue("phase:fix-1", { needs: { agent, worktree, tested, review }, ...codex.turn("fix-1") });
const savedFix = perIssue("persist:fix-1", { after: { worktree, dev: fix }, ...verb.persist("fix-1") });
const retested = perIssue("verify:fix-1", { needs: { worktree, fix, savedFix }, ...verify("fix-1") });
const secondNeeds = { agent, worktree, tested: retested, review, fix };
const last = perIssue("phase:review-2", { needs: secondNeeds, ...codex.turn("review-2") });

const accepted = perIssue("accept", { needs: { tested: retested, review: last }, ...verb.accept(verify) });
const turns = { dev, saved, tested, review, fix, savedFix, retested, last, accepted };
const cleaned = perIssue("worktree:teardown", { after: { worktree, ...turns }, ...verb.teardown });

// Once every issue has settled. In no goal: `integrate M1` puts together on a branch what is accepted by then.
const integrated = task("integrate", { needs: { plan }, after: { accepted, cleaned }, ...verb.integrate(verify) });
// However they ended: what is known of them, for the page that is written last.
const page = task("report", { after: { plan, cleaned }, ...verb.report });

export const graph = {
	tasks: [...first, worktree, ...Object.values(turns), cleaned, integrated, page],
	goals: {
		dev: { summary: "one dev phase for every issue, committed on its branch", tasks: [dev, saved, cleaned, page] },
		deliver: {
			summary: "dev, checks, reviews and fixes, up to a verdict",
			tasks: [dev, saved, accepted, cleaned, page],
		},
	},
} satisfies Orchfile;

await main(graph, import.meta.url);
