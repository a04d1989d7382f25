import { dirname } from "node:path";
import { addressNameOf } from "./contract/identity.ts";
import { homeOf, type IssuePlan } from "./contract/issue.ts";
import type { RunOptions } from "./contract/options.ts";
import { Failure } from "./contract/problem.ts";
import type { Withdrawn } from "./contract/standing.ts";
import { BlockedError, SkippedError } from "./engine/outcome.ts";
import type { IssueContext } from "./engine/task.ts";
import { checksFolder } from "./repo/addresses.ts";
import { endProcessesOf, isGitAtWork } from "./repo/git-at-work.ts";
import { lockRef, releaseLock, takeLock } from "./repo/lock.ts";
import { repairLeftovers } from "./repo/worktree/leftovers.ts";
import { sweepRunFolders } from "./repo/worktree/run-folder.ts";
import { lookAgain } from "./standing/look-again.ts";
import { verifyOwner } from "./standing/verify-owner.ts";
import { sweepLogFolder } from "./store/log-folder.ts";
import { linkLogs } from "./store/log-links.ts";
import { removeTemporaryFolders } from "./system/temporary-folder.ts";
import { livenessOf, type RunIdentity } from "./system/this-run.ts";

/**
 * Keeps other runs off an issue, and puts in order what a run that died over it has left behind.
 * @returns what gives the issue free again, and the issue as its document stands when something is begun for it.
 * @throws SkippedError, BlockedError, Failure as {@link lookAgain}.
 * @throws Failure `made-for-another` where the work there is on another document.
 * @throws BlockedError `issue-locked` while another run works on it.
 */
export async function lockIssue(
	{ issue, options, report }: IssueContext<IssuePlan, RunOptions>,
	isStart: boolean,
): Promise<{ readonly release: () => Promise<void>; readonly issue: IssuePlan }> {
	const { repository, id, worktreePath } = issue;
	const name = addressNameOf(issue);
	await verifyOwner(issue, options.layout);
	const answer = await takeLock(repository, name);
	if (answer.kind === "held") {
		const { holder, blob } = answer.lock;
		const isUncertain = holder === undefined || livenessOf(holder) === "unknown";
		throw new BlockedError(
			{ holder: "another run" },
			new Failure({
				kind: "issue-locked",
				issue: id,
				holder: holder ?? null,
				isUncertain,
				ref: lockRef(repository, name),
				blob,
			}),
		);
	}
	const release = () => releaseLock(repository, name);
	try {
		const { takenOver } = answer;
		if (takenOver) {
			const processes = await settleDeadRun(takenOver);
			// Where nothing is left to be checked, nobody else comes by there.
			await sweepRunFolders(repository, checksFolder(options.layout, homeOf(repository)));
			report({ kind: "note-lock-taken-over", issue: id, holder: takenOver, processes });
		}
		const left = await repairLeftovers(issue, (gitDir) => isGitAtWork(worktreePath, gitDir));
		await sweepLogFolder(issue.logDir);
		// What is not of the base is taken for work there.
		const isOfIssue = dirname(repository.root) === dirname(worktreePath);
		if (repository.home !== undefined && !isOfIssue) await linkLogs(repository.root, issue.logDir);
		if (left.length > 0) report({ kind: "note-leftovers-repaired", issue: id, paths: left.map(({ path }) => path) });
		return { release, issue: (isStart && (await lookAgain(issue, options.layout))) || issue };
	} catch (error) {
		await release();
		if (error instanceof SkippedError) report({ kind: "note-withdrawn", withdrawn: error.because as Withdrawn });
		throw error;
	}
}

/**
 * Ends what a dead run has left running, and removes its temporary files.
 * @returns how many processes of it there still were.
 */
export async function settleDeadRun({ nonce }: RunIdentity): Promise<number> {
	const processes = await endProcessesOf(nonce);
	await removeTemporaryFolders(nonce);
	return processes;
}
