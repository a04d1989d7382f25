import type { AcceptRecord } from "./accept-record.ts";
import type { Issue } from "./issue.ts";
import type { LockHolder } from "./lock-holder.ts";
import type { TurnName } from "./phase.ts";
import type { AttemptRecord } from "./record.ts";
import type { PhaseResult } from "./result.ts";
import type { VerifyRecord } from "./verify-record.ts";

/** Why a task of ours is not up to date. */
export type Stale =
	// A turn of an agent.
	| { readonly kind: "never-run"; readonly turn: TurnName }
	| { readonly kind: "last-attempt"; readonly record: AttemptRecord }
	| { readonly kind: "document-changed"; readonly file: string }
	/** What was done stands for another document that has, or had, the same id. */
	| { readonly kind: "made-for-another"; readonly file: string }
	| { readonly kind: "prompt-changed" }
	| { readonly kind: "work-gone"; readonly path: string }
	/** `isKept`: git still has the commit, and its branch is gone, so that it can be had back. */
	| { readonly kind: "commit-lost"; readonly commit: string; readonly branch: string; readonly isKept: boolean }
	/** A shallow clone lacks what would tell whether its commit is on the base. */
	| { readonly kind: "history-cut"; readonly commit: string; readonly base: string }
	// What a turn has left.
	| { readonly kind: "not-committed"; readonly path: string; readonly outcome: AttemptRecord["outcome"] }
	/** There is nothing to commit, and nothing has looked yet: it changed nothing, or has committed itself what it did. */
	| { readonly kind: "not-persisted"; readonly path: string; readonly outcome: AttemptRecord["outcome"] }
	// The verdict. `commit` is the branch's tip.
	| { readonly kind: "not-verified"; readonly commit: string }
	| { readonly kind: "not-reviewed"; readonly commit: string }
	| { readonly kind: "fix-missing"; readonly because: "failing" | "changes-required" }
	| { readonly kind: "not-judged"; readonly commit: string }
	| { readonly kind: "not-accepted"; readonly record: AcceptRecord }
	/** A person has gone on with a branch that was accepted, or the base has been merged into it. */
	| { readonly kind: "gone-on"; readonly accepted: string; readonly commits: number }
	// A worktree.
	| { readonly kind: "no-worktree" }
	| { readonly kind: "base-moved" }
	| { readonly kind: "not-set-up" };

/** Why an issue that was planned is not begun after all: what its document says on the base, once it has its turn. */
export type Withdrawn = { readonly issue: string; readonly base: string } & (
	| { readonly kind: "document-removed"; readonly file: string }
	| { readonly kind: "closed"; readonly state: string }
	/** A state in which a person has it, or one that nobody has declared. */
	| { readonly kind: "held-back"; readonly state: string }
	/** `to`: its project and milestone now. */
	| { readonly kind: "moved"; readonly to: string }
);

/** An issue that no agent is to do, as its document says: a person has it, or nobody has declared what its state means. */
export interface HeldIssue extends Issue {
	readonly held: "held" | "unknown";
}

/** What git and `logs/` hold of an issue. */
export interface IssueSurvey {
	readonly issue: string;
	/** Of the last turn of an agent on it. */
	readonly record: AttemptRecord | null;
	/** The run that has the issue's lock, unless that is known to be dead; `null` when there is none. */
	readonly holder: LockHolder | null;
	/** Tip of the issue's branch; `null` when there is none. */
	readonly tip: string | null;
	/** Commits of the branch that the base does not hold. */
	readonly ahead: number;
	/** Whether the base has its saved work, in the same commits or in others. */
	readonly isMerged: boolean;
	/** The commit of the base that says so, where there is no record. */
	readonly toldBy?: string;
	/** Whether the issue's worktree folder exists. */
	readonly hasWorktree: boolean;
	/** How its work was judged the last time; absent where it never was. */
	readonly judged?: Judged;
	/** The branch on which it was put together with others, as it stands there. */
	readonly integration?: string;
}

/** How an issue's work was judged, by whatever has judged it. */
export interface Judged {
	/** What the checks said last. */
	readonly checks?: VerifyRecord;
	/** The last review that came to an end. */
	readonly review?: Reviewed;
	/** The last verdict. */
	readonly verdict?: AcceptRecord;
}

/** A review, with what it answered, where that is known. */
export interface Reviewed {
	readonly record: AttemptRecord;
	readonly result?: PhaseResult<"review">;
}
