import type { Conflict } from "../contract/integration.ts";
import type { RepositoryPaths } from "../contract/issue.ts";
import { Failure } from "../contract/problem.ts";
import { contains } from "./branch.ts";
import { MERGE_TREE, parseMergeTree } from "./commands/merge-tree.ts";
import { commitMerge } from "./commit-merge.ts";
import { git } from "./git.ts";

/** Paths that a command is given. */
const MOST_PATHS = 100;

/** What has been put together so far. */
export interface Together {
	/** The last commit of what becomes the branch. */
	readonly commit: string;
	/** The commit that the next branch is merged into: it has all that was merged among its ancestors, also where `commit` has not. */
	readonly merge: string;
}

/** How merging one more branch went. */
export type MergeTree =
	| { readonly kind: "there" }
	| { readonly kind: "clean"; readonly tree: string }
	| { readonly kind: "conflict"; readonly files: readonly Conflict[] };

/**
 * Merges a branch's tip into what has been put together (git-merge-tree(1)), as `git merge --no-ff` would; nothing is checked out, and
 * no ref is moved.
 * @throws Failure `git-failed`, `objects-unfetched`; the signal's reason when that was aborted.
 */
export async function mergeTree(
	repository: RepositoryPaths,
	{ merge }: Together,
	tip: string,
	signal: AbortSignal,
): Promise<MergeTree> {
	if (await contains(repository, merge, tip)) return { kind: "there" };
	const command = [...MERGE_TREE, merge, tip];
	const broughtBy = ["merge-tree", "--write-tree", merge, tip];
	const options = { cwd: repository.root, signal, expect: [1], broughtBy, filtered: true };
	const { exitCode, stdout, stderr } = await git(command, options);
	const { tree, files } = parseMergeTree(stdout);
	// Before 2.40, what is no commit is told by the same exit code as a conflict, and by no tree.
	if (tree === "")
		throw new Failure({
			kind: "git-failed",
			command: `git ${command.join(" ")}`,
			exitCode,
			stderr,
			path: repository.root,
		});
	if (exitCode === 0) return { kind: "clean", tree };
	// Where a folder of one side is in the way of a file, git would call that after the side it is from.
	const named = files.map(({ path, kinds }) => ({ kinds, path: path.replace(`~${merge}`, "").replace(`~${tip}`, "") }));
	return { kind: "conflict", files: named };
}

/**
 * Commits what a merge has come to: as a merge, or as one commit on top of what was there.
 * @param message nothing where it is only tried.
 */
export async function commitTogether(
	repository: RepositoryPaths,
	{ commit, merge }: Together,
	{ tip, tree }: { readonly tip: string; readonly tree: string },
	{ message, isSquashed }: { readonly message: string | undefined; readonly isSquashed: boolean },
	signal: AbortSignal,
): Promise<Together> {
	const parents = [merge, tip];
	if (!isSquashed) {
		const made = await commitMerge(repository, tree, parents, message, signal);
		return { commit: made, merge: made };
	}
	// Nobody's and in no branch: without it, what is stacked on this would be merged with what it holds already.
	const tried = await commitMerge(repository, tree, parents, undefined, signal);
	return { commit: await commitMerge(repository, tree, [commit], message, signal), merge: tried };
}

/** The merges, among those that have led to one, that have changed any of these paths; without paths, all of them. */
export async function findChanging(
	{ root }: RepositoryPaths,
	base: string,
	merge: string,
	paths: readonly string[],
	signal: AbortSignal,
): Promise<string[]> {
	const only = paths.slice(0, MOST_PATHS).map((path) => `:(top,literal)${path}`);
	const args = ["rev-list", "--first-parent", `${base}..${merge}`, "--", ...only];
	return (await git(args, { cwd: root, signal })).stdout.split("\n").filter(Boolean);
}

/** True when all of these commits are there. */
export async function areThere({ root }: RepositoryPaths, commits: readonly string[]): Promise<boolean> {
	const input = commits.map((each) => `${each}\n`).join("");
	const { stdout } = await git(["cat-file", "--batch-check=%(objecttype)"], { cwd: root, input });
	return stdout.split("\n").filter((line) => line === "commit").length === commits.length;
}
