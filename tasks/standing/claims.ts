import { readdirSync } from "node:fs";
import { join } from "node:path";
import { qualifiedAddress } from "../contract/identity.ts";
import { type Issue, logsOf, type RepositoryPaths } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";

/**
 * Gives issues the addresses under which they have something already. What was made for an issue while its id was the only one
 * of its kind stays that issue's when a second project has it too, and what was made for it beside others stays its own when these are
 * gone: no branch and no log goes to another issue. As a rule there is nothing to look for but the names of folders.
 */
export async function withAddresses(
	issues: readonly Issue[],
	repository: RepositoryPaths,
	layout: Layout,
): Promise<readonly Issue[]> {
	const folders = foldersIn(join(logsOf(repository), layout.logs));
	const shared = issues.filter(({ address }) => address !== undefined);
	const former = new Set([...folders.keys()].filter((name) => name.includes("+")));
	if (shared.length === 0 && former.size === 0) return issues;
	const { findClaims } = await import("./find-claims.ts");
	const claims = await findClaims(shared, folders, repository, layout);
	return issues.map((issue) => {
		if (issue.address !== undefined) {
			const claimed = claims.get(issue);
			return claimed === undefined ? issue : { ...issue, address: claimed };
		}
		const address = qualifiedAddress(issue.project, issue.id);
		return former.has(address) ? { ...issue, address } : issue;
	});
}

/** The log folders of issues, by their names; several milestones may have one of one name. */
function foldersIn(logs: string): ReadonlyMap<string, readonly string[]> {
	const found = new Map<string, string[]>();
	for (const milestone of namesIn(logs)) {
		for (const name of namesIn(join(logs, milestone))) {
			const path = join(logs, milestone, name);
			found.set(name, [...(found.get(name) ?? []), path]);
		}
	}
	return found;
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder).sort();
	} catch {
		return [];
	}
}
