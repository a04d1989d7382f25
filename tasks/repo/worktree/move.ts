import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { exists } from "../../system/paths.ts";
import { git } from "../git.ts";
import { exclusively, retryRaces } from "./in-turn.ts";

/**
 * Moves a worktree with all that is in it, where it stands and nothing stands at its new place.
 * @throws Failure `git-failed`, as for one that is locked or has submodules.
 */
export async function moveWorktree({ root }: RepositoryPaths, from: string, to: string): Promise<void> {
	if (from === to) return;
	await exclusively(async () => {
		if (!(await exists(from)) || (await exists(to))) return;
		await mkdir(dirname(to), { recursive: true });
		await retryRaces(() => git(["worktree", "move", "--", from, to], { cwd: root })).catch(async (error) => {
			// Somebody else was quicker.
			if (await exists(from)) throw error;
		});
	});
}
