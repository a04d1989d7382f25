import type { PhaseResult } from "./result.ts";

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
