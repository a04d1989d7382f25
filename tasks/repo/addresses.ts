import { basename, dirname, resolve } from "node:path";
import { homeOf, type RepositoryPaths } from "../contract/issue.ts";
import { DEFAULT_LAYOUT, fillIn, type Layout, REHEARSAL_BRANCHES } from "../contract/layout.ts";
import { Failure } from "../contract/problem.ts";
import { isInside, realPath } from "../system/paths.ts";
import { git } from "./git.ts";

/** What the names of branches start with on which issues are put together. */
const INTEGRATION = "integration/";

/** An id to try patterns out with. */
const SOME_ID = "A-1";

/** Name of an issue's branch. */
export function branchOf(layout: Layout, id: string): string {
	return fillIn(layout.branch, { id });
}

/**
 * Name of the branch on which issues are put together, ready to be merged. No id holds an `@`: where the branches of issues could have this
 * name, or one that git has no room for beside it, that comes in front.
 * @param name what is put together.
 */
export function integrationBranch(layout: Layout, name: string): string {
	if (layout.branch.startsWith(REHEARSAL_BRANCHES)) return `${REHEARSAL_BRANCHES}@integration/${name}`;
	const folder = branchFolder(layout);
	return `${folder === "" || folder.startsWith(INTEGRATION) ? "@" : ""}${INTEGRATION}${name}`;
}

/** True for a branch on which issues are put together, be it those of a rehearsal. */
export function isIntegration(layout: Layout, branch: string): boolean {
	const work = { ...layout, branch: layout.workBranch ?? layout.branch };
	return branch.startsWith(integrationBranch(work, "")) || branch.startsWith(`${REHEARSAL_BRANCHES}@integration/`);
}

/** What the names of all issues' branches start with: whole folders, as git lists them. */
export function branchFolder({ branch }: Layout): string {
	return branch.slice(0, branch.lastIndexOf("/", branch.indexOf("{id}")) + 1);
}

/** The id in the name of an issue's branch; nothing where it can't be one. */
export function issueOfBranch(layout: Layout, branch: string): string | undefined {
	return between(layout.branch, branch);
}

/**
 * Folder of an issue's worktree; beside the repository unless the orchfile says otherwise. Absolute, without symlinks.
 * @param home what stands for the repository in all its checkouts.
 */
export function worktreeOf(layout: Layout, home: string, id: string): string {
	const path = resolve(home, fillIn(layout.worktree, { id, repository: basename(home) }));
	return resolve(realPath(dirname(path)), basename(path));
}

/** The folder that all worktrees lie in. */
export function worktreesFolder(layout: Layout, home: string): string {
	return dirname(worktreeOf(layout, home, "{id}"));
}

/** The folder of what checks run in, beside the issues' worktrees; no id holds an `@`. */
export function checksFolder(layout: Layout, home: string): string {
	return worktreeOf(layout, home, "@checks");
}

/** The id in the path of an issue's worktree; nothing where it can't be one. */
export function issueOfWorktree(layout: Layout, home: string, path: string): string | undefined {
	const pattern = worktreeOf(layout, home, "{id}");
	return dirname(path) === dirname(pattern) ? between(basename(pattern), basename(path)) : undefined;
}

/**
 * Checks what only the repository and git can tell of a layout that is not the usual one.
 * @throws Failure `layout-invalid`.
 */
export async function verifyAddresses(layout: Layout, repository: RepositoryPaths): Promise<void> {
	const { root, commonDir } = repository;
	const refuse = (key: "branch" | "worktree", expected: string) =>
		new Failure({ kind: "layout-invalid", key, value: JSON.stringify(layout[key]), expected });
	if (layout.branch !== DEFAULT_LAYOUT.branch) {
		const ref = `refs/heads/${branchOf(layout, SOME_ID)}`;
		const { exitCode } = await git(["check-ref-format", ref], { cwd: root, expect: [1] });
		if (exitCode !== 0 || layout.branch.startsWith("-")) throw refuse("branch", "a name that git takes for a branch");
	}
	// Where links lead the usual folder is looked at with all that an agent could write to, before a run.
	if (layout.worktree === DEFAULT_LAYOUT.worktree) return;
	const home = homeOf(repository);
	const path = worktreeOf(layout, home, SOME_ID);
	// The folder around a bare repository and its worktrees is no checkout, and has room for one more.
	for (const place of [root, commonDir, ...(repository.logs === undefined ? [home] : [])]) {
		if (isInside(path, place) || isInside(place, path)) throw refuse("worktree", `a folder outside of ${place}`);
	}
}

function between(pattern: string, text: string): string | undefined {
	const [before = "", after = ""] = pattern.split("{id}");
	const fits = text.startsWith(before) && text.endsWith(after) && text.length > before.length + after.length;
	const id = text.slice(before.length, text.length - after.length);
	// What stands in the place of an id and can't be one is somebody else's.
	return fits && /^[\w.+-]+$/.test(id) ? id : undefined;
}
