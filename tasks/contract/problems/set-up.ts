/** What is copied into a worktree, and the command that sets it up. */
export type SetUpProblem =
	| {
			/** What was copied into a worktree, and would be committed as the agent's work. */
			readonly kind: "copied-not-ignored";
			readonly issue: string;
			readonly path: string;
			readonly files: readonly string[];
	  }
	| {
			readonly kind: "set-up-failed";
			readonly issue: string;
			readonly command: string;
			/** `null` when it was ended by a signal. */
			readonly exitCode: number | null;
			readonly signal: string | null;
			/** Milliseconds, when it was ended for taking longer. */
			readonly limit?: number;
			/** The last lines of what it printed. */
			readonly lines: readonly string[];
			readonly log: string;
	  }
	| {
			/** What a set-up left that would be committed as the agent's work. */
			readonly kind: "set-up-not-ignored";
			readonly issue: string;
			readonly command: string;
			readonly files: readonly string[];
	  };
