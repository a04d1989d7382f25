/** What git has begun in a worktree, and not ended. */
export interface UnderWay {
	readonly what: "rebase" | "am" | "merge" | "cherry-pick" | "revert" | "bisect";
	/** The branch that it is about, where git says so. */
	readonly branch?: string;
}

/** What is nowhere but in one submodule of a worktree. */
export interface SubmoduleWork {
	/** Of the submodule, from the top of the worktree. */
	readonly path: string;
	/** Paths in it that are not committed. */
	readonly changed: readonly string[];
	/** Paths in it that only rules ignore which have come to it since the agent started. */
	readonly hidden: readonly string[];
	/** Refs of its own, or HEAD, with commits that are neither in the clone nor at its remote. */
	readonly tips: readonly { readonly ref: string; readonly commit: string }[];
	/** What the worktree's index has it at, where that commit is not to be found. */
	readonly pointer?: string;
	/** git's folder for the submodule in the clone, if it is there. */
	readonly source?: string;
}

/** Commits that are only in the repository that a submodule had in a worktree. */
export interface OrphanedCommits {
	/** git's folder for it. */
	readonly gitDir: string;
	readonly tips: SubmoduleWork["tips"];
	/** git's folder for the submodule in the clone, if it is there. */
	readonly source?: string;
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
			readonly kind: "submodule-work";
			readonly issue: string;
			readonly path: string;
			readonly branch: string;
			readonly submodules: readonly SubmoduleWork[];
	  }
	| {
			/** The folder of a worktree is gone, and git's folder for it has what was committed in submodules and is nowhere else. */
			readonly kind: "submodule-commits";
			readonly issue: string;
			readonly path: string;
			readonly branch: string;
			readonly orphans: readonly OrphanedCommits[];
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
	| {
			/** The worktree of an attempt is gone, and what was not committed with it. */
			readonly kind: "work-gone";
			readonly issue: string;
			readonly branch: string;
			readonly path: string;
			/** Something else stands in its place. */
			readonly isTaken: boolean;
	  }
	| {
			/** The worktree of an attempt was taken elsewhere: by git, by hand, or by hand and git has forgotten it. */
			readonly kind: "work-moved";
			readonly issue: string;
			readonly branch: string;
			readonly path: string;
			readonly isTaken: boolean;
			readonly found: string;
			readonly way: "by-git" | "by-hand" | "forgotten";
	  }
	| {
			/** There is nothing to commit, and what was done is in stashes, or in commits that are not on the branch. */
			readonly kind: "work-set-aside";
			readonly issue: string;
			readonly path: string;
			readonly stashed: readonly string[];
			readonly commits: readonly string[];
	  }
	| { readonly kind: "nothing-recorded"; readonly issue: string; readonly path: string }
	| {
			/** Changes came to a worktree while a review was at work, which makes none. `more`: how many are not named. */
			readonly kind: "changed-in-review";
			readonly issue: string;
			readonly path: string;
			readonly files: readonly string[];
			readonly more: number;
	  };
