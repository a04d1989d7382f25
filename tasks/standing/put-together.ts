import { dirname } from "node:path";
import { addressNameOf } from "../contract/identity.ts";
import type { IntegrationRecord, IntegrationStep } from "../contract/integration.ts";
import type { Base, IssuePlan, RepositoryPaths } from "../contract/issue.ts";
import { contains } from "../repo/branch.ts";
import { findWhole, type Whole } from "../repo/whole.ts";
import { integrationsWritten, readIntegrations } from "../store/integration-record.ts";

/** What a run knows of integrations, by the folder of their logs; read once. */
const known = new WeakMap<RepositoryPaths, Map<string, Promise<readonly IntegrationRecord[]>>>();

function integrationsIn(repository: RepositoryPaths, all: string): Promise<readonly IntegrationRecord[]> {
	const folders = known.get(repository) ?? new Map<string, Promise<readonly IntegrationRecord[]>>();
	known.set(repository, folders);
	const key = `${integrationsWritten()} ${all}`;
	const records = folders.get(key) ?? readIntegrations(all);
	folders.set(key, records);
	return records;
}

/** The last integration that has put this tip of an issue's branch on its own. */
export async function integrationOf(
	issue: Pick<IssuePlan, "id" | "address" | "repository" | "logDir">,
	tip: string,
): Promise<IntegrationRecord | undefined> {
	const name = addressNameOf(issue);
	const records = await integrationsIn(issue.repository, dirname(dirname(issue.logDir)));
	return records
		.filter(({ steps }) => steps.some((step) => step.kind === "merged" && step.address === name && step.tip === tip))
		.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0];
}

/** The commit with which all that an integration has put together came to the base: its own, or all of it as one. */
export async function findArrival(
	repository: RepositoryPaths,
	base: Base,
	record: Pick<IntegrationRecord, "tip" | "base">,
): Promise<string | undefined> {
	const { tip } = record;
	if (tip === null || tip === record.base.commit) return undefined;
	if (await contains(repository, base.commit, tip)) return tip;
	return (await findWhole(repository, record.base.commit, [tip], base.commit))?.commit;
}

/** The commit with which an issue's work came to the base as part of all that it was put together with. @param tip of its branch. */
export async function findTogether(
	issue: Pick<IssuePlan, "id" | "address" | "repository" | "logDir" | "base">,
	tip: string,
): Promise<string | undefined> {
	const record = await integrationOf(issue, tip);
	if (!record) return undefined;
	const { repository, base } = issue;
	const arrived = await findArrival(repository, base, record);
	if (arrived !== undefined) return arrived;
	const merged = mergedIn(record);
	const whole = await findEarlier(repository, base, record);
	const at = (is: (step: MergedStep) => boolean) => merged.findIndex(is);
	const isThere =
		whole && at(({ address }) => address === addressNameOf(issue)) <= at(({ commit }) => commit === whole.to);
	return isThere ? whole.commit : undefined;
}

type MergedStep = Extract<IntegrationStep, { kind: "merged" }>;

function mergedIn({ steps }: IntegrationRecord): MergedStep[] {
	return steps.flatMap((step) => (step.kind === "merged" ? [step] : []));
}

const earlier = new WeakMap<IntegrationRecord, Promise<Whole | undefined>>();

/** What came to the base as one before more was put on the branch; all of its issues ask the same. */
function findEarlier(repository: RepositoryPaths, base: Base, record: IntegrationRecord): Promise<Whole | undefined> {
	const commits = mergedIn(record).map(({ commit }) => commit);
	const found =
		earlier.get(record) ?? findWhole(repository, record.base.commit, commits.slice(0, -1).reverse(), base.commit);
	earlier.set(record, found);
	return found;
}
