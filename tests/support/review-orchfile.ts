import { asWritten } from "./edited-orchfile.ts";
import type { RunSettings } from "./world.ts";

/** What differs from the usual in an orchfile with two reviews and a fix between them. */
export interface ReviewGraph {
	/** The second argument of the turn, as it is written. */
	readonly turns?: Readonly<Partial<Record<"dev" | "review-1" | "fix-1" | "review-2", string>>>;
	/** The third argument of the agent, as it is written. */
	readonly agent?: string;
}

/**
 * How to run an orchfile with two reviews and a fix between them. Its checks find work failing that has a file `failing.txt` on the
 * branch; they stand in for the verb.
 */
export async function reviewOrchfile({ turns = {}, agent = "{}" }: ReviewGraph = {}): Promise<RunSettings> {
	const turn = (name: keyof typeof turns) => `...codex.turn("${name}", ${turns[name] ?? "{}"})`;
	return asWritten(`
import { execFileSync } from "node:child_process";
import { codexRunner, forEach, main, task, verb } from "./tasks/index.ts";
const codex = verb.agent(codexRunner(), ["dev", "review", "fix"], ${agent});
const backlog = task("discover", verb.discover);
const plan = task("plan", { needs: { backlog }, ...verb.plan });
const status = task("status", { needs: { plan }, ...verb.status });
const ready = task("preflight", { needs: { plan }, ...verb.preflight });
const agent = task("preflight:runner", { needs: { plan, ready }, ...codex.preflight });
const perIssue = forEach(plan, { hold: verb.lock });
const git = (issue, ...args) => execFileSync("git", args, { cwd: issue.repository.root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
const tests = (summary) => ({ summary, run: async (_, { issue }) => {
	const commit = git(issue, "rev-parse", issue.branch);
	const files = git(issue, "ls-tree", "--name-only", commit).split("\\n");
	const failed = files.includes("failing.txt") ? [{ check: "tests", test: "counts", message: "2 is not 3" }] : [];
	const none = { vanished: [], mayVanish: false, weakened: [], unproved: [], preExisting: [], fixed: [], flaky: [] };
	const record = { version: 1, issueId: issue.id, milestoneId: "M1", startedAt: "", endedAt: "", durationMs: 1, commit, base: issue.base.commit,
		key: "k", checks: [{ name: "tests", run: "npm test", status: failed.length ? "fail" : "pass", exitCode: 0, durationMs: 1, log: "" }],
		failures: failed.length ? ["new-failures"] : [], newFailures: failed, changed: ["package.json: scripts"], proved: 0, newTests: 0, ...none };
	return { kind: "verified", commit, record };
} });
const worktree = perIssue("worktree:create", { needs: { ready }, ...verb.createWorktree });
const dev = perIssue("phase:dev", { needs: { agent, worktree }, ${turn("dev")} });
const saved = perIssue("persist", { after: { worktree, dev }, ...verb.persist("dev") });
const tested = perIssue("verify", { needs: { worktree, dev, saved }, ...tests("look at the work") });
const review = perIssue("phase:review-1", { needs: { agent, worktree, tested }, ${turn("review-1")} });
const fix = perIssue("phase:fix-1", { needs: { agent, worktree, tested, review }, ${turn("fix-1")} });
const savedFix = perIssue("persist:fix-1", { after: { worktree, dev: fix }, ...verb.persist("fix-1") });
const retested = perIssue("verify:fix-1", { needs: { worktree, fix, saved: savedFix }, ...tests("look at the fix") });
const last = perIssue("phase:review-2", { needs: { agent, worktree, tested: retested, review, fix }, ${turn("review-2")} });
const cleaned = perIssue("worktree:teardown", { after: { worktree, saved, savedFix, last }, ...verb.teardown });
export const graph = {
	tasks: [backlog, plan, status, ready, agent, worktree, dev, saved, tested, review, fix, savedFix, retested, last, cleaned],
	goals: { deliver: { summary: "judged work", tasks: [dev, saved, last, savedFix, cleaned] } },
};
await main(graph, import.meta.url);
`);
}
