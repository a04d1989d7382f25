import type { RepositoryPaths } from "../contract/issue.ts";
import { REHEARSAL_BRANCHES } from "../contract/layout.ts";
import { git } from "./git.ts";

/** Whose commits those of a rehearsal are. The domain is one that can't be (RFC 2606). */
const EMAIL = "rehearsal@orchfile.invalid";
const NAME = "orchfile rehearsal";

/**
 * Options for a git that makes a commit: a rehearsal's bear a name that tells them from the work, need no identity of the
 * user's, and are not signed.
 */
export function identityOptions({ rehearsal }: RepositoryPaths): string[] {
	if (!rehearsal) return [];
	const persons = ["author", "committer"].flatMap((who) => [`${who}.name=${NAME}`, `${who}.email=${EMAIL}`]);
	return [...persons, "commit.gpgSign=false"].flatMap((setting) => ["-c", setting]);
}

/** True when all that a branch holds, and no branch beside those of rehearsals, are commits of rehearsals. */
export async function isAllOfRehearsals(repository: RepositoryPaths, tip: string, base: string): Promise<boolean> {
	if (!repository.rehearsal) return false;
	const others = [base, `--exclude=${REHEARSAL_BRANCHES}*`, "--branches"];
	const { stdout } = await git(["log", "--format=%ae", tip, "--not", ...others], { cwd: repository.root });
	return stdout.split("\n").every((email) => email === "" || email === EMAIL);
}
