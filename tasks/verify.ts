import { basename } from "node:path";
import { compare } from "./checks/compare.ts";
import { checksOf, keyOf } from "./checks/key.ts";
import type { Check, VerifySettings } from "./contract/check.ts";
import { isUnanswered } from "./contract/checks-verdict.ts";
import { given } from "./contract/given.ts";
import { ownIdOf } from "./contract/identity.ts";
import type { IssuePlan } from "./contract/issue.ts";
import type { ActionOptions } from "./contract/options.ts";
import { phaseOf, type TurnName, verifyName } from "./contract/phase.ts";
import type { IssueWorktree, Verified } from "./contract/value.ts";
import { VERIFY_RECORD, type VerifyRecord } from "./contract/verify-record.ts";
import type { IssueContext } from "./engine/task.ts";
import { findCompared } from "./repo/compared.ts";
import { branchGone } from "./standing/branch-gone.ts";
import { readDelivery } from "./standing/delivery.ts";
import { createLogFolder } from "./store/log-folder.ts";
import { readJson, writeJson } from "./store/records.ts";
import { readLastWork } from "./store/turns.ts";
import { readVerifyRecords, verifyFile } from "./store/verdicts.ts";
import { setAsideJudged } from "./store/verify-files.ts";
import { withChecksPlace } from "./verification/places.ts";
import type { ChecksPlace } from "./verification/prepared.ts";
import { runTrials, type Subject } from "./verification/run-trials.ts";

type Context = IssueContext<IssuePlan, ActionOptions>;

/** What an orchfile gives the verb. */
export interface Verification {
	readonly checks: readonly Check[];
	readonly settings: VerifySettings;
	/** Whether no other verification is to come in this run than this one of the issue. */
	readonly isLast: (issue: string) => boolean;
	/** Whether another issue of this run starts from this one's work. */
	readonly isAwaited: (issue: string) => boolean;
}

/**
 * Runs the repository's own checks on the work of a turn, compared with what the branch started from.
 * @param inputs what the task needs, by whatever names: the worktree among it.
 * @returns what was found, which never makes the task itself fail.
 * @throws Failure `branch-gone`, `disk-full`, `git-failed`, …; the signal's reason when that was aborted.
 */
export async function verify(
	turn: TurnName,
	{ checks: repositorys, settings, isLast, isAwaited }: Verification,
	inputs: Readonly<Record<string, unknown>>,
	context: Context,
): Promise<Verified> {
	const { issue, options, signal } = context;
	const { subject, tip } = await readDelivery(issue);
	const commit = subject ?? tip;
	const checks = checksOf(repositorys, issue);
	const key = keyOf(checks, settings, issue, options);
	if (key === null) return { kind: "verified", commit: commit ?? issue.base.commit, record: null };
	if (commit === undefined) throw await branchGone(issue);
	const records = phaseOf(turn) === "fix" ? await readVerifyRecords(issue.logDir) : [];
	const own = await readJson(verifyFile(issue.logDir, turn), VERIFY_RECORD).catch(() => undefined);
	const known = records.findLast(
		(record) =>
			record.commit === commit &&
			record.key === key &&
			// That there was no answer after this very turn is what is to be found out anew.
			!(isUnanswered(record) && record.startedAt === own?.startedAt),
	);
	// After a fix that was not needed, or that changed nothing, it is what was said before.
	if (known) return { kind: "verified", commit, record: known };
	const worktree = Object.values(inputs).find(isWorktree);
	const before = (await readLastWork(issue.logDir))?.record.base;
	const compared = worktree?.start ?? (await findCompared(issue, worktree?.stack ?? [], before, signal));
	const setUp = worktree?.setUp;
	const subjectOf = { turn, commit, compared, checks, settings, setUp, isAwaited: isAwaited(issue.id) };
	const record = await withChecksPlace(
		issue.repository,
		options,
		() => isLast(issue.id),
		(place) => keep({ ...subjectOf }, key, place, context),
	);
	return { kind: "verified", commit, record };
}

function isWorktree(input: unknown): input is IssueWorktree {
	return (input as Partial<IssueWorktree> | undefined)?.kind === "worktree";
}

async function keep(subject: Subject, key: string, place: ChecksPlace, context: Context): Promise<VerifyRecord> {
	const { milestone, logDir } = context.issue;
	const file = verifyFile(logDir, subject.turn);
	await createLogFolder(logDir);
	// One that can't be read is set aside all the same.
	const last = await readJson(file, VERIFY_RECORD).catch(() => undefined);
	await setAsideJudged(logDir, verifyName(subject.turn), last?.startedAt ?? "without-record");
	const startedAt = new Date();
	const { trials, terms } = await runTrials(subject, place, context);
	const verdict = compare(trials, terms);
	const endedAt = new Date();
	const record: VerifyRecord = {
		version: 1,
		issueId: ownIdOf(context.issue),
		milestoneId: milestone ?? "",
		startedAt: startedAt.toISOString(),
		endedAt: endedAt.toISOString(),
		durationMs: endedAt.getTime() - startedAt.getTime(),
		commit: subject.commit,
		base: subject.compared,
		key,
		...given({ setUp: subject.setUp }),
		...verdict,
		checks: verdict.checks.map((each) => ({ ...each, log: basename(each.log) })),
	};
	await writeJson(file, record);
	return record;
}
