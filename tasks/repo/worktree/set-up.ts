import { lstat, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../../system/atomic-write.ts";
import { diskFull } from "../../system/disk-space.ts";
import { exists } from "../../system/paths.ts";
import { asInCheckout } from "../checkout-settings.ts";
import { git } from "../git.ts";
import { dropHalfMade, findHalfMade, INITIALIZING } from "./half-made.ts";
import { dropEmptyFolder } from "./remove.ts";
import type { Address, Worktree } from "./worktree.ts";

/** True while a run makes or sets up the issue's worktree: nobody else has a use for it yet. */
export async function isBeingMade(issue: Address): Promise<boolean> {
	return (await findHalfMade(issue)) !== undefined;
}

/** True when the worktree, as it stands, was set up in this way. */
export async function isSetUp({ gitDir }: Pick<Worktree, "gitDir">, way: string): Promise<boolean> {
	return (await lstat(markOf(gitDir, way)).catch(() => undefined)) !== undefined;
}

/**
 * Does something in a worktree in which nobody has worked yet, while the base's files are checked out there in place of
 * the branch's. For that time the worktree counts as half-made: a failure removes it, and after a kill the next run does.
 * @param way a name for what is done; {@link isSetUp} knows it again.
 */
export async function setUpOnBase(
	issue: Address,
	worktree: Worktree,
	way: string,
	action: () => Promise<void>,
	signal: AbortSignal,
): Promise<void> {
	const options = { cwd: issue.repository.root, worktree, signal };
	const checkOut = async (...target: readonly string[]) => {
		const settings = await asInCheckout(issue.repository);
		await git([...settings, "checkout", "-q", "--no-recurse-submodules", ...target, "--"], options);
	};
	const align = async (commit: string) => {
		// Only a worktree that has some, or has had some made by the command.
		if (!(await exists(join(worktree.gitDir, "modules")))) return;
		const { alignSubmodules } = await import("../submodules/align.ts");
		await alignSubmodules(issue.repository, worktree, commit, signal);
	};
	const lock = join(worktree.gitDir, "locked");
	try {
		// As `git worktree lock` does it, which fails when another worktree is just being made or removed.
		await writeFileAtomic(lock, `${INITIALIZING}\n`);
		// Detached: what a command does to HEAD must not reach the branch.
		await checkOut("--detach", issue.base.commit);
		await align(issue.base.commit);
		await action();
		await checkOut(issue.branch);
		await align("HEAD");
		await writeFile(markOf(worktree.gitDir, way), "");
		await rm(lock);
	} catch (error) {
		// What can't be removed now is removed by the next run.
		await dropHalfMade(issue).catch(() => {});
		await dropEmptyFolder(issue);
		throw diskFull(error, worktree.path) ?? error;
	}
}

function markOf(gitDir: string, way: string): string {
	return join(gitDir, `orchfile-set-up-${way}`);
}
