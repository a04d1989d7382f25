import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { IssuePlan, RepositoryPaths } from "../contract/issue.ts";
import type { GitChange } from "../contract/record.ts";
import { contains } from "./branch.ts";
import { parseTips } from "./commands/refs.ts";
import { git } from "./git.ts";
import { findUnderWay } from "./under-way.ts";
import { findAdministration } from "./worktree/administration.ts";
import { headsOf } from "./worktree/branch-kept.ts";
import { listWorktrees } from "./worktree/list.ts";
import type { Worktree } from "./worktree/worktree.ts";

/** What an agent with access to git could change in it, beside what is guarded. */
export interface GitSeen {
	/** When it was looked at, in milliseconds of this process. */
	readonly at: number;
	/** Full names. */
	readonly refs: ReadonlyMap<string, string>;
	readonly stashes: readonly string[];
	/** HEAD of the repository itself, which its main checkout goes by: a branch, or a commit. */
	readonly head: string;
	readonly worktrees: readonly string[];
}

/** Looks at the repository before, or after, an agent with access to it. */
export async function seeGit(repository: RepositoryPaths): Promise<GitSeen> {
	// Without a signal: what an agent has done is looked at also where its turn was broken off.
	const options = { cwd: repository.root };
	const at = performance.now();
	const [refs, stashes, worktrees, head] = await Promise.all([
		git(["for-each-ref", "--format=%(objectname) %(refname)"], options),
		git(["stash", "list", "--format=%H"], options),
		listWorktrees(repository),
		readFile(join(repository.commonDir, "HEAD"), "utf8").catch(() => ""),
	]);
	return {
		at,
		refs: parseTips(refs.stdout),
		stashes: stashes.stdout.split("\n").filter(Boolean),
		head: head.trim().replace(/^ref: /, ""),
		worktrees: worktrees.map(({ path }) => path),
	};
}

/**
 * What is otherwise in git than before an agent's turn, beside what the turn has added to the issue's branch. A branch of the
 * issue that is gone is made again, as it was: the work would be committed without what it rests on.
 * @param others the worktrees that this run has worked in meanwhile, by their branches: those move.
 */
export async function findGitChanges(
	{ repository, branch, worktreePath }: Pick<IssuePlan, "repository" | "branch" | "worktreePath">,
	worktree: Pick<Worktree, "gitDir">,
	before: GitSeen,
	others: ReadonlyMap<string, string>,
): Promise<GitChange[]> {
	const after = await seeGit(repository);
	const own = `refs/heads/${branch}`;
	const changes: GitChange[] = after.stashes
		.filter((commit) => !before.stashes.includes(commit))
		.map((commit) => ({ what: "stash", name: "refs/stash", after: commit }));
	const [from, to] = [before.refs.get(own), after.refs.get(own)];
	if (from !== undefined && to === undefined) {
		await git(["update-ref", own, from, ""], { cwd: repository.root });
		changes.push({ what: "restored", name: own, before: from });
	} else if (from !== undefined && to !== undefined && !(await contains(repository, to, from)))
		changes.push({ what: "dropped", name: own, before: from });
	for (const name of new Set([...before.refs.keys(), ...after.refs.keys()])) {
		if (name === own || name === "refs/stash" || name.startsWith("refs/orch/")) continue;
		const is = after.refs.get(name);
		const other = others.get(name.replace(/^refs\/heads\//, ""));
		const was = await leftAt(repository, other, before.refs.get(name), is);
		if (was === is || (was === undefined && other !== undefined)) continue;
		if (was === undefined && is !== undefined) changes.push({ what: "made", name, after: is });
		else if (was !== undefined && is === undefined) changes.push({ what: "deleted", name, before: was });
		else if (was !== undefined && is !== undefined) changes.push({ what: "moved", name, before: was, after: is });
	}
	if (after.head !== before.head) changes.push({ what: "head", name: "HEAD", before: before.head, after: after.head });
	for (const path of after.worktrees) {
		if (!before.worktrees.includes(path) && dirname(path) !== dirname(worktreePath))
			changes.push({ what: "worktree", name: path });
	}
	const underWay = await findUnderWay(worktree.gitDir);
	if (underWay) changes.push({ what: "under-way", name: underWay.what });
	return changes;
}

/**
 * What a branch would point to without the agent. That of another worktree of this run goes on meanwhile, and follows its HEAD; it is
 * taken to be where that has left it.
 * @param other the worktree; nothing where this run has not worked on the branch.
 */
async function leftAt(
	repository: RepositoryPaths,
	other: string | undefined,
	was: string | undefined,
	is: string | undefined,
): Promise<string | undefined> {
	if (other === undefined || was === undefined || was === is) return was;
	const gitDir = await findAdministration(repository, other);
	if (gitDir === undefined) return is ?? was;
	const heads = await headsOf(gitDir);
	const [made] = heads;
	if (is !== undefined && heads.includes(is)) return is;
	// Reflogs can be turned off; and a worktree that was made anew since has begun with what the branch held by then.
	const isForward = is !== undefined && (await contains(repository, is, was));
	if (isForward && (made === undefined || (await contains(repository, made, is)))) return is;
	return heads.at(-1) ?? was;
}
