import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import type { Worktree } from "../worktree/worktree.ts";
import { gitlinksOf } from "./gitlinks.ts";
import { inspectSubmodules } from "./inspect.ts";
import { findModules } from "./modules.ts";

/**
 * Leaves the folders of a worktree's submodules as they are before they are filled: git removes no worktree with others, even when
 * nothing would be lost.
 * @throws Failure `submodule-work`, `nested-repository`; nothing is removed then.
 */
export async function emptySubmodules(
	issue: Pick<IssuePlan, "id" | "repository" | "base" | "branch">,
	worktree: Worktree,
	signal: AbortSignal,
): Promise<void> {
	const started = await gitlinksOf(issue.repository, issue.base.commit, signal);
	const submodules = await inspectSubmodules(issue, worktree, started, signal, true);
	if (submodules.length > 0) {
		throw new Failure({ kind: "nested-repository", path: worktree.path, nested: [], submodules, issue: issue.id });
	}
	const modules = await findModules(worktree);
	// One in another goes with it.
	const outer = modules.filter(({ at }) => !modules.some((each) => at.startsWith(`${each.at}/`)));
	for (const { path, isFilled } of outer) {
		if (!isFilled) continue;
		await removeFolder(path);
		await mkdir(path);
	}
	await rm(join(worktree.gitDir, "modules"), { recursive: true, force: true });
}
