import { isSameName, ownIdOf } from "../contract/identity.ts";
import type { Issue, RepositoryPaths } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import { branchOf } from "../repo/addresses.ts";
import { documentsOfBranches } from "../repo/branch-documents.ts";
import { readLastTurn } from "../store/turns.ts";
import { findOwner } from "./owner.ts";

/** The issues that have the address that their id alone would give them, as logs tell, or else the branch. */
export async function findClaims(
	shared: readonly Issue[],
	folders: ReadonlyMap<string, readonly string[]>,
	repository: RepositoryPaths,
	layout: Layout,
): Promise<ReadonlyMap<Issue, string>> {
	const claims = new Map<Issue, string>();
	const without: string[] = [];
	for (const name of new Set(shared.map(ownIdOf))) {
		const candidates = shared.filter((issue) => isSameName(ownIdOf(issue), name));
		for (const folder of folders.get(name) ?? []) {
			const record = await readLastTurn(folder).catch(() => undefined);
			const owner = record && findOwner(record, candidates);
			if (owner && ![...claims.values()].some((each) => isSameName(each, name))) claims.set(owner, name);
		}
		if (!candidates.some((issue) => claims.has(issue))) without.push(name);
	}
	if (without.length === 0) return claims;
	const branches = without.map((name) => branchOf(layout, name));
	const documents = await documentsOfBranches(repository, branches);
	for (const [at, name] of without.entries()) {
		const told = documents.get(branches[at] ?? "");
		const owner = shared.find(
			(issue) => told?.issue === name && issue.docPath === told.file && isSameName(ownIdOf(issue), name),
		);
		if (owner) claims.set(owner, name);
	}
	return claims;
}
