import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { given } from "../../contract/given.ts";
import type { IssuePlan } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import { exists } from "../../system/paths.ts";
import { asInCheckout } from "../checkout-settings.ts";
import { parseStatus, type StatusEntry, statusOf } from "../commands/status.ts";
import { findTooLong, findUnopened } from "../commands/words.ts";
import { git } from "../git.ts";
import { gitlinksOf } from "../submodules/gitlinks.ts";
import { linkKeys } from "./keys.ts";
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
 * @param commits what the agent started from.
 * @throws Failure `nested-repository`, `submodule-work`, `path-too-long`, `work-unreadable`.
 */
export async function readWorktree(
	issue: Pick<IssuePlan, "id" | "repository" | "branch">,
	worktree: Worktree,
	commits: readonly string[],
	signal: AbortSignal,
): Promise<Contents> {
	// It may have been made before the repository was unlocked.
	await linkKeys(issue.repository, worktree);
	// `dirty` has git look at where a submodule is, and not start anything in it.
	const flags = ["--untracked-files=all", "--ignored=matching", "--no-renames", "--ignore-submodules=dirty"];
	// A file that the filter does not take would count as changed.
	const { stdout, stderr } = await git([...(await asInCheckout(issue.repository, "clean")), ...statusOf(...flags)], {
		cwd: issue.repository.root,
		worktree,
		signal,
		filtered: true,
	});
	const entries = parseStatus(stdout);
	const nested = entries.filter(({ state, path }) => state === "??" && path.endsWith("/")).map(({ path }) => path);
	const submodules = await lookIntoSubmodules(issue, worktree, commits, entries, signal);
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

/** Folders of submodules that are not as git checks them out, in which something lies all the same. */
async function lookIntoSubmodules(
	issue: Pick<IssuePlan, "id" | "repository" | "branch">,
	worktree: Worktree,
	commits: readonly string[],
	entries: readonly StatusEntry[],
	signal: AbortSignal,
): Promise<string[]> {
	const all = await Promise.all(commits.map((commit) => gitlinksOf(issue.repository, commit, signal)));
	const started = all.flat();
	const added = entries.filter(({ state }) => /^[AT]/.test(state)).map(({ path }) => join(worktree.path, path));
	const isFolder = async (path: string) => (await lstat(path).catch(() => undefined))?.isDirectory() === true;
	const hasAny =
		started.length > 0 ||
		(await exists(join(worktree.gitDir, "modules"))) ||
		(await Promise.all(added.map(isFolder))).includes(true);
	if (!hasAny) return [];
	const { inspectSubmodules } = await import("../submodules/inspect.ts");
	return inspectSubmodules(issue, worktree, started, signal);
}
