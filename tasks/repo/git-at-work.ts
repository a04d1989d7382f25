import { isInside } from "../system/paths.ts";
import { endProcesses, type Seen, seeProcesses } from "../system/processes.ts";
import { RUN_VARIABLE } from "../system/this-run.ts";

/** Milliseconds that a git of a run that was killed has to finish what it is writing. */
const GRACE = 10_000;

/** True while a git works on a worktree: one of ours, named by its git directory, or one of a person who stands in it. */
export async function isGitAtWork(worktree: string, gitDir: string): Promise<boolean> {
	const isAtWork = (seen: Seen): boolean =>
		isGit(seen) && (isInside(seen.cwd, worktree) || seen.environment.includes(`GIT_DIR=${gitDir}`));
	return (await seeProcesses(isAtWork)).length > 0;
}

/**
 * Ends everything that a dead run has left running. git is waited for, since it ends by itself and is in the middle of
 * something; agents are killed.
 * @returns how many processes were still there.
 */
export function endProcessesOf(nonce: string): Promise<number> {
	const entry = `${RUN_VARIABLE}=${nonce}`;
	return endProcesses((seen) => seen.environment.includes(entry), { with: isGit, grace: GRACE });
}

function isGit({ program }: Seen): boolean {
	return program === "git";
}
