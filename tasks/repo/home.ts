import { basename, dirname, join, resolve } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import { DEFAULT_LAYOUT, REHEARSAL_BRANCHES } from "../contract/layout.ts";
import { Failure } from "../contract/problem.ts";
import { realPath } from "../system/paths.ts";
import { branchFolder } from "./addresses.ts";
import { splitZ } from "./commands/split.ts";
import { parseWorktreeList, WORKTREE_LIST } from "./commands/worktree-list.ts";
import { git } from "./git.ts";

const MAIN_SETTINGS = ["config", "-z", "--get-regexp", "^core\\.(bare|worktree)$"];

/**
 * Finds what stands for the repository of a linked worktree, by git's common directory alone: in every checkout it has to
 * come to the same.
 * @throws Failure `main-checkout-unknown`.
 */
export async function findHome({ root, commonDir }: RepositoryPaths): Promise<Pick<RepositoryPaths, "home" | "logs">> {
	// What is set for the main checkout alone, in its own file, is read as well when git's folder is named.
	const { stdout } = await git(["--git-dir", commonDir, ...MAIN_SETTINGS], { cwd: root, expect: [1] });
	const settings = new Map(
		splitZ(stdout).map((entry) => [entry.split("\n", 1)[0], entry.slice(entry.indexOf("\n") + 1)]),
	);
	const name = basename(commonDir);
	if (/^(?:|false|no|off|0)$/i.test(settings.get("core.bare") ?? "")) {
		const worktree = settings.get("core.worktree");
		if (worktree !== undefined) return { home: realPath(resolve(commonDir, worktree)) };
		if (name === ".git") return { home: dirname(commonDir) };
		throw new Failure({ kind: "main-checkout-unknown", path: root, gitFolder: commonDir });
	}
	// A hidden one lies in a folder that was made for it and its worktrees.
	if (name.startsWith(".")) return { home: dirname(commonDir), logs: join(dirname(commonDir), "logs") };
	const home = commonDir.replace(/\.git$/, "");
	return { home, logs: `${home}.logs` };
}

/** The worktrees of a bare repository that people have made, the one on the repository's own branch first. */
export async function findCheckouts(gitDir: string): Promise<string[]> {
	const ask = (args: readonly string[]) =>
		git(["--git-dir", gitDir, ...args], { cwd: dirname(gitDir), expect: [1, 128] }).then(({ stdout }) => stdout);
	const [list, head] = await Promise.all([ask(WORKTREE_LIST), ask(["symbolic-ref", "-q", "HEAD"])]);
	const ofIssues = [branchFolder(DEFAULT_LAYOUT), REHEARSAL_BRANCHES].map((folder) => `refs/heads/${folder}`);
	return parseWorktreeList(list)
		.filter(({ head: commit, prunable }) => commit !== "" && !prunable)
		.filter(({ branch }) => !ofIssues.some((folder) => branch?.startsWith(folder)))
		.sort((a, b) => Number(b.branch === head.trim()) - Number(a.branch === head.trim()))
		.map(({ path }) => path);
}
