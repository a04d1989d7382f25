import { join } from "node:path";
import { compare, type Verdict } from "../checks/compare.ts";
import { checksAgain } from "../checks/further-trials.ts";
import { baseKeyOf } from "../checks/key.ts";
import { commitAnswers } from "../checks/missing-command.ts";
import { testFileChanges } from "../checks/test-files.ts";
import type { BaseTrial, Trial } from "../checks/trial.ts";
import type { Terms, Trials } from "../checks/trials.ts";
import type { FurtherTrial } from "../contract/activity.ts";
import type { Check, VerifySettings } from "../contract/check.ts";
import { type IssuePlan, logsOf } from "../contract/issue.ts";
import type { ActionOptions } from "../contract/options.ts";
import type { PathChange } from "../contract/path-change.ts";
import type { IssueContext } from "../engine/task.ts";
import { findPathChanges } from "../repo/path-changes.ts";
import { checksLogs } from "../store/checks-logs.ts";
import { verifyLog } from "../store/verify-files.ts";
import { UNCHANGED } from "../system/confine/changes.ts";
import { askBase, keepForOthers } from "./base-trials.ts";
import { checkRunner } from "./check-runner.ts";
import type { ChecksPlace, CommitFolder } from "./prepared.ts";

/** A merge of work that was accepted, which is judged by what it breaks. */
export interface MergeSubject {
	readonly before: string;
	readonly commit: string;
	readonly checks: readonly Check[];
	readonly settings: VerifySettings;
	/** The command by which worktrees are set up. */
	readonly setUp: string | undefined;
	readonly bubblewrap: string;
}

/**
 * Runs checks on what was there before a merge and on what it has come to. How they went there is kept for the merge that comes next,
 * which is then compared with it: each state has each check run once. That the work itself proves something was found before it was accepted.
 * @param context with the folder of its own logs as that of the issue.
 * @throws Failure `set-up-failed`, `disk-full`, `git-failed`, …; the signal's reason when that was aborted.
 */
export async function runMergeTrials(
	{ before, commit, checks, settings, setUp, bubblewrap }: MergeSubject,
	place: ChecksPlace,
	context: IssueContext<IssuePlan, ActionOptions>,
): Promise<Verdict> {
	const { issue, options, signal } = context;
	const prepared = await place.prepare(issue, issue.base.commit, setUp, signal);
	const run = checkRunner(prepared, bubblewrap, place, context);
	const logs = checksLogs(logsOf(issue.repository), options.layout.logs);
	const about = (check: Check, of: string) => ({ check, commit: of, key: baseKeyOf(check, of, setUp, options), logs });
	const base: BaseTrial[] = [];
	for (const check of checks) {
		const runThere = async (log: string) =>
			run(check, await place.start(before, issue.base.commit, prepared, signal), UNCHANGED, log, "base");
		base.push(await askBase({ ...about(check, before), run: runThere }, place.baseTrials));
	}
	const folder = await place.furnish(commit, prepared, signal);
	try {
		const trials = await trialsThere({ base, folder, checks, logDir: issue.logDir }, run);
		for (const trial of trials.commit)
			await keepForOthers(about(trial.check, commit), trial, trials.again?.find(isOf(trial.check)));
		const changes = await findPathChanges(issue.repository, before, commit, signal);
		return compare(trials, termsOf(issue, changes, settings));
	} finally {
		await place.remove(folder);
	}
}

async function trialsThere(
	{
		base,
		folder,
		checks,
		logDir,
	}: { base: readonly BaseTrial[]; folder: CommitFolder; checks: readonly Check[]; logDir: string },
	run: ReturnType<typeof checkRunner>,
): Promise<Trials> {
	const runAll = async (some: readonly Check[], what?: FurtherTrial) => {
		const ended: Trial[] = [];
		for (const check of some)
			ended.push(await run(check, folder, UNCHANGED, join(logDir, verifyLog("dev", check.name, what)), what));
		return ended;
	};
	const commit = commitAnswers(await runAll(checks), base);
	const failed = checksAgain(commit);
	return failed.length > 0 ? { base, commit, again: await runAll(failed, "again") } : { base, commit };
}

function isOf(check: Check) {
	return (trial: Trial) => trial.check.name === check.name;
}

function termsOf({ removesTests }: IssuePlan, changes: readonly PathChange[], { tests }: VerifySettings): Terms {
	return {
		mayVanish: removesTests === true,
		requireProof: false,
		protected: { changed: [], isMixed: false },
		// Tests go by other names where their files do.
		testFiles: testFileChanges(changes, tests),
	};
}
