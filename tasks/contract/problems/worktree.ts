/** An issue's worktree: in the way, not as it was made, or not to be removed. */
export type WorktreeProblem =
	| { readonly kind: "worktree-in-the-way"; readonly path: string }
	/** It stands where it was made, which is not where this repository has its worktrees now. */
	| {
			readonly kind: "worktree-elsewhere";
			readonly issue: string;
			readonly path: string;
			readonly expected: string;
	  }
	| {
			readonly kind: "worktree-tampered";
			readonly issue: string;
			readonly branch: string;
			readonly path: string;
			readonly detail: string;
			/** What is not as it was made: the `.git` in the worktree, git's folder for it, or the HEAD in that. */
			readonly wrong: "pointer-missing" | "pointer-replaced" | "administration" | "administration-missing" | "head";
			/** git's folder for the worktree, where it is known; `""` where it is not. */
			readonly gitDir: string;
	  }
	| { readonly kind: "worktree-locked"; readonly path: string; readonly reason: string }
	| { readonly kind: "worktree-not-removed"; readonly path: string; readonly detail: string }
	| {
			/** The clone has the submodule, but not the commit that a worktree needs. */
			readonly kind: "submodule-missing";
			/** Its path from the top of the repository. */
			readonly submodule: string;
			readonly commit: string;
			/** Its files in the checkout. */
			readonly checkout: string;
	  }
	| { readonly kind: "worktrees-unsupported"; readonly folder: string; readonly detail: string };
