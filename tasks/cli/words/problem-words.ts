import type { Problem } from "../../contract/problem.ts";
import { printable } from "./format.ts";
import { ANSWER } from "./problems/answer.ts";
import { ATTEMPT } from "./problems/attempt.ts";
import { BACKLOG } from "./problems/backlog.ts";
import { BRANCH } from "./problems/branch.ts";
import { DISK_AND_FILES } from "./problems/disk-and-files.ts";
import { GIT } from "./problems/git.ts";
import { INTEGRATION } from "./problems/integration.ts";
import { MACHINE } from "./problems/machine.ts";
import { ORCHFILE } from "./problems/orchfile.ts";
import { REPOSITORY } from "./problems/repository.ts";
import { RUNNER } from "./problems/runner.ts";
import { SET_UP } from "./problems/set-up.ts";
import { TYPED } from "./problems/typed.ts";
import { VERDICT } from "./problems/verdict.ts";
import { WORK } from "./problems/work.ts";
import { WORKTREE } from "./problems/worktree.ts";
import type { Kinds, Message, Say } from "./say.ts";

export { size } from "./option-values.ts";

/** The words for every problem; one without words does not compile. */
const PROBLEMS: Kinds<Problem, Message, [Say]> = {
	...TYPED,
	...ORCHFILE,
	...MACHINE,
	...REPOSITORY,
	...GIT,
	...BACKLOG,
	...RUNNER,
	...BRANCH,
	...INTEGRATION,
	...WORKTREE,
	...SET_UP,
	...WORK,
	...DISK_AND_FILES,
	...ATTEMPT,
	...VERDICT,
	...ANSWER,
};

/** The sentences for a problem. */
export function messageOf(problem: Problem, say: Say): Message {
	const words = PROBLEMS[problem.kind] as ((fact: Problem, say: Say) => Message) | undefined;
	// A record may tell of a problem that another version of this program had.
	const { what, remedy } = words?.(problem, say) ?? { what: problem.kind };
	// Names of files and words of git or of an agent could command a terminal.
	return { what: printable(what), remedy: remedy === undefined ? undefined : printable(remedy) };
}

/** A problem as a person reads it: what, then what to do. */
export function paragraphOf(problem: Problem, say: Say): string {
	const { what, remedy } = messageOf(problem, say);
	return [what, ...(remedy ? remedy.split("\n").map((line) => `  ${line}`) : [])].join("\n");
}
