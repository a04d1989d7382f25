import type { Refusal } from "../../contract/accept-record.ts";
import { problemOf } from "../../contract/problem.ts";
import type { HeldIssue } from "../../contract/standing.ts";
import type { Unmet } from "../../engine/standing.ts";
import type { IssueStanding } from "../standing.ts";
import { isUnanswered } from "./asking.ts";
import { notAcceptedIn } from "./not-accepted.ts";
import { waitsForAnswer } from "./outcome-words.ts";
import { knownReason, reasonWord, recordIn } from "./reason-words.ts";
import { acceptedAtTip, kindOf } from "./standing-words.ts";

/** What a standing is to a person: done, in the way, a question, waiting for another issue, being worked on, or to be begun. */
export type Tone = "good" | "bad" | "ask" | "wait" | "running" | "open";

/** Issues that came out of a night alike. */
export interface Group {
	readonly tone: Tone;
	/** How one came out, as the end of "1 …", and how several did. */
	readonly one: string;
	readonly several: string;
}

/** How an issue came out of a night. */
export function groupOf(standing: IssueStanding): Group {
	const { unmet, blockedBy, survey } = standing;
	if (survey.holder) return alike("running", "being worked on");
	const [reason] = unmet;
	if (!reason) return alike("good", doneAs(standing));
	const record = recordIn(reason);
	if (isUnanswered(record, standing.issue))
		return { tone: "ask", one: "has a question for you", several: "have questions for you" };
	if (record && waitsForAnswer(record)) return alike("open", "answered since");
	if (blockedBy.length > 0) return { tone: "wait", one: "waits for another", several: "wait for others" };
	const refused = notAcceptedIn(standing);
	if (refused) return alike("bad", refused.reasons[0] ? WITH[refused.reasons[0]] : "not accepted");
	if (isInConflict(reason)) return alike("bad", "in conflict");
	if (kindOf(reason.because) === "ended" || record) return alike("bad", record ? reasonWord(reason) : "failed");
	if (kindOf(reason.because) === "never-run") return alike("open", "not begun");
	return alike("open", reasonWord(reason));
}

/** True for an issue that nobody can begin or go on with before a person has put together what is to be its start. */
function isInConflict({ because }: Unmet): boolean {
	const reason = knownReason(because);
	const outcome = reason?.kind === "ended" ? reason.outcome : undefined;
	const error = outcome?.status === "failed" || outcome?.status === "blocked" ? outcome.error : undefined;
	const kind = error && problemOf(error)?.kind;
	return kind === "base-conflicts" || kind === "stack-conflicts";
}

/** What became of all issues, in one sentence: "7 accepted, 2 with new failures, 1 has a question for you". */
export function nightSentence(standings: readonly IssueStanding[], held: readonly HeldIssue[]): string {
	const parts = nightParts(standings).map(({ words }) => words);
	if (held.length > 0) parts.push(`${held.length} held back`);
	return parts.length > 0 ? `${parts.join(", ")}.` : "There is no issue to tell of.";
}

/** A part of that sentence, with the issues that it is about. */
export interface Part {
	readonly words: string;
	readonly tone: Tone;
	readonly issues: readonly string[];
}

/** The parts of that sentence: what went well first, then what a person is needed for. */
export function nightParts(standings: readonly IssueStanding[]): Part[] {
	const groups = new Map<string, Group & { readonly issues: string[] }>();
	for (const standing of standings) {
		const group = groupOf(standing);
		const known = groups.get(group.one) ?? { ...group, issues: [] };
		known.issues.push(standing.issue.id);
		groups.set(group.one, known);
	}
	return [...groups.values()]
		.sort((a, b) => ORDER.indexOf(a.tone) - ORDER.indexOf(b.tone))
		.map(({ tone, one, several, issues }) => ({
			tone,
			issues,
			words: `${issues.length} ${issues.length === 1 ? one : several}`,
		}));
}

const ORDER: readonly Tone[] = ["good", "bad", "ask", "wait", "running", "open"];

function alike(tone: Tone, words: string): Group {
	return { tone, one: words, several: words };
}

function doneAs({ survey }: IssueStanding): string {
	if (survey.isMerged) return "merged";
	return acceptedAtTip(survey) ? "accepted" : "up to date";
}

/** How work came out that is not accepted, by the gravest reason. */
const WITH: Readonly<Record<Refusal, string>> = {
	"not-run": "with checks that have no answer",
	"new-failures": "with new failures",
	"checks-weakened": "with weakened checks",
	vanished: "with vanished tests",
	unproved: "with new tests that prove nothing",
	"other-commit": "judged at another commit",
	"base-missing": "without the base that they were judged on",
	"changes-required": "with changes required",
	stalemate: "with a fix that changed nothing",
	"repeated-findings": "with a review that repeats itself",
	"not-reviewed": "not reviewed",
};
