import { join } from "node:path";
import type { IntegrationRecord } from "../contract/integration.ts";
import { type Base, logsOf, type RepositoryPaths } from "../contract/issue.ts";
import type { Layout } from "../contract/layout.ts";
import { isSafe, type Made, type Proof } from "../contract/made.ts";
import { branchTip, contains, deleteBranch } from "../repo/branch.ts";
import type { Listed } from "../repo/commands/worktree-list.ts";
import { releaseLock, takeLock } from "../repo/lock.ts";
import { findMerge } from "../repo/merged.ts";
import { isAllOfRehearsals } from "../repo/rehearsal-identity.ts";
import { findArrival } from "../standing/put-together.ts";
import { integrationFolder, readIntegrations, removeIntegration } from "../store/integration-record.ts";
import { integrationLock } from "./lock.ts";

/** What there is to know before the branches of integrations are judged. */
export interface Around {
	readonly repository: RepositoryPaths;
	readonly layout: Layout;
	readonly base: Base;
	readonly worktrees: readonly Listed[];
}

type Thing = Extract<Made["thing"], { kind: "integration" }>;

/** The branches on which issues were put together, as they were left, with what is provable about each. @param isWanted by the issues' addresses. */
export async function findIntegrations(around: Around, isWanted: (address: string) => boolean): Promise<Made[]> {
	const { repository, layout } = around;
	const records = await readIntegrations(join(logsOf(repository), layout.logs));
	const made: Made[] = [];
	for (const record of records.filter(({ steps }) => steps.some(({ address }) => isWanted(address)))) {
		const { name, branch } = record;
		const tip = await branchTip(repository, branch);
		// What anybody has put there since is theirs.
		if (tip === undefined || ![record.tip, record.before].includes(tip)) continue;
		const thing: Thing = { kind: "integration", name, branch, tip };
		made.push({ issue: "", thing, proof: await proofOf(record, tip, around) });
	}
	return made;
}

async function proofOf(
	record: IntegrationRecord,
	tip: string,
	{ repository, base, worktrees }: Around,
): Promise<Proof> {
	const elsewhere = worktrees.find((each) => each.branch === `refs/heads/${record.branch}`);
	if (elsewhere) return { kind: "checked-out", path: elsewhere.path };
	const arrived = await findArrival(repository, base, { ...record, tip });
	if (arrived === tip || tip === record.base.commit) return { kind: "on-base", base: base.name };
	if (arrived !== undefined) return { kind: "merged", base: base.name, commit: arrived };
	const each = await findEach(record, repository, base);
	if (each !== undefined) return { kind: "merged", base: base.name, commit: each };
	if (await isAllOfRehearsals(repository, tip, base.commit)) return { kind: "rehearsed" };
	return { kind: "put-together", issues: record.steps.filter(({ kind }) => kind === "merged").length };
}

/** The commit with which the last of the issues came to the base; nothing where one of them did not. */
async function findEach(
	{ steps, base: { commit: start } }: IntegrationRecord,
	repository: RepositoryPaths,
	base: Base,
): Promise<string | undefined> {
	let last: string | undefined;
	for (const step of steps) {
		if (step.kind !== "merged") continue;
		const { address: issue, tip: head } = step;
		const isThere = await contains(repository, base.commit, head);
		const work = { issue, repository, base, head, started: [base.commit, start], thread: null };
		const came = isThere ? head : (await findMerge(work))?.commit;
		if (came === undefined) return undefined;
		last = came;
	}
	return last;
}

/** Removes such branches that nothing is lost with, as they are now. Of a rehearsal its records go as well. @returns those that are gone. */
export async function removeIntegrations(wanted: readonly Made[], around: Around): Promise<Made[]> {
	const { repository, layout } = around;
	const removed: Made[] = [];
	for (const each of wanted) {
		const { thing } = each;
		if (thing.kind !== "integration") continue;
		const key = integrationLock(thing.name);
		if ((await takeLock(repository, key)).kind === "held") continue;
		try {
			const now = (await findIntegrations(around, () => true)).find(
				(other) => other.thing.kind === "integration" && other.thing.branch === thing.branch,
			);
			if (!now || !isSafe(now.proof) || now.thing.kind !== "integration") continue;
			await deleteBranch(repository, now.thing.branch, now.thing.tip);
			if (repository.rehearsal) await removeIntegration(integrationFolder(logsOf(repository), layout.logs, thing.name));
			removed.push(each);
		} finally {
			await releaseLock(repository, key);
		}
	}
	return removed;
}
