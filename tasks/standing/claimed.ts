import type { IssuePlan } from "../contract/issue.ts";
import { Failure } from "../contract/problem.ts";
import { seeWorktree } from "../repo/worktree/unchanged.ts";
import type { Worktree } from "../repo/worktree/worktree.ts";
import { readTurns } from "../store/turns.ts";

/** Changes that are named. */
const MOST = 10;

/**
 * Checks that what a worktree holds is somebody's work: what came to it while a review was at work, which changes nothing, is nobody's.
 * A person has to take it or put it away; until then it is neither committed nor worked on.
 * @param changed its changes, where they are known.
 * @throws Failure `changed-in-review`.
 */
export async function verifyClaimed(issue: IssuePlan, worktree: Worktree, changed?: readonly string[]): Promise<void> {
	const last = (await readTurns(issue.logDir)).at(-1)?.record;
	if (last?.reason !== "reviewer-wrote") return;
	const files = changed ?? [...(await seeWorktree(issue, worktree)).changed.keys()];
	if (files.length === 0) return;
	const about = {
		issue: issue.id,
		path: worktree.path,
		files: files.slice(0, MOST),
		more: Math.max(0, files.length - MOST),
	};
	throw new Failure({ kind: "changed-in-review", ...about });
}
