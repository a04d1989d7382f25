import type { RepositoryPaths } from "../contract/issue.ts";
import type { PathChange } from "../contract/path-change.ts";
import { nameStatus, parseNameStatus } from "./commands/name-status.ts";
import { readingBetween } from "./commands/numstat-log.ts";
import { splitZ } from "./commands/split.ts";
import { git } from "./git.ts";

/** What a commit has changed since another, path by path. @throws Failure `git-failed`, `objects-unfetched`. */
export async function findPathChanges(
	{ root }: RepositoryPaths,
	from: string,
	to: string,
	signal: AbortSignal,
): Promise<PathChange[]> {
	const options = { cwd: root, signal, broughtBy: readingBetween(from, to) };
	return parseNameStatus((await git(nameStatus(from, to), options)).stdout);
}

/** Paths that differ between where two commits have parted and the second of them; of what was renamed, both names. */
export async function findChangedSince(
	{ root }: RepositoryPaths,
	base: string,
	tip: string,
	signal: AbortSignal,
): Promise<string[]> {
	const flags = ["--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=none"];
	// They may have nothing in common.
	const options = { cwd: root, signal, expect: [128], broughtBy: readingBetween(base, tip) };
	return splitZ((await git(["diff", ...flags, `${base}...${tip}`, "--"], options)).stdout);
}
