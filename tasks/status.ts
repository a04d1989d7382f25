import { lstat } from "node:fs/promises";
import type { IssuePlan } from "./contract/issue.ts";
import type { IssueStanding, OpenBlocker, Stale } from "./contract/issue-status.ts";
import type { RunOptions } from "./contract/options.ts";
import { hashPrompt } from "./contract/prompt.ts";
import type { AttemptRecord } from "./contract/record.ts";
import type { Freshness, RunContext } from "./engine/task.ts";
import { branchFolder } from "./repo/addresses.ts";
import { branchTip, branchTips, contains, countAhead } from "./repo/branch.ts";
import { listLocks } from "./repo/lock.ts";
import { findWorktree } from "./repo/worktree/find.ts";
import { readPromptParts } from "./runner/prompt-files.ts";
import { readLastAttempt } from "./store/last-attempt.ts";
import { attemptFiles } from "./store/log-folder.ts";
import { livenessOf } from "./system/this-run.ts";

/** Issues looked at side by side. */
const LOOKERS = 8;

/** Looks for an attempt that passed for this very document, prompt and schema, and whose work is still in git. */
export async function findPassedAttempt(
	name: "dev",
	issue: IssuePlan,
	options: Pick<RunOptions, "packageRoot">,
): Promise<Freshness<AttemptRecord>> {
	const stale = (because: Stale) => ({ upToDate: false, because }) as const;
	const record = await readLastAttempt(attemptFiles(issue.logDir, name));
	if (!record) return stale({ kind: "never-run" });
	if (record.outcome !== "pass") return stale({ kind: "last-attempt", record });
	if (record.issueDocHash !== issue.docHash) return stale({ kind: "document-changed", file: issue.docPath });
	const parts = await readPromptParts(name, issue.repository.root, options.packageRoot);
	if (record.promptHash !== hashPrompt(name, parts)) return stale({ kind: "prompt-changed" });
	if (!record.saved) {
		// The run ended before persist: the work is in the worktree, and persisting it is all that is left.
		const worktree = await findWorktree(issue);
		return worktree ? { upToDate: true, value: record } : stale({ kind: "work-gone", path: issue.worktreePath });
	}
	const { head } = record.saved;
	const tip = (await branchTip(issue.repository, issue.branch)) ?? issue.base.commit;
	const isKept =
		(await contains(issue.repository, tip, head)) || (await contains(issue.repository, issue.base.commit, head));
	return isKept
		? { upToDate: true, value: record }
		: stale({ kind: "commit-lost", commit: head, branch: issue.branch });
}

/** Reads where every planned issue stands. Changes nothing. */
export async function readStatus(
	{ plan }: { readonly plan: readonly IssuePlan[] },
	context: RunContext<RunOptions>,
): Promise<IssueStanding[]> {
	const [first] = plan;
	if (!first) return [];
	const [tips, locks] = await Promise.all([
		branchTips(first.repository, branchFolder(context.options.layout)),
		listLocks(first.repository),
	]);
	const holders = new Map(locks.flatMap(({ issue, holder }) => (holder ? [[issue, holder]] : [])));
	const standings = await mapSome(plan, LOOKERS, async (issue): Promise<IssueStanding> => {
		const freshness = await findPassedAttempt("dev", issue, context.options);
		const record = (await readLastAttempt(attemptFiles(issue.logDir, "dev"))) ?? null;
		const tip = tips.get(issue.branch) ?? null;
		const holder = holders.get(issue.id);
		return {
			issue,
			stale: freshness.upToDate ? undefined : (freshness.because as Stale),
			blockedBy: [],
			record,
			holder: holder && livenessOf(holder) !== "dead" ? holder : null,
			tip,
			ahead: tip === null || tip === issue.base.commit ? 0 : await countAhead(issue.repository, tip, issue.base.commit),
			hasWorktree: (await lstat(issue.worktreePath).catch(() => undefined)) !== undefined,
		};
	});
	const byId = new Map(standings.map((standing) => [standing.issue.id, standing]));
	return mapSome(standings, LOOKERS, async (standing) => {
		const blockedBy: OpenBlocker[] = [];
		for (const id of standing.issue.blockers) {
			const blocker = byId.get(id);
			if (blocker && !blocker.stale) continue;
			const logDir = standing.issue.stack.find(({ issue }) => issue === id)?.logDir ?? "";
			const record = blocker ? blocker.record : await readLastAttempt(attemptFiles(logDir, "dev"));
			blockedBy.push({ issue: id, record: record ?? null, logDir });
		}
		return { ...standing, blockedBy };
	});
}

/** Maps with at most `width` calls under way. */
async function mapSome<T, U>(items: readonly T[], width: number, action: (item: T) => Promise<U>): Promise<U[]> {
	const results: U[] = [];
	let next = 0;
	const work = async () => {
		for (let at = next++; at < items.length; at = next++) results[at] = await action(items[at] as T);
	};
	await Promise.all(Array.from({ length: width }, work));
	return results;
}
