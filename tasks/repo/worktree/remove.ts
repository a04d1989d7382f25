import { rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure, problemOf } from "../../contract/problem.ts";
import { exists } from "../../system/paths.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { asInCheckout } from "../checkout-settings.ts";
import { git } from "../git.ts";
import { findAdministration } from "./administration.ts";
import { dropHalfRemoved, REMOVING } from "./half-removed.ts";
import { exclusively, retryRaces } from "./in-turn.ts";
import { listWorktrees } from "./list.ts";
import type { Address } from "./worktree.ts";

/**
 * Removes an issue's worktree; never with `--force`, so git itself refuses when something in it is not committed.
 * Of submodules, which git would not remove at all, the same is made sure before.
 * @throws Failure `submodule-work`, `worktree-locked`, or `worktree-not-removed` with git's reason.
 */
export async function removeWorktree(issue: Address, signal: AbortSignal): Promise<void> {
	await exclusively(async () => {
		const { repository, worktreePath } = issue;
		const gitDir = await findAdministration(repository, worktreePath);
		const mark = join(gitDir ?? "", REMOVING);
		// On a full disk there is no mark; removing frees some.
		if (gitDir) await writeFile(mark, "").catch(() => {});
		const settings = await asInCheckout(repository);
		const removing = async () => {
			if (gitDir && (await exists(join(gitDir, "modules")))) {
				const { emptySubmodules } = await import("../submodules/empty.ts");
				await emptySubmodules(issue, { path: worktreePath, gitDir }, signal);
			}
			await git([...settings, "worktree", "remove", "--", worktreePath], { cwd: repository.root, signal });
		};
		await retryRaces(removing).catch(async (error) => {
			if (wasKilled(error) && gitDir && (await dropHalfRemoved(issue))) return;
			if (gitDir) await rm(mark, { force: true });
			await finishRemoval(issue, error);
		});
		// The folder of worktrees goes with the last of them; one that is not empty stays.
		await dropEmptyFolder(issue);
	});
}

function wasKilled(error: unknown): boolean {
	const problem = problemOf(error);
	return problem?.kind === "git-failed" && problem.exitCode === null;
}

/** Ends what git has begun; where it has not, says why. */
async function finishRemoval({ repository, worktreePath }: Address, error: unknown): Promise<void> {
	const problem = problemOf(error);
	if (!problem || problem.kind === "submodule-work" || problem.kind === "nested-repository") throw error;
	const standing = (await listWorktrees(repository)).find((each) => each.path === worktreePath);
	if (standing?.locked !== undefined) {
		throw new Failure({ kind: "worktree-locked", path: standing.path, reason: standing.locked });
	}
	const detail = problem.kind === "git-failed" ? problem.stderr : problem.kind;
	// By then git has seen that nothing would be lost, and what is left is no worktree any more.
	if (/failed to delete/.test(detail)) {
		await removeFolder(worktreePath).catch(() => {});
		if (!(await exists(worktreePath))) return;
	}
	throw new Failure({ kind: "worktree-not-removed", path: worktreePath, detail }, { cause: error });
}

/** Removes an issue's worktree with what is not committed in it: only for who has saved that. */
export async function discardWorktree(issue: Address, signal: AbortSignal): Promise<void> {
	await exclusively(async () => {
		await git(["worktree", "remove", "--force", "--", issue.worktreePath], { cwd: issue.repository.root, signal });
		await dropEmptyFolder(issue);
	});
}

/** Removes the folder of worktrees when there is none in it any more. */
export async function dropEmptyFolder({ worktreePath }: Pick<Address, "worktreePath">): Promise<void> {
	await rmdir(dirname(worktreePath)).catch(() => {});
}
