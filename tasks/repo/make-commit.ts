import type { RepositoryPaths } from "../contract/issue.ts";
import { type GitOptions, type GitResult, git } from "./git.ts";
import { identityOptions } from "./rehearsal-identity.ts";

/** Milliseconds a commit may take: signing can wait for a passphrase that nobody is there to type. */
const COMMIT_TIMEOUT = 120_000;

/** Runs a git that makes a commit: in the name that this kind of run commits in, and with a limit to its time. */
export function makeCommit(
	repository: RepositoryPaths,
	command: readonly string[],
	options: GitOptions,
): Promise<GitResult> {
	return git([...identityOptions(repository), ...command], { ...options, timeout: COMMIT_TIMEOUT });
}
