import type { Issue } from "./issue.ts";

/** What stands between a project and an id in what a person types; no name holds it. */
const TYPED = "/";
/** The same in the name of a branch, folder or ref. No name holds it, and it takes no level of folders. */
const IN_ADDRESSES = "+";

/** The id as an issue's document has it. */
export function ownIdOf({ id, ownId = id }: Pick<Issue, "id" | "ownId">): string {
	return ownId;
}

/** What an issue's branch, worktree, log folder and lock are named after, and what the trailers of its commits call it. */
export function addressNameOf({ id, address = id }: Pick<Issue, "id" | "address">): string {
	return address;
}

/** What an issue is called by where its id stands in several projects. */
export function qualifiedId(project: string, ownId: string): string {
	return `${project}${TYPED}${ownId}`;
}

/** What its addresses are named after there. */
export function qualifiedAddress(project: string, ownId: string): string {
	return `${project}${IN_ADDRESSES}${ownId}`;
}

/** The project and the id in what a person has typed or written; the project is missing as a rule. */
export function partsOf(reference: string): { readonly project?: string; readonly id: string } {
	const at = reference.indexOf(TYPED);
	return at === -1 ? { id: reference } : { project: reference.slice(0, at), id: reference.slice(at + 1) };
}

/** True for what is the same on a disk that ignores case. */
export function isSameName(one: string, other: string): boolean {
	return one === other || one.toLowerCase() === other.toLowerCase();
}
