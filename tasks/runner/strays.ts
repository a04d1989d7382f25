import { isInside } from "../system/paths.ts";
import { killProcesses } from "../system/processes.ts";

/** How the entry of an environment starts that names the folder for temporary files. */
const TEMPORARY = "TMPDIR=";

/**
 * Kills what an agent started and what outlived the agent's process group: a daemon leaves the group, but not the
 * sandbox it was started in, nor the temporary folder it was given. A person's shell that stands in the worktree is none.
 */
export async function killStrays(worktree: string, temporaryFolder: string): Promise<void> {
	const isTheirs = (entry: string): boolean =>
		entry.startsWith(TEMPORARY) && isInside(entry.slice(TEMPORARY.length), temporaryFolder);
	await killProcesses((seen) => (isInside(seen.cwd, worktree) && seen.isElsewhere) || seen.environment.some(isTheirs));
}
