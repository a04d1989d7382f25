import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import { exists } from "../../system/paths.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { parseStatus, statusOf } from "../commands/status.ts";
import { git } from "../git.ts";
import { findAdministration } from "./administration.ts";
import type { Address, Worktree } from "./worktree.ts";

/** A file in git's folder for a worktree whose removal has begun: nothing in the worktree would be lost with it. */
export const REMOVING = "orchfile-removing";

/**
 * Removes what is left of a worktree that git was killed over while it removed it.
 * @returns true when there was one.
 * @throws Failure `worktree-not-removed` when somebody has worked in it since.
 */
export async function dropHalfRemoved({ repository, worktreePath }: Address): Promise<boolean> {
	const gitDir = await findAdministration(repository, worktreePath);
	if (gitDir === undefined) return false;
	const stands = await exists(worktreePath);
	const isMarked = await exists(join(gitDir, REMOVING));
	// git removes the worktree first and its own folder for it last; by then the mark may be gone.
	const isCutOff = !stands && !((await exists(join(gitDir, "gitdir"))) && (await exists(join(gitDir, "HEAD"))));
	if (!isMarked && !isCutOff) return false;
	if (stands) {
		const { stdout } = await git(statusOf("--no-renames", "--ignore-submodules=all"), {
			cwd: repository.root,
			worktree: { path: worktreePath, gitDir },
		});
		const own = parseStatus(stdout).filter(({ state }) => state !== " D");
		const changed = [
			...own.map(({ path }) => path),
			...(await inSubmodules(repository, { path: worktreePath, gitDir })),
		];
		if (changed.length > 0) {
			const detail = `its removal was broken off, and since then there is ${changed.join(", ")}`;
			throw new Failure({ kind: "worktree-not-removed", path: worktreePath, detail });
		}
		await removeFolder(worktreePath);
	}
	await rm(gitDir, { recursive: true, force: true });
	return true;
}

/** What has been done in the submodules of a worktree whose removal was broken off. */
async function inSubmodules(repository: RepositoryPaths, worktree: Worktree): Promise<string[]> {
	if (!(await exists(join(worktree.gitDir, "modules")))) return [];
	const { findAdded } = await import("../submodules/inspect.ts");
	return findAdded(repository, worktree);
}
