import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { IssuePlan } from "../contract/issue.ts";
import { Failure } from "../contract/problem.ts";
import { git, splitZ } from "./git.ts";
import type { Worktree } from "./worktree.ts";

/** What a branch holds beyond its base. */
export interface Delta {
	readonly head: string;
	readonly commits: number;
	readonly filesChanged: number;
	readonly insertions: number;
	readonly deletions: number;
}

/** Milliseconds a commit may take: signing can wait for a passphrase that nobody is there to type. */
const COMMIT_TIMEOUT = 120_000;

/**
 * Commits everything that is changed or new in an issue's worktree.
 * @param message the whole commit message; taken as it is.
 * @returns the new commit, or nothing when there was nothing to commit.
 * @throws Failure `nested-repository` (nothing is committed then), `git-failed`, `disk-full`.
 */
export async function commitAll(
	issue: IssuePlan,
	worktree: Worktree,
	message: string,
	signal: AbortSignal,
): Promise<string | undefined> {
	const options = { cwd: issue.repository.root, worktree, signal };
	await verifyNoNestedRepository(issue, worktree, signal);
	await git(["add", "-A", "--sparse"], options);
	const staged = await git(["diff", "--cached", "--quiet", "--no-ext-diff", "--ignore-submodules=all"], {
		...options,
		expect: [1],
	});
	if (staged.exitCode === 0) return undefined;
	await git(["commit", "-q", "--no-verify", "--no-status", "--cleanup=verbatim", "-F", "-"], {
		...options,
		input: message,
		timeout: COMMIT_TIMEOUT,
	});
	return (await git(["rev-parse", "HEAD"], options)).stdout.trim();
}

/** Paths in a worktree that are changed or new against its HEAD. */
export async function findChanges(issue: IssuePlan, worktree: Worktree, signal: AbortSignal): Promise<string[]> {
	const { stdout } = await git(["status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=all"], {
		cwd: issue.repository.root,
		worktree,
		signal,
	});
	return splitZ(stdout).map((entry) => entry.slice(3));
}

/** Counts what the issue's branch holds beyond the base. */
export async function measureDelta(issue: IssuePlan, tip: string, signal: AbortSignal): Promise<Delta> {
	const options = { cwd: issue.repository.root, signal };
	const range = `${issue.base.commit}..${tip}`;
	const [count, stat] = await Promise.all([
		git(["rev-list", "--count", range], options),
		git(["diff", "--shortstat", "--no-ext-diff", "--ignore-submodules=all", `${issue.base.commit}...${tip}`], options),
	]);
	const number = (pattern: RegExp) => Number(pattern.exec(stat.stdout)?.[1] ?? 0);
	return {
		head: tip,
		commits: Number(count.stdout),
		filesChanged: number(/(\d+) files? changed/),
		insertions: number(/(\d+) insertions?/),
		deletions: number(/(\d+) deletions?/),
	};
}

/**
 * Refuses repositories inside the worktree before git looks into them: `add` would commit a bare link instead of their
 * content, and the next `status` would run what their configuration names.
 * @throws Failure `nested-repository`.
 */
export async function verifyNoNestedRepository(
	issue: IssuePlan,
	worktree: Worktree,
	signal: AbortSignal,
): Promise<void> {
	const options = { cwd: issue.repository.root, worktree, signal };
	const untracked = await git(["ls-files", "-o", "--exclude-standard", "-z"], options);
	const tracked = await git(["ls-files", "-s", "-z"], options);
	const links = splitZ(tracked.stdout).flatMap((entry) =>
		entry.startsWith("160000 ") ? [entry.split("\t")[1] ?? ""] : [],
	);
	const filled = await Promise.all(
		links.map(async (path) => ((await lstat(join(worktree.path, path, ".git")).catch(() => undefined)) ? [path] : [])),
	);
	const nested = [...splitZ(untracked.stdout).filter((path) => path.endsWith("/")), ...filled.flat()];
	if (nested.length > 0) throw new Failure({ kind: "nested-repository", path: worktree.path, nested, issue: issue.id });
}
