import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { IssuePlan } from "../../contract/issue.ts";
import { Failure } from "../../contract/problem.ts";
import { copyFiles, findBehindLinks } from "../../system/copy-files.ts";
import { tellDiskFull } from "../../system/disk-space.ts";
import { askedOnce } from "../../system/once.ts";
import { withTemporaryFolder } from "../../system/temporary-folder.ts";
import { splitZ } from "../commands/split.ts";
import { lsTree, parseFiles } from "../commands/tree.ts";
import { git } from "../git.ts";
import { withoutIgnored } from "./ignored.ts";
import type { Worktree } from "./worktree.ts";

/** The file of the base that says, in the syntax of `.gitignore`, which ignored files a new worktree gets a copy of. */
const INCLUDE = ".worktreeinclude";
/** A file in git's folder for a worktree: the paths that were copied into it. */
const COPIED = "orchfile-copied";

/** What of the asked-for files was not copied. */
export interface Left {
	/** Not ignored in the worktree, so that it would be committed as the agent's work. */
	readonly notIgnored: readonly string[];
	/** Links that lead out of the repository, and what would lie behind a link in the worktree. */
	readonly leadsOut: readonly string[];
}

const onceACommit = askedOnce<string | undefined>();

/** The patterns of the base's `.worktreeinclude`; nothing when it has none. A commit is read once. */
export function readInclude(
	{ repository, base }: Pick<IssuePlan, "repository" | "base">,
	signal: AbortSignal,
): Promise<string | undefined> {
	return onceACommit(base.commit, async () => {
		const options = { cwd: repository.root, signal };
		const [file] = parseFiles((await git(lsTree(base.commit, "--", INCLUDE), options)).stdout);
		return file && (await git(["cat-file", "blob", file.blob], options)).stdout;
	});
}

/**
 * Copies what these patterns match of the checkout's untracked files into a new worktree, as far as it is ignored there:
 * by the base's rules, which say what goes with the worktree again, and by the branch's, which say what is committed.
 * @throws Failure `disk-full`, `file-unreadable`.
 */
export async function copyIncluded(
	{ repository, base }: Pick<IssuePlan, "repository" | "base">,
	worktree: Worktree,
	patterns: string,
	signal: AbortSignal,
): Promise<Left> {
	const matching = await findMatching(repository.root, patterns, signal);
	// git refuses to answer for a path behind a link.
	const behindLinks = await findBehindLinks(worktree.path, matching);
	const wanted = matching.filter((path) => !behindLinks.has(path));
	const exposed = new Set(await withoutIgnored(repository, worktree, base.commit, wanted, signal));
	const ignored = await findIgnored(repository.root, worktree, wanted, signal);
	const toCopy = wanted.filter((path) => ignored.has(path) && !exposed.has(path));
	// Before anything is copied: what is in the list may be missing in the worktree, but not the other way round.
	await tellDiskFull(worktree.gitDir, () =>
		writeFile(join(worktree.gitDir, COPIED), toCopy.map((path) => `${path}\0`).join("")),
	);
	// A repository among what is copied comes with all it has; a pointer would still name that of the original.
	const leadsOut = await copyFiles(repository.root, worktree.path, toCopy, ".git", signal);
	const notIgnored = wanted.filter((path) => !ignored.has(path) || exposed.has(path));
	return { notIgnored, leadsOut: [...behindLinks, ...leadsOut] };
}

/**
 * Checks that what was copied into a worktree is still ignored there: it is the user's, and no part of the work.
 * @throws Failure `copied-not-ignored`.
 */
export async function verifyCopiedIgnored(
	{ id, repository }: Pick<IssuePlan, "id" | "repository">,
	worktree: Worktree,
	signal: AbortSignal,
): Promise<void> {
	const list = await readFile(join(worktree.gitDir, COPIED), "utf8").catch(() => "");
	if (list === "") return;
	const copied = new Set(splitZ(list));
	const options = { cwd: repository.root, worktree, signal };
	const { stdout } = await git(["ls-files", "-o", "--exclude-standard", "-z"], options);
	const files = splitZ(stdout).filter((path) => copied.has(path));
	if (files.length > 0) throw new Failure({ kind: "copied-not-ignored", issue: id, path: worktree.path, files });
}

async function findMatching(root: string, patterns: string, signal: AbortSignal): Promise<string[]> {
	return withTemporaryFolder(async (folder) => {
		const file = join(folder, "include");
		await tellDiskFull(folder, () => writeFile(file, patterns));
		const { stdout } = await git(["ls-files", "-o", "-i", `--exclude-from=${file}`, "-z"], { cwd: root, signal });
		return splitZ(stdout);
	});
}

async function findIgnored(
	cwd: string,
	worktree: Worktree,
	paths: readonly string[],
	signal: AbortSignal,
): Promise<ReadonlySet<string>> {
	if (paths.length === 0) return new Set();
	// A repository within the checkout is one entry, `name/`, which git would take for a file where it does not exist yet.
	const asked = new Map(paths.map((path) => [path.endsWith("/") ? `${path}.git/HEAD` : path, path]));
	const { stdout } = await git(["check-ignore", "-z", "--stdin"], {
		cwd,
		worktree,
		input: [...asked.keys()].map((path) => `${path}\0`).join(""),
		expect: [1],
		signal,
	});
	return new Set(splitZ(stdout).map((path) => asked.get(path) ?? path));
}
