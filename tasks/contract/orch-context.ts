import type { AttemptRecord } from "./record.ts";
import type { PhaseResult } from "./result.ts";
import type { CheckFinding } from "./verify-record.ts";

/** What an agent is told of the attempt before its own. */
export interface PriorAttempt extends Pick<AttemptRecord, "phase" | "outcome" | "reason"> {
	/** The agent's own; absent where it gave no valid answer. */
	readonly summary?: string;
	/** What the reason is about, or what the agent wanted to be told or done. */
	readonly failures: readonly string[];
	/** What a person has answered since, each with the question, and said beyond that. */
	readonly answers: readonly string[];
}

/** The verdict of the orchestrator's own checks, as an agent is told: facts, with the first of each kind only. */
export interface ToldChecks {
	/** The commit that they were run on, and the one that they were compared with. */
	readonly commit: string;
	readonly base: string;
	readonly checks: readonly { readonly name: string; readonly run: string; readonly status: string }[];
	readonly newFailures: readonly CheckFinding[];
	readonly vanished: readonly CheckFinding[];
	readonly weakened: readonly CheckFinding[];
	readonly unproved: readonly CheckFinding[];
	/** What the checks are made of and the branch has changed. */
	readonly changed: readonly string[];
	/** How many of each there are, where they are not all here. */
	readonly left?: Readonly<Record<string, number>>;
}

/** What an agent is told about its task. The block is authoritative: it infers none of it. */
export interface OrchContext {
	readonly issueId: string;
	/** Relative to the repository; readable in the worktree. */
	readonly issueDocPath: string;
	readonly milestoneId: string;
	readonly milestoneDocPath: string;
	readonly branchName: string;
	/** Absolute, symlinks resolved. */
	readonly worktreePath: string;
	readonly maxReviewCycles: number;
	/** From 1. */
	readonly reviewCycle: number;
	/** How the last attempt at this turn ended; absent in the first. */
	readonly priorAttempt?: PriorAttempt;
	/** What the fix says of what it did and refuted. Only for a review after one. */
	readonly priorFixSummary?: string;
	/** What is to be fixed: the whole review, or what the checks found in the form of one. Only for fix. */
	readonly reviewResult?: PhaseResult<"review">;
	/** What the orchestrator's own checks found, bounded. Only for review and fix. */
	readonly checks?: ToldChecks;
}

/** What JSON leaves as it is, but some readers take for a new line. */
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;

/**
 * The two lines a prompt starts with. JSON escapes line breaks and quotes, so no text taken from a document can close
 * the block or add keys to it.
 */
export function renderOrchContext(context: OrchContext): string {
	const json = JSON.stringify(context).replace(
		LINE_BREAKS,
		(mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
	return `ORCH_CONTEXT:\n${json}`;
}
