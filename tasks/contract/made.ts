import type { LockHolder } from "./lock-holder.ts";

/** Something that this program has made and that still stands, with what can be proved about it. */
export interface Made {
	/** Whom it was made for; `""` for what a run has made for all of its issues. */
	readonly issue: string;
	/** What it is named after, where that is not the issue's id. */
	readonly address?: string;
	readonly thing: MadeThing;
	readonly proof: Proof;
}

/** What can be made for an issue: a worktree, a branch, a lock, a log folder; for a run, the folders of its checks; for several issues, the branch on which they were put together. */
export type MadeThing =
	| { readonly kind: "worktree"; readonly path: string }
	| { readonly kind: "branch"; readonly branch: string; readonly tip: string }
	| { readonly kind: "lock"; readonly ref: string; readonly blob: string }
	| { readonly kind: "logs"; readonly path: string; readonly attempts: number }
	| { readonly kind: "checks"; readonly path: string }
	/** The branch on which issues were put together. `name`: what it is named after. */
	| { readonly kind: "integration"; readonly name: string; readonly branch: string; readonly tip: string };

/** What is known of something made. {@link isSafe} says which of these allow to remove it. */
export type Proof =
	// Nothing is lost with it.
	| { readonly kind: "on-base"; readonly base: string }
	/** The base has all of it in other commits. */
	| { readonly kind: "merged"; readonly base: string; readonly commit: string }
	| { readonly kind: "committed" }
	| { readonly kind: "folder-gone" }
	| { readonly kind: "dead-run"; readonly holder: LockHolder }
	/** No agent has begun: they tell what was in the way. */
	| { readonly kind: "not-begun" }
	/** Made by a rehearsal, and by nobody else since. */
	| { readonly kind: "rehearsed" }
	// Something would be.
	| { readonly kind: "only-on-branch"; readonly commits: number }
	/** Issues that were put together, and that the base does not have yet. */
	| { readonly kind: "put-together"; readonly issues: number }
	/** The clone is partial, and lacks what would tell; git's arguments with which a person fetches it. */
	| { readonly kind: "not-fetched"; readonly base: string; readonly broughtBy: readonly string[] }
	| { readonly kind: "uncommitted"; readonly files: readonly string[] }
	| { readonly kind: "not-persisted" }
	/** Hidden by rules that the agent made: no patch would hold it. */
	| { readonly kind: "ignored"; readonly files: readonly string[] }
	| { readonly kind: "history" }
	// It is not ours to judge.
	| { readonly kind: "live-run"; readonly holder: LockHolder }
	| { readonly kind: "unknown-run"; readonly holder: LockHolder | null }
	| { readonly kind: "checked-out"; readonly path: string }
	| { readonly kind: "unclear"; readonly detail: string };

/** True for what can be removed without losing anything. */
export function isSafe({ kind }: Proof): boolean {
	return ["on-base", "merged", "committed", "folder-gone", "dead-run", "not-begun", "rehearsed"].includes(kind);
}

/** True for what has content that can be saved as a patch before it is removed. */
export function isSavable({ kind }: Proof): boolean {
	return kind === "only-on-branch" || kind === "not-fetched" || kind === "uncommitted" || kind === "not-persisted";
}
