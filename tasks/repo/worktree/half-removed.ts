import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../contract/problem.ts";
import { exists } from "../../system/paths.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { parseStatus, statusOf } from "../commands/status.ts";
import { git } from "../git.ts";
import { findAdministration } from "./administration.ts";
import type { Address } from "./worktree.ts";

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
		const changed = parseStatus(stdout).filter(({ state }) => state !== " D");
		if (changed.length > 0) {
			const detail = `its removal was broken off, and since then there is ${changed.map(({ path }) => path).join(", ")}`;
			throw new Failure({ kind: "worktree-not-removed", path: worktreePath, detail });
		}
		await removeFolder(worktreePath);
	}
	await rm(gitDir, { recursive: true, force: true });
	return true;
}
