/** What git was at work on when it refused: known where it was an issue. */
export interface Refused {
	readonly issue?: string;
	/** The issue's worktree, when it stands. */
	readonly worktree?: string;
	/** What goes on once it is mended: the goal, or the task that saves. */
	readonly next?: "goal" | "save";
}

/** What git refuses, where its own words would not do. */
export type GitProblem = Refused &
	(
		| {
				/** The file by which a git keeps others off what it writes. */
				readonly kind: "lock-file";
				readonly path: string;
		  }
		| {
				readonly kind: "not-signed";
				readonly path: string;
				readonly detail: string;
		  }
		| {
				/** Something where git keeps a ref: a folder that is not empty, or a file for a folder. */
				readonly kind: "ref-blocked";
				readonly ref: string;
				readonly path: string;
		  }
		| {
				readonly kind: "git-unwritable";
				readonly path: string;
				/** True when it belongs to who runs this. */
				readonly isOwn: boolean;
				readonly detail: string;
		  }
		| {
				/** A file of a worktree that git takes for none, by its name or by what is in it. */
				readonly kind: "file-refused";
				readonly path: string;
				readonly file: string;
				/** The part of the name that git does not take; the whole of it when that is not the reason. */
				readonly part: string;
				readonly detail: string;
		  }
		| {
				/** A filter of git's that did not take a file: on the way into a worktree, or into a commit. */
				readonly kind: "filter-failed";
				readonly path: string;
				readonly filter?: string;
				readonly file?: string;
				/** The program that is not there, where that is the reason. */
				readonly program?: string;
				readonly detail: string;
		  }
		| {
				/** A folder in which files lie whose names, with all folders, are too long for git. */
				readonly kind: "path-too-long";
				readonly path: string;
				readonly folder: string;
		  }
		| {
				readonly kind: "index-broken";
				/** The checkout or worktree that it belongs to. */
				readonly path: string;
				readonly index: string;
		  }
		| {
				readonly kind: "object-damaged";
				readonly path: string;
				readonly detail: string;
				/** What holds the damaged object; absent when it is missing. */
				readonly file?: string;
				/** Where it can be fetched again. */
				readonly remote?: string;
		  }
		| {
				/** A partial clone lacks what git needs. */
				readonly kind: "objects-unfetched";
				readonly path: string;
				/** git's arguments with which a person brings it, as far as they are known. */
				readonly broughtBy?: readonly string[];
		  }
		| {
				readonly kind: "config-broken";
				/** Where it stands, as far as git says so. */
				readonly file?: string;
				readonly line?: number;
				/** The variable whose value is none; absent when the line can't be read. */
				readonly key?: string;
		  }
		| { readonly kind: "identity-lost"; readonly path: string }
		| {
				readonly kind: "git-failed";
				readonly command: string;
				/** `null` when a signal ended it. */
				readonly exitCode: number | null;
				readonly stderr: string;
				readonly path: string;
		  }
	);
