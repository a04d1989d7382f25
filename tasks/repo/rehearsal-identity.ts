import type { RepositoryPaths } from "../contract/issue.ts";
import { REHEARSAL_BRANCHES } from "../contract/layout.ts";
import { git, type Person } from "./git.ts";

/** Whose commits those of a rehearsal are. The domain is one that can't be (RFC 2606). */
const REHEARSAL: Person = { name: "orchfile rehearsal", email: "rehearsal@orchfile.invalid" };

/** Whose commits a run makes, where it is not the user: a rehearsal's bear a name that tells them from the work. */
export function personOf({ rehearsal }: RepositoryPaths): { readonly person?: Person } {
	return rehearsal ? { person: REHEARSAL } : {};
}

/** True when all that a branch holds, and no branch beside those of rehearsals, are commits of rehearsals. */
export async function isAllOfRehearsals(repository: RepositoryPaths, tip: string, base: string): Promise<boolean> {
	if (!repository.rehearsal) return false;
	const others = [base, `--exclude=${REHEARSAL_BRANCHES}*`, "--branches"];
	const { stdout } = await git(["log", "--format=%ae", tip, "--not", ...others], { cwd: repository.root });
	return stdout.split("\n").every((email) => email === "" || email === REHEARSAL.email);
}
