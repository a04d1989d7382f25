import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { IssuePlan, RepositoryPaths } from "../contract/issue.ts";
import { Failure } from "../contract/problem.ts";
import { git, splitZ } from "./git.ts";
import { identityOptions } from "./rehearsal-identity.ts";
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
 * @throws Failure `nested-repository` and `work-unreadable` (nothing is committed then), `git-failed`, `disk-full`.
 */
export async function commitAll(
	issue: IssuePlan,
	worktree: Worktree,
	message: string,
	signal: AbortSignal,
): Promise<string | undefined> {
	const options = { cwd: issue.repository.root, worktree, signal };
	await verifyNoNestedRepository(issue, worktree, signal);
	await git(["add", "-A", "--sparse"], options).catch((error) => {
		throw unreadableFile(issue, worktree, error) ?? error;
	});
	const staged = await git(["diff", "--cached", "--quiet", "--no-ext-diff", "--ignore-submodules=all"], {
		...options,
		expect: [1],
	});
	if (staged.exitCode === 0) return undefined;
	const flags = ["-q", "--no-verify", "--no-status", "--cleanup=verbatim"];
	await git([...identityOptions(issue.repository), "commit", ...flags, "-F", "-"], {
		...options,
		input: message,
		timeout: COMMIT_TIMEOUT,
	});
	return (await git(["rev-parse", "HEAD"], options)).stdout.trim();
}

/** Paths in a worktree that are changed or new against its HEAD. */
export async function findChanges(
	issue: Pick<IssuePlan, "repository">,
	worktree: Worktree,
	signal: AbortSignal,
): Promise<string[]> {
	const { stdout } = await git(["status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=all"], {
		cwd: issue.repository.root,
		worktree,
		signal,
	});
	return splitZ(stdout).map((entry) => entry.slice(3));
}

/**
 * Counts what a branch holds of its own: its commits without merges, and what they change.
 * @param without commits whose history does not count: the base, and what the branch was stacked on.
 */
export async function measureDelta(
	repository: RepositoryPaths,
	tip: string,
	without: readonly string[],
	signal?: AbortSignal,
): Promise<Delta> {
	const options = { cwd: repository.root, ...(signal ? { signal } : {}) };
	const flags = ["--no-merges", "--no-ext-diff", "--no-renames", "--ignore-submodules=all"];
	const { stdout } = await git(
		["log", ...flags, "--numstat", "-z", "--format=commit %H", tip, "--not", ...without],
		options,
	);
	const fields = splitZ(`${stdout}\0`).map((field) => field.trimStart());
	const changes = fields.flatMap((field) => {
		const [, added, deleted, path] = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/.exec(field) ?? [];
		// Binary files have `-` for their lines.
		return path === undefined ? [] : [{ path, added: Number(added) || 0, deleted: Number(deleted) || 0 }];
	});
	return {
		head: tip,
		commits: fields.filter((field) => field.startsWith("commit ")).length,
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
export async function findOwnCommit(
	issue: IssuePlan,
	worktree: Worktree,
	thread: string | null,
): Promise<string | undefined> {
	const format =
		"--format=%(trailers:key=Orch-Issue,valueonly,separator=%x20) %(trailers:key=Orch-Thread,valueonly,separator=%x20)";
	const { stdout } = await git(["log", "-1", format, worktree.head], { cwd: issue.repository.root });
	return thread !== null && stdout.trim() === `${issue.id} ${thread}` ? worktree.head : undefined;
}

/**
 * Refuses what git would pass over without a word, before it looks into it: of a repository inside the worktree `add`
 * would commit a bare link, and the next `status` would run what its configuration names; what lies in the folder of a
 * submodule that is not checked out it does not see at all, nor what lies in a folder that can't be read.
 * @throws Failure `nested-repository`, `work-unreadable`.
 */
export async function verifyNoNestedRepository(
	issue: Pick<IssuePlan, "id" | "repository">,
	worktree: Worktree,
	signal: AbortSignal,
): Promise<void> {
	const options = { cwd: issue.repository.root, worktree, signal };
	const untracked = await git(["ls-files", "-o", "--exclude-standard", "-z"], options);
	const tracked = await git(["ls-files", "-s", "-z"], options);
	const links = splitZ(tracked.stdout).flatMap((entry) =>
		entry.startsWith("160000 ") ? [entry.slice(entry.indexOf("\t") + 1)] : [],
	);
	const filled = await Promise.all(
		links.map(async (path) => ((await readdir(join(worktree.path, path)).catch(() => [])).length > 0 ? [path] : [])),
	);
	const nested = splitZ(untracked.stdout).filter((path) => path.endsWith("/"));
	const submodules = filled.flat();
	if (nested.length + submodules.length > 0) {
		throw new Failure({ kind: "nested-repository", path: worktree.path, nested, submodules, issue: issue.id });
	}
	// Only a warning to git, which goes on as if the folder were empty.
	const folders = [...untracked.stderr.matchAll(/could not open directory '([\s\S]*?)\/': /g)].map(
		([, path = ""]) => path,
	);
	if (folders.length > 0) throw unreadable(issue, worktree, folders);
}

/** What `add` says of a file that it can't read, in words of ours. */
function unreadableFile(issue: IssuePlan, worktree: Worktree, error: unknown): Failure | undefined {
	const [problem] = error instanceof Failure ? error.problems : [];
	const stderr = problem?.kind === "git-failed" ? problem.stderr : "";
	const file = /open\("([\s\S]*?)"\): Permission denied/.exec(stderr)?.[1];
	return file === undefined ? undefined : unreadable(issue, worktree, [file]);
}

function unreadable(issue: Pick<IssuePlan, "id">, worktree: Worktree, files: readonly string[]): Failure {
	return new Failure({ kind: "work-unreadable", issue: issue.id, path: worktree.path, files });
}
