import type { RepositoryPaths } from "../contract/issue.ts";
import type { PathChange } from "../contract/path-change.ts";
import { nameStatus, parseNameStatus } from "./commands/name-status.ts";
import { readingBetween } from "./commands/numstat-log.ts";
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
