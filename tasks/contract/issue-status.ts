import type { IssuePlan } from "./issue.ts";
import type { LockHolder } from "./lock-holder.ts";
import type { AttemptRecord } from "./record.ts";

/** Why an issue's dev phase is not up to date. */
export type Stale =
	| { readonly kind: "never-run" }
	| { readonly kind: "last-attempt"; readonly record: AttemptRecord }
	| { readonly kind: "document-changed"; readonly file: string }
	| { readonly kind: "prompt-changed" }
	| { readonly kind: "work-gone"; readonly path: string }
	| { readonly kind: "commit-lost"; readonly commit: string; readonly branch: string };

/** A blocker that has not passed yet, and what its last attempt came to. */
export interface OpenBlocker {
	readonly issue: string;
	readonly record: AttemptRecord | null;
	readonly logDir: string;
}

/** Where an issue stands, as far as git and `logs/` tell. */
export interface IssueStanding {
	readonly issue: IssuePlan;
	/** Absent when the issue is up to date. */
	readonly stale: Stale | undefined;
	readonly blockedBy: readonly OpenBlocker[];
	readonly record: AttemptRecord | null;
	/** The run that has the issue's lock, unless that is known to be dead; `null` when there is none. */
	readonly holder: LockHolder | null;
	/** Tip of the issue's branch; `null` when there is none. */
	readonly tip: string | null;
	/** Commits of the branch that the base does not hold. */
	readonly ahead: number;
	/** Whether the issue's worktree folder exists. */
	readonly hasWorktree: boolean;
}
