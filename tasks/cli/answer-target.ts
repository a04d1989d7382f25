import type { Backlog } from "../backlog/backlog.ts";
import type { IssuePlan } from "../contract/issue.ts";
import { Failure } from "../contract/problem.ts";
import { waitsForAnswer } from "../contract/record.ts";
import type { HeldIssue } from "../contract/standing.ts";
import type { RunRequest } from "./request.ts";
import type { IssueStanding } from "./standing.ts";
import { listed } from "./words/format.ts";
import { heldSentence } from "./words/held-words.ts";
import { kindOf } from "./words/standing-words.ts";

/** What was looked up for the target. */
export interface Found {
	readonly standings: readonly IssueStanding[];
	readonly held: readonly HeldIssue[];
	readonly backlog: Backlog | undefined;
}

/**
 * The one issue that is answered, and the ids of those that have its document too.
 * @throws Failure `usage`, `answered-while-run`, `nothing-to-answer`.
 */
export function chosenIssue(
	{ standings, held, backlog }: Found,
	{ options }: RunRequest,
): { readonly issue: IssuePlan; readonly others: readonly string[] } {
	const [only, second] = standings;
	if (only && second) {
		const asking = standings.filter(({ survey: { record } }) => record !== null && waitsForAnswer(record));
		const which =
			asking.length === 0
				? "None of these waits for an answer."
				: `These wait for an answer: ${listed(
						asking.map(({ issue }) => issue.id),
						20,
					)}`;
		throw usage(`"answer" takes the id of one issue. ${which}`);
	}
	if (!only) {
		const [first] = held;
		throw usage(first ? heldSentence(first) : `${options.target}: its document says that it is closed.`);
	}
	const { issue, survey, unmet } = only;
	if (survey.holder) throw new Failure({ kind: "answered-while-run", issue: issue.id, holder: survey.holder });
	if (unmet.some(({ because }) => kindOf(because) === "made-for-another"))
		throw new Failure({ kind: "nothing-to-answer", issue: issue.id });
	const sharing = backlog?.issues.filter(({ id, docPath }) => docPath === issue.docPath && id !== issue.id) ?? [];
	return { issue, others: sharing.map(({ id }) => id) };
}

function usage(message: string): Failure {
	return new Failure({ kind: "usage", message, task: "answer" });
}
