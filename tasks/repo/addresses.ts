import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";

/** What the names of worktrees of rehearsals end with: no id does, so git's own names for them are distinct as well. */
const REHEARSAL = "@rehearsal";

type Kind = Pick<RepositoryPaths, "rehearsal">;

/** What the names of all issues' branches start with. */
export function branchPrefix({ rehearsal }: Kind): string {
	return rehearsal ? "rehearsal/" : "issue/";
}

/** Name of an issue's branch. */
export function branchOf(repository: Kind, id: string): string {
	return `${branchPrefix(repository)}${id}`;
}

/** Where an issue's worktree stands. */
export function worktreePathOf({ root, rehearsal }: RepositoryPaths, id: string): string {
	return join(worktreesFolder(root), rehearsal ? `${id}${REHEARSAL}` : id);
}

/** The issue whose worktree stands there; nothing for another one's, or one of the other kind. */
export function issueOfWorktree({ root, rehearsal }: RepositoryPaths, path: string): string | undefined {
	const folder = `${worktreesFolder(root)}/`;
	if (!path.startsWith(folder) || path.endsWith(REHEARSAL) !== (rehearsal === true)) return undefined;
	return path.slice(folder.length, rehearsal ? -REHEARSAL.length : undefined);
}

/** Folder of a repository's worktrees: beside it, so that nothing of it shows up in the checkout. */
export function worktreesFolder(root: string): string {
	return join(realpathSync(dirname(root)), `${basename(root)}.worktrees`);
}
