import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import { git, splitZ } from "./git.ts";
import type { Worktree } from "./worktree.ts";

/**
 * Finds what lies in a worktree and is in no commit since a `.gitignore` ignores it, unless the rules of one of these
 * commits ignore it as well: git would remove it with the worktree and not say a word.
 * @param commits what the agent started from: nobody expects to keep what is ignored there.
 */
export async function findIgnoredWork(
	repository: RepositoryPaths,
	worktree: Worktree,
	commits: readonly string[],
	signal: AbortSignal,
): Promise<string[]> {
	const options = { cwd: repository.root, worktree, signal };
	const list = async (flags: readonly string[]) =>
		splitZ((await git(["ls-files", "-o", "-i", "--exclude-standard", "-z", ...flags], options)).stdout);
	// A folder that is ignored as such is one entry; git lists others beside all that is in them.
	const entries = (await list(["--directory"])).filter(
		(entry, at, all) => !entry.endsWith("/") || !all[at + 1]?.startsWith(entry),
	);
	let left = entries;
	for (const commit of new Set(commits)) {
		if (left.length === 0) return [];
		left = await withoutIgnored(repository, worktree, commit, left, signal);
		const folders = left.filter((entry) => entry.endsWith("/"));
		if (folders.length === 0) continue;
		// Not ignored as such there, but maybe all that is in it.
		const inside = await list(["--", ...folders.map((folder) => `:(top,literal)${folder}`)]);
		const kept = await withoutIgnored(repository, worktree, commit, inside, signal);
		left = left.filter((entry) => !entry.endsWith("/") || kept.some((file) => file.startsWith(entry)));
	}
	return left;
}

/** The paths that the rules of a commit, and the user's own, do not ignore. */
async function withoutIgnored(
	repository: RepositoryPaths,
	worktree: Worktree,
	commit: string,
	paths: readonly string[],
	signal: AbortSignal,
): Promise<string[]> {
	const cwd = repository.root;
	const tree = await git(["ls-tree", "-r", "-z", commit], { cwd, signal });
	const rules = splitZ(tree.stdout).flatMap((entry) => {
		const [, blob, path] = /^100\d+ blob ([0-9a-f]+)\t((?:[\s\S]*\/)?\.gitignore)$/.exec(entry) ?? [];
		return blob && path ? [{ blob, path }] : [];
	});
	const folder = await realpath(await mkdtemp(join(tmpdir(), "orchfile-rules-")));
	try {
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
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
