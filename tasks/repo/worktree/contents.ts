import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { given } from "../../contract/given.ts";
import type { IssuePlan, RepositoryPaths } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import { askedOnce } from "../../system/once.ts";
import { asInCheckout } from "../checkout-settings.ts";
import { parseStatus, statusOf } from "../commands/status.ts";
import { lsTree, parseSubmodules } from "../commands/tree.ts";
import { findTooLong, findUnopened } from "../commands/words.ts";
import { git } from "../git.ts";
import type { Worktree } from "./worktree.ts";

/** What lies in a worktree beside what is committed on its branch. */
export interface Contents {
	/** Paths that are changed, deleted or new. */
	readonly changed: readonly string[];
	/** Paths that are ignored; a folder that is ignored as such is one of them, and ends in `/`. */
	readonly ignored: readonly string[];
}

/**
 * Looks at everything in a worktree that is not committed. Refuses what git would pass over without a word, before git
 * looks into it: of a repository inside the worktree `add` would commit a bare link, and the next `status` would run what
 * its configuration names; what lies in the folder of a submodule that is not checked out it does not see at all, nor what
 * lies in a folder that can't be read.
 * @param commits what the agent started from: its submodules are those of these commits, since it can't add one.
 * @throws Failure `nested-repository`, `path-too-long`, `work-unreadable`.
 */
export async function readWorktree(
	issue: Pick<IssuePlan, "id" | "repository">,
	worktree: Worktree,
	commits: readonly string[],
	signal: AbortSignal,
): Promise<Contents> {
	const flags = ["--untracked-files=all", "--ignored=matching", "--no-renames", "--ignore-submodules=all"];
	const { stdout, stderr } = await git([...(await asInCheckout(issue.repository)), ...statusOf(...flags)], {
		cwd: issue.repository.root,
		worktree,
		signal,
	});
	const entries = parseStatus(stdout);
	const nested = entries.filter(({ state, path }) => state === "??" && path.endsWith("/")).map(({ path }) => path);
	const submodules = await findFilledSubmodules(issue.repository, worktree, commits, signal);
	if (nested.length + submodules.length > 0) {
		throw new Failure({ kind: "nested-repository", path: worktree.path, nested, submodules, issue: issue.id });
	}
	// `add` would take files with the marks of a conflict in them for resolved.
	const unmerged = entries.filter(({ state }) => /U|AA|DD/.test(state)).map(({ path }) => path);
	if (unmerged.length > 0) {
		const underWay = await (await import("../under-way.ts")).findUnderWay(worktree.gitDir);
		const about = { issue: issue.id, path: worktree.path, ...given({ underWay }) };
		throw new Failure({ kind: "work-under-way", ...about, files: unmerged });
	}
	const long = findTooLong(stderr);
	if (long !== undefined) {
		const about = { issue: issue.id, worktree: worktree.path, next: "save" } as const;
		throw new Failure({ ...about, kind: "path-too-long", path: worktree.path, folder: upperHalf(long) });
	}
	// Only a warning to git, which goes on as if the folder were empty.
	const files = findUnopened(stderr);
	if (files.length > 0) throw new Failure({ kind: "work-unreadable", issue: issue.id, path: worktree.path, files });
	return {
		changed: entries.filter(({ state }) => state !== "!!").map(({ path }) => path),
		ignored: entries.filter(({ state }) => state === "!!").map(({ path }) => path),
	};
}

/** The folders that make up the first half of a path: what is in them fits once it lies above them. */
function upperHalf(path: string): string {
	const folders = path.split("/");
	return folders.slice(0, Math.ceil(folders.length / 2)).join("/");
}

/** Folders of submodules in which there is something: worktrees are made without what submodules hold. */
async function findFilledSubmodules(
	repository: RepositoryPaths,
	worktree: Worktree,
	commits: readonly string[],
	signal: AbortSignal,
): Promise<string[]> {
	const all = await Promise.all([...new Set(commits)].map((commit) => submodulesOf(repository, commit, signal)));
	const filled = await Promise.all(
		[...new Set(all.flat())].map(async (path) => {
			const inside = await readdir(join(worktree.path, path)).catch(() => []);
			return inside.length > 0 ? [path] : [];
		}),
	);
	return filled.flat();
}

const onceACommit = askedOnce<readonly string[]>();

/** Paths of the submodules of a commit, which never change. */
function submodulesOf({ root }: RepositoryPaths, commit: string, signal: AbortSignal): Promise<readonly string[]> {
	return onceACommit(commit, async () => {
		return parseSubmodules((await git(lsTree("-r", commit), { cwd: root, signal })).stdout);
	});
}
