import type { LockHolder } from "../lock-holder.ts";

/** An issue's branch, and the lock on the issue. */
export type BranchProblem =
	/** `worktree`: the issue's own, where the branch is checked out in one. */
	| {
			readonly kind: "branch-not-on-base";
			readonly branch: string;
			readonly base: string;
			readonly worktree?: string;
	  }
	| {
			readonly kind: "base-conflicts";
			readonly branch: string;
			readonly base: string;
			readonly files: readonly string[];
			/** What was to be put together: what the branch holds, and what it lacks. */
			readonly commits: readonly string[];
			readonly worktree?: string;
	  }
	| {
			readonly kind: "stack-conflicts";
			readonly branch: string;
			/** The blocker's branch that can't be merged, and what it can't be merged with: another's, the base, or the branch itself. */
			readonly blocker: string;
			readonly other: string;
			readonly files: readonly string[];
			/** As with `base-conflicts`. */
			readonly commits: readonly string[];
			/** Where the branch is checked out into which a person has to merge: the issue's where that is the other, or the blocker's. */
			readonly worktree?: string;
	  }
	/** `base`: the branch to go to, where it is the checkout of the run itself. */
	| { readonly kind: "branch-checked-out"; readonly branch: string; readonly path: string; readonly base?: string }
	| {
			/** It was moved from outside of its worktree. `was`: what the worktree's files rest on. */
			readonly kind: "branch-moved";
			readonly issue: string;
			readonly path: string;
			readonly branch: string;
			readonly was: string;
			readonly now: string;
	  }
	/** Branch and logs at the issue's addresses are those of another document; `file`: its own. */
	| {
			readonly kind: "made-for-another";
			readonly issue: string;
			readonly branch: string;
			readonly logDir: string;
			readonly file: string;
			readonly other: string;
	  }
	/** It is not there any more, and its work is to be judged. `was`: what was saved on it last. */
	| { readonly kind: "branch-gone"; readonly issue: string; readonly branch: string; readonly was?: string }
	| { readonly kind: "branch-in-the-way"; readonly branch: string; readonly existing: string }
	| {
			readonly kind: "issue-locked";
			readonly issue: string;
			/** The run that has it; `null` when the lock does not tell. */
			readonly holder: LockHolder | null;
			/** True when nobody here can tell whether that run still runs. */
			readonly isUncertain: boolean;
			readonly ref: string;
			readonly blob: string;
	  };
