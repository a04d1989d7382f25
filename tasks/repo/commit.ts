import { addressNameOf } from "../contract/identity.ts";
import type { IssuePlan, RepositoryPaths } from "../contract/issue.ts";
import { Failure, problemOf } from "../contract/problem.ts";
import { branchTip } from "./branch.ts";
import { asInCheckout } from "./checkout-settings.ts";
import { readFilterFailed } from "./commands/filter-words.ts";
import { numstatLog, parseNumstatLog, readingChanges } from "./commands/numstat-log.ts";
import { splitZ } from "./commands/split.ts";
import { findUnreadable, wordsOfGit } from "./commands/words.ts";
import { git } from "./git.ts";
import { makeCommit } from "./make-commit.ts";
import { verifyCopiedIgnored } from "./worktree/include.ts";
import type { Worktree } from "./worktree/worktree.ts";

/** What a branch holds beyond its base. */
export interface Delta {
	readonly head: string;
	readonly commits: number;
	readonly filesChanged: number;
	readonly insertions: number;
	readonly deletions: number;
}

/**
 * Commits everything that is changed or new in an issue's worktree, which `readWorktree` has looked at.
 * @param message the whole commit message; taken as it is.
 * @returns false when there was nothing to commit.
 * @throws Failure `work-unreadable`, `copied-not-ignored` (nothing is committed then), `git-failed`, `disk-full`.
 */
export async function commitAll(
	issue: Pick<IssuePlan, "id" | "repository">,
	worktree: Worktree,
	message: string,
	signal: AbortSignal,
): Promise<boolean> {
	const options = { cwd: issue.repository.root, worktree, signal };
	await verifyCopiedIgnored(issue, worktree, signal);
	const add = [...(await asInCheckout(issue.repository, "clean")), "add", "-A", "--sparse"];
	await git(add, { ...options, filtered: true }).catch(async (error) => {
		// What was taken unfiltered counts as unchanged from then on, and would be committed as it is by the next attempt.
		if (readFilterFailed(wordsOfGit(error) ?? "")) await git(["reset", "-q", "HEAD", "--", ":/"], options);
		throw unreadableFile(issue, worktree, error) ?? error;
	});
	try {
		const flags = ["-q", "--no-verify", "--no-status", "--cleanup=verbatim"];
		await makeCommit(issue.repository, ["commit", ...flags, "-F", "-"], {
			...options,
			input: message,
		});
		return true;
	} catch (error) {
		const problem = problemOf(error);
		if (problem?.kind !== "git-failed" || problem.exitCode !== 1) throw error;
		// It can be that nothing is left once line ends are as git keeps them.
		const staged = await git(["diff", "--cached", "--quiet", "--no-ext-diff", "--ignore-submodules=all"], {
			...options,
			expect: [1],
		});
		if (staged.exitCode === 0) return false;
		throw error;
	}
}

/**
 * Counts what a branch holds of its own: its commits without merges, and what they change.
 * @param without commits whose history does not count: the base, and what the branch was stacked on.
 */
export async function measureDelta(
	{ repository, branch }: Pick<IssuePlan, "repository" | "branch">,
	without: readonly string[],
	signal: AbortSignal,
): Promise<Delta> {
	const own = [`refs/heads/${branch}`, "--not", ...without];
	const options = { cwd: repository.root, signal, broughtBy: readingChanges(...own) };
	const { stdout } = await git(numstatLog(...own), options);
	const { commits, changes } = parseNumstatLog(stdout);
	return {
		// The first that git comes across is the tip, unless all of the branch is in what does not count.
		head: commits[0]?.hash ?? (await branchTip(repository, branch)) ?? "",
		commits: commits.filter(({ parents }) => parents.length < 2).length,
		filesChanged: new Set(changes.map(({ path }) => path)).size,
		insertions: changes.reduce((sum, { added }) => sum + added, 0),
		deletions: changes.reduce((sum, { deleted }) => sum + deleted, 0),
	};
}

/** Paths that a commit changed against its first parent. */
export async function filesOf({ root }: RepositoryPaths, commit: string, signal: AbortSignal): Promise<string[]> {
	const flags = ["-r", "-z", "--no-commit-id", "--name-only", "--root", "-m", "--first-parent", "--no-ext-diff"];
	return splitZ((await git(["diff-tree", ...flags, commit], { cwd: root, signal })).stdout);
}

/** The commit at the tip, if the orchestrator made it for this thread of an agent. */
export async function findOwnCommit(issue: IssuePlan, thread: string | null): Promise<string | undefined> {
	const format =
		"--format=%H %(trailers:key=Orch-Issue,valueonly,separator=%x20) %(trailers:key=Orch-Thread,valueonly,separator=%x20)";
	const { stdout } = await git(["log", "-1", format, `refs/heads/${issue.branch}`], { cwd: issue.repository.root });
	const [commit, ...trailers] = stdout.trim().split(" ");
	return thread !== null && trailers.join(" ") === `${addressNameOf(issue)} ${thread}` ? commit : undefined;
}

/** What `add` says of a file that it can't read, in words of ours. */
function unreadableFile(issue: Pick<IssuePlan, "id">, worktree: Worktree, error: unknown): Failure | undefined {
	const file = findUnreadable(wordsOfGit(error));
	const { path } = worktree;
	return file === undefined
		? undefined
		: new Failure({ kind: "work-unreadable", issue: issue.id, path, files: [file] });
}
