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
