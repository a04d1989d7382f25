import { isInside } from "../system/paths.ts";
import { killProcesses } from "../system/processes.ts";

/** The variable by which whatever an agent has started in one turn is known: it names the turn's temporary folder. */
export const TURN_VARIABLE = "ORCHFILE_TURN";

/**
 * Kills what an agent started and what outlived the agent's process group: a daemon leaves the group, but not the
 * sandbox it was started in, nor its environment. A person's shell that stands in the worktree is none.
 */
export async function killStrays(worktree: string, temporaryFolder: string): Promise<void> {
	const mark = `${TURN_VARIABLE}=${temporaryFolder}`;
	await killProcesses((seen) => (isInside(seen.cwd, worktree) && seen.isElsewhere) || seen.environment.includes(mark));
}
