import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { withTemporaryFolder } from "../../system/temporary-folder.ts";
import { splitZ } from "../commands/split.ts";
import { lsTree, parseFiles, type TreeFile } from "../commands/tree.ts";
import { git } from "../git.ts";
import type { Worktree } from "./worktree.ts";

/**
 * Finds what of the ignored files of a worktree the rules of none of these commits ignore: git would remove it with the
 * worktree and not say a word.
 * @param ignored paths as `readWorktree` returns them.
 * @param commits what the agent started from: nobody expects to keep what is ignored there.
 */
export async function findIgnoredWork(
	repository: RepositoryPaths,
	worktree: Worktree,
	ignored: readonly string[],
	commits: readonly string[],
	signal: AbortSignal,
): Promise<string[]> {
	const options = { cwd: repository.root, worktree, signal };
	let left = [...ignored];
	for (const commit of new Set(commits)) {
		if (left.length === 0) return [];
		left = await withoutIgnored(repository, worktree, commit, left, signal);
		const folders = left.filter((entry) => entry.endsWith("/"));
		if (folders.length === 0) continue;
		// Not ignored as such there, but maybe all that is in it.
		const paths = folders.map((folder) => `:(top,literal)${folder}`);
		const inside = await git(["ls-files", "-o", "-i", "--exclude-standard", "-z", "--", ...paths], options);
		// git only warns of a folder that it can't read, and lists nothing.
		if (inside.stderr.includes("could not open directory")) continue;
		const kept = await withoutIgnored(repository, worktree, commit, splitZ(inside.stdout), signal);
		left = left.filter((entry) => !entry.endsWith("/") || kept.some((file) => file.startsWith(entry)));
	}
	return left;
}

/** The paths that the rules of a commit, and the user's own, do not ignore. */
export async function withoutIgnored(
	repository: RepositoryPaths,
	worktree: Pick<Worktree, "gitDir">,
	commit: string,
	paths: readonly string[],
	signal: AbortSignal,
): Promise<string[]> {
	if (paths.length === 0) return [];
	const cwd = repository.root;
	const rules = await findRules(cwd, commit, paths, signal);
	return withTemporaryFolder(async (folder) => {
		for (const { blob, path } of rules) {
			await mkdir(join(folder, dirname(path)), { recursive: true });
			await writeFile(join(folder, path), (await git(["cat-file", "blob", blob], { cwd, signal })).stdout);
		}
		// A rule for folders only is one for what is a folder.
		for (const path of paths) if (path.endsWith("/")) await mkdir(join(folder, path), { recursive: true });
		const { stdout } = await git(["check-ignore", "--no-index", "-z", "--stdin"], {
			cwd,
			worktree: { path: folder, gitDir: worktree.gitDir },
			input: paths.map((path) => `${path}\0`).join(""),
			expect: [1],
			signal,
		});
		const ignored = new Set(splitZ(stdout));
		return paths.filter((path) => !ignored.has(path));
	});
}

/** Paths that fit into one command line. */
const MOST_PATHS = 500;

/** The `.gitignore` files of a commit that have a say in what becomes of these paths. */
async function findRules(cwd: string, commit: string, paths: readonly string[], signal: AbortSignal) {
	const folders = new Set([""]);
	for (const path of paths) {
		for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at + 1));
	}
	const wanted = [...folders].map((folder) => `${folder}.gitignore`);
	const rules: TreeFile[] = [];
	for (let at = 0; at < wanted.length; at += MOST_PATHS) {
		const args = lsTree(commit, "--", ...wanted.slice(at, at + MOST_PATHS));
		rules.push(...parseFiles((await git(args, { cwd, signal })).stdout));
	}
	return rules;
}

/** True when git ignores this path, relative to the top of the checkout. */
export async function isIgnored(root: string, path: string): Promise<boolean> {
	return (await git(["check-ignore", "-q", "--", path], { cwd: root, expect: [1] })).exitCode === 0;
}
