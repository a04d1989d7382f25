import { addressNameOf } from "../contract/identity.ts";
import type { IssuePlan } from "../contract/issue.ts";
import { passedOnBase } from "../repo/passed-on-base.ts";

/**
 * The commit of the base that says that an issue has passed, for where no record does: in a fresh clone, or where logs were removed.
 * Rehearsals know of nothing but themselves.
 */
export async function findTellingCommit(issue: IssuePlan): Promise<string | undefined> {
	const { repository, base } = issue;
	return repository.rehearsal ? undefined : (await passedOnBase(repository, base)).get(addressNameOf(issue));
}
