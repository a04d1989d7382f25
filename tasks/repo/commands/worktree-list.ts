import { splitZ } from "./split.ts";

/** An entry of git's list of worktrees. */
export interface Listed {
	readonly path: string;
	readonly head: string;
	/** The full name of the branch that is checked out there. */
	readonly branch: string | undefined;
	/** True when its folder is gone. */
	readonly prunable: boolean;
	/** Why it is locked; `""` when nobody said, absent when it is not. */
	readonly locked: string | undefined;
}

/** Arguments of the command that {@link parseWorktreeList} reads. */
export const WORKTREE_LIST = ["worktree", "list", "--porcelain", "-z"];

/** Reads what `git worktree list --porcelain -z` has printed. */
export function parseWorktreeList(stdout: string): Listed[] {
	return stdout
		.split("\0\0")
		.filter(Boolean)
		.map((entry) => {
			const fields = splitZ(`${entry}\0`);
			const value = (key: string) => fields.find((field) => field.startsWith(`${key} `))?.slice(key.length + 1);
			return {
				path: value("worktree") ?? "",
				head: value("HEAD") ?? "",
				branch: value("branch"),
				locked: fields.includes("locked") ? "" : value("locked"),
				prunable: fields.some((field) => field === "prunable" || field.startsWith("prunable ")),
			};
		});
}
