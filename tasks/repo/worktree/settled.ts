import { access, constants } from "node:fs/promises";
import type { Problem } from "../../contract/problem.ts";
import { freeSpace, isNothingLeft } from "../../system/disk-space.ts";
import { exists } from "../../system/paths.ts";
import { branchTip } from "../branch.ts";
import { git } from "../git.ts";
import { sizeOfWorktree } from "../size.ts";
import { findAdministration } from "./administration.ts";
import { holderOf } from "./list.ts";
import type { Address } from "./worktree.ts";

/** Whether what kept git from making a worktree is over, as far as somebody can look at it without trying again. */
export async function isSettled(problem: Problem, issue: Address): Promise<boolean> {
	const { repository, base, branch, worktreePath } = issue;
	switch (problem.kind) {
		case "disk-full": {
			if (await isNothingLeft([problem.path])) return false;
			const head = (await branchTip(repository, branch)) ?? base.commit;
			return (await freeSpace(problem.path)) > (await sizeOfWorktree(repository, head));
		}
		case "branch-in-the-way":
			return (await branchTip(repository, problem.existing)) === undefined;
		case "branch-checked-out":
			return [undefined, worktreePath].includes(await holderOf(repository, branch));
		case "worktree-locked": {
			const gitDir = await findAdministration(repository, worktreePath);
			return gitDir === undefined || !(await exists(`${gitDir}/locked`));
		}
		case "worktree-in-the-way":
		case "lock-file":
		case "ref-blocked":
			return !(await exists(problem.path));
		case "git-unwritable":
			return access(problem.path, constants.W_OK).then(
				() => true,
				() => false,
			);
		case "objects-unfetched":
			// What fetches them needs nothing else than they are.
			if (!problem.broughtBy) return false;
			await git(problem.broughtBy, { cwd: repository.root, expect: [1] });
			return true;
		default:
			return false;
	}
}
