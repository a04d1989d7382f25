import type { Identity } from "../contract/check-answer.ts";
import { given } from "../contract/given.ts";
import type { IssuePlan } from "../contract/issue.ts";
import type { RunOptions } from "../contract/options.ts";
import type { OrchContext } from "../contract/orch-context.ts";
import { cycleOf, isWork, type TurnName } from "../contract/phase.ts";
import { assemblePrompt, type PromptParts } from "../contract/prompt.ts";
import { answerSchema } from "../contract/result.ts";
import type { IssueWorktree } from "../contract/value.ts";
import type { TurnRequest } from "./runner.ts";

/** What a turn is asked for with. */
export interface Asked {
	readonly name: TurnName;
	readonly identity: Identity;
	readonly parts: PromptParts;
	/** What it is told of the turns before it. */
	readonly facts: Pick<OrchContext, "checks" | "reviewResult" | "priorFixSummary" | "priorAttempt" | "maxReviewCycles">;
	/** A folder of its own for temporary files. */
	readonly folder: string;
	readonly eventLog: string;
	readonly worktree: IssueWorktree;
	readonly issue: IssuePlan;
	readonly options: RunOptions;
}

/** What a runner is asked for when it is to take a turn on an issue. */
export function requestOf({
	name,
	identity,
	parts,
	facts,
	folder,
	eventLog,
	worktree,
	issue,
	options,
}: Asked): TurnRequest {
	const { phase, issueId, milestoneId, branch, worktreePath } = identity;
	const prompt = assemblePrompt(phase, parts, {
		issueId,
		issueDocPath: issue.docPath,
		milestoneId,
		milestoneDocPath: issue.milestoneDocPath,
		branchName: branch,
		worktreePath,
		reviewCycle: cycleOf(name),
		...facts,
	});
	return {
		prompt,
		outputSchema: answerSchema(phase),
		workingDirectory: worktreePath,
		isReadOnly: !isWork(phase),
		// A review is to judge what is there, and not what was said of it.
		hidden: isWork(phase) ? [] : [issue.logDir],
		repositoryRoot: issue.repository.root,
		temporaryDirectory: folder,
		eventLog,
		network: options.network === true,
		environment: Object.fromEntries((options.env ?? []).map((each) => [each, process.env[each] ?? ""])),
		writableFolders: options.gitAccess && isWork(phase) ? [issue.repository.commonDir, worktree.gitDir] : [],
		...given({ program: options.codex }),
	};
}
