/** A file or folder, and what it is to a run: one that agents must not be able to write to, or may write to alone. */
export interface Place {
	readonly what: "repository" | "git-folder" | "logs" | "temporary-folder" | "worktree" | "runner-home" | "program";
	/** Absolute; it need not exist. */
	readonly path: string;
}
