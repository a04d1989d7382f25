/** What git has begun in a worktree, and not ended. */
export interface UnderWay {
	readonly what: "rebase" | "am" | "merge" | "cherry-pick" | "revert" | "bisect";
	/** The branch that it is about, where git says so. */
	readonly branch?: string;
}

/** Work in a worktree that is not, or could not be, committed. */
export type WorkProblem =
	| {
			readonly kind: "nested-repository";
			readonly path: string;
			readonly nested: readonly string[];
			/** Folders of submodules that are not checked out, in which something lies all the same. */
			readonly submodules: readonly string[];
			readonly issue: string;
	  }
	| {
			readonly kind: "work-unreadable";
			readonly issue: string;
			readonly path: string;
			readonly files: readonly string[];
	  }
	| {
			/** What only rules ignore that the base does not have. */
			readonly kind: "work-ignored";
			readonly issue: string;
			readonly path: string;
			readonly files: readonly string[];
	  }
	| {
			readonly kind: "work-not-persisted";
			readonly issue: string;
			readonly path: string;
			readonly files: readonly string[];
	  }
	| {
			readonly kind: "work-under-way";
			readonly issue: string;
			readonly path: string;
			/** Absent where git has merged files without anything that it could go on with, as from a stash. */
			readonly underWay?: UnderWay;
			/** What is not merged. */
			readonly files: readonly string[];
	  }
	| { readonly kind: "nothing-recorded"; readonly issue: string; readonly path: string };
