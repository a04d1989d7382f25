import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { homeOf, type RepositoryPaths } from "../contract/issue.ts";
import { type Layout, REHEARSAL_BRANCHES, REHEARSAL_WORKTREES } from "../contract/layout.ts";
import { realPath } from "../system/paths.ts";
import { issueOfBranch, issueOfWorktree } from "./addresses.ts";

/**
 * The tops of a repository's linked worktrees, without those of issues: what stands in these was written by agents. Asked of
 * the files that git documents (gitrepository-layout(5)) and not of git: every look asks.
 */
export function findLinkedCheckouts(repository: RepositoryPaths, layout: Layout): string[] {
	const folder = join(repository.commonDir, "worktrees");
	const plain = layout.worktree.endsWith(REHEARSAL_WORKTREES)
		? layout.worktree.slice(0, -REHEARSAL_WORKTREES.length)
		: layout.worktree;
	const ofIssues = [plain, `${plain}${REHEARSAL_WORKTREES}`].map((worktree) => ({ ...layout, worktree }));
	return namesIn(folder).flatMap((name) => {
		const path = dirname(resolve(folder, name, readIfThere(join(folder, name, "gitdir"))));
		if (ofIssues.some((each) => issueOfWorktree(each, homeOf(repository), path) !== undefined)) return [];
		// A repository that was copied still has the original's in its list.
		const [, pointer = ""] = /^gitdir: (.+)$/.exec(readIfThere(join(path, ".git"))) ?? [];
		if (realPath(resolve(path, pointer)) !== join(folder, name)) return [];
		// One that was made from another checkout, by an earlier version, is not where they lie today.
		const [, branch = ""] = /^ref: refs\/heads\/(.+)$/.exec(readIfThere(join(folder, name, "HEAD"))) ?? [];
		return branch.startsWith(REHEARSAL_BRANCHES) || issueOfBranch(layout, branch) !== undefined ? [] : [path];
	});
}

/** The log folders of linked worktrees in which there still are records, and not only links to where these lie. */
export function findFormerLogs(repository: RepositoryPaths, layout: Layout): string[] {
	return findLinkedCheckouts(repository, layout)
		.map((path) => join(path, "logs", layout.logs))
		.filter((path) => entriesOf(path).some((entry) => entry.isDirectory()));
}

function entriesOf(folder: string) {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch {
		return [];
	}
}

function namesIn(folder: string): string[] {
	return entriesOf(folder).map(({ name }) => name);
}

function readIfThere(file: string): string {
	try {
		return readFileSync(file, "utf8").trim();
	} catch {
		return "";
	}
}
