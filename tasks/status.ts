import { existsSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { given } from "./contract/given.ts";
import { addressNameOf } from "./contract/identity.ts";
import type { IssuePlan } from "./contract/issue.ts";
import type { Layout } from "./contract/layout.ts";
import type { RunOptions } from "./contract/options.ts";
import { problemOf } from "./contract/problem.ts";
import type { AttemptRecord } from "./contract/record.ts";
import type { IssueSurvey, Judged } from "./contract/standing.ts";
import type { Survey } from "./contract/value.ts";
import type { RunContext } from "./engine/task.ts";
import { branchFolder } from "./repo/addresses.ts";
import { branchTip, branchTips, countAheadOfAll } from "./repo/branch.ts";
import { listLocks } from "./repo/lock.ts";
import { readLastTurn } from "./store/turns.ts";
import { mapSome } from "./system/map-some.ts";
import { loadOnce } from "./system/once.ts";
import { livenessOf } from "./system/this-run.ts";

/** Most issues have been judged by nobody. */
const loadJudged = loadOnce(() => import("./store/judged.ts"));

/** Issues looked at side by side. */
const LOOKERS = 8;

/** Reads what git and `logs/` hold of every planned issue, and of what these wait for. Changes nothing; whether one is up to date, its tasks say. */
export async function survey(
	{ plan }: { readonly plan: readonly IssuePlan[] },
	{ options }: RunContext<RunOptions>,
): Promise<Survey> {
	const [first] = plan;
	if (!first) return { kind: "survey", issues: [] };
	const [tips, locks] = await Promise.all([
		branchTips(first.repository, branchFolder(options.layout)),
		listLocks(first.repository),
		askBase(
			plan.find(({ logDir }) => !existsSync(logDir)),
			options.layout,
		),
	]);
	const holders = new Map(locks.flatMap(({ issue, holder }) => (holder ? [[issue, holder]] : [])));
	const all = new Map([...plan.flatMap(outsideOf), ...plan].map((issue) => [issue.id, issue]));
	const some = [...all.values()].flatMap(({ branch }) => tips.get(branch) ?? []);
	const aheadOf = await countAheadOfAll(first.repository, some, first.base.commit);
	const issues = await mapSome([...all.values()], LOOKERS, async (issue) => {
		const { id, branch, logDir, worktreePath } = issue;
		const tip = tips.get(branch) ?? null;
		const holder = holders.get(addressNameOf(issue));
		const record = (await readLastTurn(logDir)) ?? null;
		const judged = record ? await (await loadJudged()).readJudged(logDir) : undefined;
		const ahead = aheadOf.get(tip ?? "") ?? 0;
		return {
			issue: id,
			record,
			holder: holder && livenessOf(holder) !== "dead" ? holder : null,
			tip,
			ahead,
			...(await readMerge(issue, tip, ahead, record, options.layout)),
			hasWorktree: (await lstat(worktreePath).catch(() => undefined)) !== undefined,
			...given({ judged, integration: await findIntegration(issue, tip, judged) }),
		};
	});
	return { kind: "survey", issues };
}

/** The branch on which an issue was put together with others, as it was accepted, as long as that stands. */
async function findIntegration(
	issue: IssuePlan,
	tip: string | null,
	judged: Judged | undefined,
): Promise<string | undefined> {
	if (tip === null || judged?.verdict?.commit !== tip) return undefined;
	const { integrationOf } = await import("./standing/put-together.ts");
	const record = await integrationOf(issue, tip);
	return record && (await branchTip(issue.repository, record.branch)) === record.tip ? record.branch : undefined;
}

/** Asks early what will be asked of every issue without a record: it is read once for all. */
async function askBase(issue: IssuePlan | undefined, layout: Layout): Promise<void> {
	if (issue) await (await import("./standing/told-by-base.ts")).findTellingCommit(issue, layout);
}

/** Whether the base has what was done for an issue, and what tells it where there is no record. */
async function readMerge(
	issue: IssuePlan,
	tip: string | null,
	ahead: number,
	record: AttemptRecord | null,
	layout: Layout,
): Promise<Pick<IssueSurvey, "isMerged" | "toldBy">> {
	if (record) return { isMerged: await isMerged(issue, tip, ahead, record) };
	const { findTellingCommit } = await import("./standing/told-by-base.ts");
	const toldBy = await findTellingCommit(issue, layout);
	if (toldBy === undefined) return { isMerged: false };
	const isAll = tip === null || ahead === 0 || (await isMergedIn(issue, tip, undefined));
	return { isMerged: isAll, toldBy };
}

/** Whether the base has what was saved of an issue, as it was saved or in other commits. */
async function isMerged(issue: IssuePlan, tip: string | null, ahead: number, record: AttemptRecord): Promise<boolean> {
	if (!record.saved || record.saved.commits === 0) return false;
	// Most branches are looked at before anything has happened on the base.
	if (issue.base.commit === record.base.commit) return false;
	if (tip !== null && ahead === 0) return true;
	return isMergedIn(issue, tip ?? record.saved.head, record);
}

async function isMergedIn(issue: IssuePlan, head: string, record: AttemptRecord | undefined): Promise<boolean> {
	const { findMergeCommit } = await import("./standing/merged-work.ts");
	// What it can't be told for want of, the issue's own tasks say.
	const merge = findMergeCommit(issue, record, head).catch((error: unknown) => {
		if (problemOf(error)?.kind !== "objects-unfetched") throw error;
		return undefined;
	});
	return (await merge) !== undefined;
}

/** The issues that an issue waits for outside of the plan, however long the way. */
function outsideOf({ outside }: IssuePlan): IssuePlan[] {
	return outside.flatMap((each) => [...outsideOf(each), each]);
}
