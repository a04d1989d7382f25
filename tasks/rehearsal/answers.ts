import type { PhaseResult } from "../contract/result.ts";
import type { Prompted, Say } from "./script.ts";

/** A valid `pass` of the dev phase for what was asked, with these fields changed. */
export function devAnswer(
	{ issueId, context }: Pick<Prompted, "issueId" | "context">,
	changes: Partial<PhaseResult<"dev">> & Pick<PhaseResult<"dev">, "summary">,
): PhaseResult<"dev"> {
	const { milestoneId, branchName, worktreePath } = context;
	return {
		phase: "dev",
		status: "pass",
		issueId,
		milestoneId,
		branch: branchName,
		worktreePath,
		testsRun: [],
		docsUpdated: [],
		draftPrs: [],
		stackBranches: [],
		deferred: [],
		openQuestions: [],
		...changes,
	};
}

/** A valid `pass` of the fix phase for what was asked, with these fields changed. */
export function fixAnswer(
	prompted: Pick<Prompted, "issueId" | "context">,
	{ status = "pass", ...changes }: Partial<PhaseResult<"fix">> & Pick<PhaseResult<"fix">, "summary">,
): PhaseResult<"fix"> {
	return { ...devAnswer(prompted, { summary: changes.summary }), ...changes, status, phase: "fix" };
}

/** A valid `pass` of the review phase for what was asked, with these fields changed. */
export function reviewAnswer(
	{ issueId, context }: Pick<Prompted, "issueId" | "context">,
	changes: Partial<PhaseResult<"review">> & Pick<PhaseResult<"review">, "summary">,
): PhaseResult<"review"> {
	const { milestoneId, branchName, worktreePath } = context;
	return {
		phase: "review",
		status: "pass",
		issueId,
		milestoneId,
		branch: branchName,
		worktreePath,
		issues: [],
		requiredActions: [],
		followups: [],
		reviewDocPath: "",
		confidence: "high",
		...changes,
	};
}

/** Has a command run in the agent's sandbox. */
export function run(command: string): Say {
	return { kind: "run", command };
}

/** Ends the turn with this answer. */
export function answer(result: object): Say {
	return { kind: "answer", text: JSON.stringify(result) };
}

/** A text as one word of a POSIX shell. */
export function shellQuoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
