import type { IssuePlan } from "../../contract/issue.ts";

/** A worktree of ours, named by the git directory that stands behind it. */
export interface Worktree {
	readonly path: string;
	/** `<common directory>/worktrees/<name>`, absolute. */
	readonly gitDir: string;
}

/** What has to be known of an issue to find its worktree. */
export type Address = Pick<IssuePlan, "id" | "address" | "repository" | "base" | "branch" | "worktreePath">;
