import type { AnswerProblem } from "./problems/answer.ts";
import type { AttemptProblem } from "./problems/attempt.ts";
import type { BacklogProblem } from "./problems/backlog.ts";
import type { BranchProblem } from "./problems/branch.ts";
import type { FileProblem } from "./problems/disk-and-files.ts";
import type { GitProblem } from "./problems/git.ts";
import type { IntegrationProblem } from "./problems/integration.ts";
import type { MachineProblem } from "./problems/machine.ts";
import type { OrchfileProblem } from "./problems/orchfile.ts";
import type { RepositoryProblem } from "./problems/repository.ts";
import type { RunnerProblem } from "./problems/runner.ts";
import type { SetUpProblem } from "./problems/set-up.ts";
import type { TypedProblem } from "./problems/typed.ts";
import type { VerdictProblem } from "./problems/verdict.ts";
import type { WorkProblem } from "./problems/work.ts";
import type { WorktreeProblem } from "./problems/worktree.ts";

export type { Limit } from "./problems/attempt.ts";
export type { Room } from "./problems/disk-and-files.ts";

/** Something that went wrong and that a person can do something about, as facts; `tasks/cli/words/problems/` has the sentences. */
export type Problem =
	| TypedProblem
	| OrchfileProblem
	| MachineProblem
	| RepositoryProblem
	| GitProblem
	| BacklogProblem
	| RunnerProblem
	| BranchProblem
	| IntegrationProblem
	| WorktreeProblem
	| SetUpProblem
	| WorkProblem
	| FileProblem
	| AttemptProblem
	| VerdictProblem
	| AnswerProblem;

/** One or more problems, thrown. The engine makes a `failed` outcome of it. */
export class Failure extends Error {
	override readonly name = "Failure";
	readonly problems: readonly Problem[];

	constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
		const all = "kind" in problems ? [problems] : problems;
		super(all.map((problem) => problem.kind).join(", "), options);
		this.problems = all;
	}
}

/** The first problem of an error; nothing when it is no {@link Failure}, and so a bug or the system's word. */
export function problemOf(error: unknown): Problem | undefined {
	return error instanceof Failure ? error.problems[0] : undefined;
}
