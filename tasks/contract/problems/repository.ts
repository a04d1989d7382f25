import type { UnderWay } from "./work.ts";

/** The repository as a whole: whether git can use it, its commits, its settings. */
export type RepositoryProblem =
	| { readonly kind: "not-a-repository"; readonly path: string; readonly detail: string }
	| {
			readonly kind: "bare-repository";
			readonly path: string;
			/** Those that people have made, the one on the repository's own branch first. */
			readonly worktrees: readonly string[];
	  }
	/** A linked worktree of a repository whose git folder lies apart from its main checkout. */
	| { readonly kind: "main-checkout-unknown"; readonly path: string; readonly gitFolder: string }
	| { readonly kind: "repository-not-yours"; readonly path: string; readonly safe: string }
	| { readonly kind: "repository-too-new"; readonly path: string; readonly detail: string }
	| {
			/** A `.git` that git takes for none. */
			readonly kind: "repository-broken";
			readonly path: string;
			/** What is not as it has to be: the HEAD in it, or the folder that it names. */
			readonly wrong: "head" | "pointer";
			readonly detail: string;
	  }
	| { readonly kind: "bare-by-setting"; readonly path: string }
	| { readonly kind: "no-commits"; readonly path: string }
	| { readonly kind: "detached-head"; readonly commit: string; readonly underWay?: UnderWay }
	| { readonly kind: "unknown-base"; readonly name: string; readonly nearest: readonly string[] }
	/** Nobody has named a base, and the branch of an issue is checked out. `start`: the branch that was meant, perhaps. */
	/** `isPutTogether`: it is that of several issues, which were put together. */
	| {
			readonly kind: "base-of-issue";
			readonly branch: string;
			readonly isPutTogether?: true;
			readonly start?: string;
	  }
	/** Files of the base that a partial clone has not fetched; `null`: it lacks whole folders. */
	| {
			readonly kind: "objects-missing";
			readonly base: string;
			readonly count: number | null;
			readonly broughtBy: readonly string[];
	  }
	/** A shallow clone has not fetched what the branch and the base have in common. */
	| { readonly kind: "history-cut"; readonly branch: string; readonly base: string }
	| { readonly kind: "no-identity" }
	| {
			/** A setting by which git would run a file that agents can write. */
			readonly kind: "relative-filter";
			readonly key: string;
			readonly command: string;
			/** Where the setting stands: `local`, `global`, … */
			readonly scope: string;
	  }
	/** It was there when the run began. `worktree`: of the issue, if it still stands. */
	| {
			readonly kind: "repository-gone";
			readonly path: string;
			readonly issue: string;
			readonly next: "goal" | "save";
			readonly worktree?: string;
	  }
	/** Files that decide what git runs are not as they were before an agent with access to them started. */
	| { readonly kind: "repository-tampered"; readonly files: readonly string[] };
