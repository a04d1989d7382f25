import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What the names of all issues' branches start with. */
export const BRANCH_PREFIX = "issue/";

/** Name of an issue's branch. */
export function branchOf(id: string): string {
	return `${BRANCH_PREFIX}${id}`;
}

/** Folder of a repository's worktrees: beside it, so that nothing of it shows up in the checkout. */
export function worktreesFolder(root: string): string {
	return join(realpathSync(dirname(root)), `${basename(root)}.worktrees`);
}
