import type { RepositoryPaths } from "../../contract/issue.ts";
import type { Problem } from "../../contract/problem.ts";
import { git } from "../git.ts";
import type { Parent } from "./declared.ts";
import { gitlinksOf } from "./gitlinks.ts";

/** Submodules of a commit that a worktree of it would not have. */
export interface Unfilled {
	/** Paths of those that the clone does not hold: they stay empty. */
	readonly empty: readonly string[];
	/** Those that the clone holds without the commit that is wanted, as `submodule-missing`. */
	readonly missing: readonly Problem[];
}

/** Finds the submodules of a commit that the clone can't fill. Changes nothing. */
export async function findUnfilled(
	{ root, commonDir }: RepositoryPaths,
	commit: string,
	signal: AbortSignal,
): Promise<Unfilled> {
	const empty: string[] = [];
	const missing: Problem[] = [];
	if ((await gitlinksOf({ root }, commit, signal)).length === 0) return { empty, missing };
	// Few repositories have submodules; the others don't load what reads them.
	const { declaredIn } = await import("./declared.ts");
	const look = async (parent: Parent, prefix: string, at: string): Promise<void> => {
		for (const { path, commit: wanted, source, files } of await declaredIn(parent, at, signal)) {
			const submodule = prefix + path;
			if (source === undefined) {
				empty.push(submodule);
				continue;
			}
			const worktree = { path: root, gitDir: source };
			const asked = ["cat-file", "-e", `${wanted}^{commit}`];
			const { exitCode } = await git(asked, { cwd: root, worktree, signal, expect: [1, 128] });
			if (exitCode !== 0) missing.push({ kind: "submodule-missing", submodule, commit: wanted, checkout: files });
			else await look({ worktree, commonDir: source, files }, `${submodule}/`, wanted);
		}
	};
	await look({ worktree: { path: root, gitDir: commonDir }, commonDir, files: root }, "", commit);
	return { empty, missing };
}
