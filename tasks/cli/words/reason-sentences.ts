import { phaseOf } from "../../contract/phase.ts";
import { Failure, type Problem } from "../../contract/problem.ts";
import type { AttemptRecord } from "../../contract/record.ts";
import type { Outcome } from "../../engine/outcome.ts";
import type { Unmet } from "../../engine/standing.ts";
import { duration, oneLine } from "./format.ts";
import { badWord, endOf, waitsForAnswer } from "./outcome-words.ts";
import { messageOf } from "./problem-words.ts";
import { age, knownReason, ownWords, type Reason } from "./reason-words.ts";
import { REFUSAL } from "./refusal-words.ts";
import type { Kinds, Say } from "./say.ts";

/** What a reason is about, beside its own facts. */
interface About {
	readonly task: string;
	readonly now: number;
	readonly say: Say;
	/** How the task ended the last time. */
	readonly last: Outcome<unknown> | undefined;
}

/** Why a task has something to do, as the end of a sentence about its issue, with what is known of it in lines below. */
const SENTENCES: Kinds<Reason, string, [About]> = {
	"never-run": ({ turn }) => `its ${phaseOf(turn)} phase has never run.`,
	"last-attempt": ({ record }, { now }) =>
		`its last attempt, ${age(record, now)} ago, ended ${endOf(record)}.${detailsOf(record)}`,
	"document-changed": ({ file }) => `${file} has changed since it passed.`,
	"made-for-another": ({ file }) => `what is on its branch and in its logs was made for ${file}.`,
	"prompt-changed": () => "the prompt, the skill or the answer's schema has changed since it passed.",
	"work-gone": ({ path }) => `it passed, but its work was not persisted, and the worktree in ${path} is gone.`,
	"commit-lost": ({ commit, branch }) =>
		`it passed, but its commit ${commit.slice(0, 10)} is neither on ${branch} nor on the base any more.`,
	"history-cut": ({ commit, base }, { say }) =>
		`it passed, but this clone is shallow and lacks what would tell whether its commit ${commit.slice(0, 10)} is on ${base}. To fetch the history: ${say.git("fetch --unshallow")}`,
	"not-committed": ({ path, outcome }, { last, say }) =>
		`${outcome === "pass" ? "it passed, but " : ""}its work is not committed: it is in ${path}.${failureLines(last, say)}`,
	"not-persisted": ({ path, outcome }, { last, say }) =>
		`${outcome === "pass" ? "it passed, but " : ""}that attempt is not persisted yet; there is nothing to commit in ${path}.${failureLines(last, say)}`,
	"not-verified": ({ commit }) => `the checks have not been run on ${itsCommit(commit)}.`,
	"not-reviewed": ({ commit }) => `${itsCommit(commit)} has not been reviewed.`,
	"fix-missing": ({ because }) =>
		`${because === "failing" ? "its checks fail" : "its review asks for changes"}, and that has not been fixed.`,
	"not-judged": ({ commit }) => `there is no verdict on ${itsCommit(commit)}.`,
	"not-accepted": ({ record: { reasons } }) =>
		`its work is not accepted: ${reasons.map((each) => REFUSAL[each]).join("; ")}.`,
	"gone-on": ({ accepted, commits }) =>
		`it was accepted at ${accepted.slice(0, 10)}, and there ${commits === 1 ? "is one commit" : `are ${commits} commits`} since.`,
	"no-worktree": () => "it has no worktree.",
	"base-moved": () => "its branch lacks what the base or its blockers have.",
	"not-set-up": () => "its worktree is not set up.",
	"never-done": (_, { task }) => `${task} has never run.`,
	ended: ({ outcome, at }, { task, now, say }) => {
		const ago = duration(Math.max(0, now - Date.parse(at)));
		return `${task}, ${ago} ago, ended ${badWord(outcome)}.${failureLines(outcome, say)}`;
	},
	"need-changed": ({ task: need }, { task }) => `${task} was done before ${need} was, or has to be, done again.`,
	unknown: ({ error }, { task, say }) => `whether ${task} is up to date can't be found out.${linesOf(error, say)}`,
};

/** A branch's tip; where there is no branch yet, there is none to name. */
function itsCommit(commit: string): string {
	return commit === "" ? "its work" : `its commit ${commit.slice(0, 10)}`;
}

/** Why an issue is not up to date, as the end of a sentence. */
export function reasonSentence({ task, because, last }: Unmet, now: number, say: Say): string {
	const reason = knownReason(because);
	if (reason)
		return (SENTENCES[reason.kind] as (fact: Reason, about: About) => string)(reason, {
			task: task.name,
			now,
			say: say.at(task.name),
			last,
		});
	const own = ownWords(because);
	return own === undefined ? `${task.name} is out of date.` : `${task.name}: ${own}`;
}

/** What an attempt has to say that did not pass, a line each; what one that waits for an answer asks is told elsewhere. */
export function detailsOf(record: AttemptRecord): string {
	return waitsForAnswer(record) ? "" : record.details.map((each) => `\n  ${oneLine(each, 300)}`).join("");
}

function failureLines(outcome: Outcome<unknown> | undefined, say: Say): string {
	const error = outcome?.status === "failed" || outcome?.status === "blocked" ? outcome.error : undefined;
	return error ? linesOf(error, say) : "";
}

function linesOf(error: Error, say: Say): string {
	const problems: readonly Problem[] =
		error instanceof Failure ? error.problems : [{ kind: "defect", message: error.message }];
	const messages = problems.map((problem) => messageOf(problem, say));
	const lines = messages.flatMap(({ what, remedy }) =>
		[what, ...(remedy === undefined ? [] : [remedy])].join("\n").split("\n"),
	);
	return lines.map((line) => `\n  ${line}`).join("");
}
