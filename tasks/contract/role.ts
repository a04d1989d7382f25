/**
 * What a task is to the command line, said by the task: names are the orchfile's own.
 * - `backlog` reads the documents, `plan` puts issues in order, `findings` checks them, `survey` looks at what git and the logs hold, `made` lists what
 *   could be removed, `diagnoses` what a run relies on: each is shown by the words that are for it.
 * - `agent-check` asks whether turns could run, `turn` is one, `save` commits what one left, `verify` runs the repository's checks, `accept` comes to
 *   the verdict.
 * - `integrate` puts accepted work together on a branch.
 * - `report` puts together what is known of a run's issues once it is over.
 */
export type Role =
	| "backlog"
	| "plan"
	| "findings"
	| "survey"
	| "made"
	| "diagnoses"
	| "agent-check"
	| "turn"
	| "save"
	| "verify"
	| "accept"
	| "integrate"
	| "report";
