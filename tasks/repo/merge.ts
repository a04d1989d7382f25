import type { RepositoryPaths } from "../contract/issue.ts";
import { contains } from "./branch.ts";
import { splitZ } from "./commands/split.ts";
import { commitMerge } from "./commit-merge.ts";
import { git } from "./git.ts";

/** How a merge went. */
export type Merge =
	| { readonly kind: "merged"; readonly head: string }
	| { readonly kind: "conflict"; readonly files: readonly string[] };

/**
 * Merges two commits without a worktree (git-merge-tree(1)): until the result is known, there is nothing that a conflict
 * or a kill could leave half-done. A commit that holds the other already is the result, as in a fast-forward.
 * @param message of the merge; nothing where it is only tried.
 * @throws Failure `git-failed` when git can't merge for another reason than a conflict.
 */
export async function mergeCommits(
	repository: RepositoryPaths,
	ours: string,
	theirs: string,
	message: string | undefined,
	signal: AbortSignal,
): Promise<Merge> {
	if (await contains(repository, theirs, ours)) return { kind: "merged", head: theirs };
	const merged = await mergeTrees(repository, ours, theirs, signal);
	const [tree = "", ...files] = splitZ(merged.stdout);
	if (merged.exitCode === 1) return { kind: "conflict", files: [...new Set(files.filter(Boolean))] };
	return { kind: "merged", head: await commitMerge(repository, tree, [ours, theirs], message, signal) };
}

/** True when two commits can't be merged without a person. @throws Failure as {@link mergeCommits}. */
export async function isConflict(
	repository: RepositoryPaths,
	ours: string,
	theirs: string,
	signal: AbortSignal,
): Promise<boolean> {
	return (await mergeTrees(repository, ours, theirs, signal)).exitCode === 1;
}

function mergeTrees({ root }: RepositoryPaths, ours: string, theirs: string, signal: AbortSignal) {
	const broughtBy = ["merge-tree", "--write-tree", ours, theirs];
	// With merge.renormalize, files go through their filters first.
	const options = { cwd: root, signal, expect: [1], broughtBy, filtered: true };
	return git(["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs], options);
}
