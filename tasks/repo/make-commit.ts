import type { RepositoryPaths } from "../contract/issue.ts";
import { asInCheckout } from "./checkout-settings.ts";
import { type GitOptions, type GitResult, git } from "./git.ts";
import { personOf } from "./rehearsal-identity.ts";

/** Milliseconds a commit may take: signing can wait for a passphrase that nobody is there to type. */
const COMMIT_TIMEOUT = 120_000;

/** Runs a git that makes a commit: in the name that this kind of run commits in, and with a limit to its time. */
export async function makeCommit(
	repository: RepositoryPaths,
	command: readonly string[],
	options: GitOptions,
): Promise<GitResult> {
	// What nobody is to take for the work is not signed either.
	const unsigned = repository.rehearsal ? ["-c", "commit.gpgSign=false"] : [];
	return git([...(await asInCheckout(repository)), ...unsigned, ...command], {
		...options,
		...personOf(repository),
		timeout: COMMIT_TIMEOUT,
	});
}
