import { addressNameOf, ownIdOf } from "../contract/identity.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import { passedOnBase } from "../repo/passed-on-base.ts";

/**
 * The commit of the base that says that an issue has passed, for where no record does: in a fresh clone, or where logs were removed.
 * Rehearsals know of nothing but themselves.
 */
export async function findTellingCommit(issue: IssuePlan, layout: Layout): Promise<string | undefined> {
	const { repository, base, docPath } = issue;
	if (repository.rehearsal) return undefined;
	const passed = await passedOnBase(repository, base);
	// From when it was the only one of its id.
	const alone = issue.ownId === undefined ? undefined : passed.get(ownIdOf(issue));
	const told = passed.get(addressNameOf(issue)) ?? (alone?.document === docPath ? alone : undefined);
	if (told?.document === undefined || told.document === docPath) return told?.commit;
	const { findOtherOwner } = await import("./owner.ts");
	const other = findOtherOwner({ issueDocPath: told.document }, issue, repository.root, layout);
	return other === undefined ? told.commit : undefined;
}
