import type { AttemptRecord } from "./record.ts";
import type { PhaseResult } from "./result.ts";

/** What an agent is told of the attempt before its own. */
export interface LastAttempt {
	readonly outcome: AttemptRecord["outcome"];
	readonly reason: AttemptRecord["reason"];
	/** What the reason is about, or what the agent wanted to be told or done. */
	readonly details: readonly string[];
	/** The agent's own; absent where it gave no valid answer. */
	readonly summary?: string;
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
	/** How the last attempt on this phase of the issue ended; absent in the first. */
	readonly lastAttempt?: LastAttempt;
	readonly priorFixSummary?: string;
	readonly reviewResult?: PhaseResult<"review">;
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
