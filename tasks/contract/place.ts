/** A file or folder that an agent must never be able to write to. */
export interface Place {
	readonly what: "repository" | "git-folder" | "logs" | "temporary-folder" | "worktree" | "runner-home" | "program";
	/** Absolute; it need not exist. */
	readonly path: string;
}
