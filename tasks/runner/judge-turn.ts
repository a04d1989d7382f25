import { checkAnswer, type Identity } from "../contract/check-answer.ts";
import { given } from "../contract/given.ts";
import type { Phase } from "../contract/phase.ts";
import type { Limit } from "../contract/problem.ts";
import type { AttemptRecord } from "../contract/record.ts";
import type { PhaseResult } from "../contract/result.ts";
import type { TurnEnd } from "./runner.ts";

/** Characters kept of an answer that is no result. */
const LONGEST_KEPT_ANSWER = 1024 * 1024;

/** Changes of a turn that was to make none, as its record tells them. */
const MOST_CHANGES = 20;

/** What a turn came to: what its record says, and which of the agent's words are kept as what. */
export interface Judgement extends Pick<AttemptRecord, "outcome" | "reason" | "details"> {
	/** The agent's valid answer. */
	readonly result?: PhaseResult;
	/** Its last message, where that is no valid answer. */
	readonly answer?: string;
}

/** Turns the end of a turn into its outcome, as the contract's table has it. */
export function judgeTurn(phase: Phase, end: TurnEnd, identity: Identity): Judgement {
	switch (end.kind) {
		case "completed":
			return judgeAnswer(phase, end, identity);
		case "failed":
			return failed("runner-error", end.message);
		case "protocol-error":
			return failed("protocol-error", end.message);
		case "timed-out":
			return stopped("timed-out", `still running after ${end.limit / 1000} s`);
		case "stalled":
			return failed("stalled", `no progress for ${end.limit / 1000} s`, ...(end.lastWarning ? [end.lastWarning] : []));
		case "over-budget":
			return stopped("over-budget", `${end.used} tokens used, ${end.limit} allowed`);
		case "usage-limit":
			return stopped("usage-limit", end.message);
		case "until":
			return stopped("until");
		case "interrupted":
			return { outcome: "cancelled", reason: "interrupted", details: [] };
	}
}

/**
 * What a turn came to that was to change nothing: where something was changed meanwhile, its verdict is none, and is kept as what it said
 * only. An agent's sandbox can't write what belongs to git, so that a branch was moved by somebody else; who wrote a file can't be told.
 * @param since what became otherwise, a line each.
 */
export function refuseChanged(
	judged: Judgement,
	{ moved, written }: { readonly moved: readonly string[]; readonly written: readonly string[] },
): Judgement {
	const changes = [...moved, ...written];
	if (changes.length === 0) return judged;
	const { result, answer, details } = judged;
	const said = result === undefined ? answer : `${JSON.stringify(result, undefined, "\t")}\n`;
	const told = changes.slice(0, MOST_CHANGES);
	const left = changes.length - told.length;
	const more = left > 0 ? [`and ${left} more`] : [];
	return {
		...failed(written.length > 0 ? "reviewer-wrote" : "branch-moved", ...told, ...more, ...details),
		...given({ answer: said }),
	};
}

/** The limit that ended a turn; nothing when none did. */
export function limitOf(end: TurnEnd): Limit | undefined {
	switch (end.kind) {
		case "timed-out":
			return { name: "timeout", value: end.limit };
		case "stalled":
			return { name: "stall", value: end.limit };
		case "over-budget":
			return { name: "max-tokens", value: end.limit };
		default:
			return undefined;
	}
}

function judgeAnswer(phase: Phase, end: Extract<TurnEnd, { kind: "completed" }>, identity: Identity): Judgement {
	const { lastMessage = "", lastMessageCutFrom } = end;
	const checked = checkAnswer(phase, end.lastMessage, identity);
	if (checked.valid) {
		const { result } = checked;
		return { outcome: result.status, reason: null, details: detailsOf(result), result };
	}
	if (lastMessageCutFrom !== undefined) {
		const detail = `the answer has ${lastMessageCutFrom} characters, which is too long for one`;
		return { ...failed("invalid-result", detail), answer: lastMessage };
	}
	const details = checked.problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
	return { ...failed("invalid-result", ...details), answer: lastMessage.slice(0, LONGEST_KEPT_ANSWER) };
}

function failed(reason: NonNullable<AttemptRecord["reason"]>, ...details: string[]): Judgement {
	return { outcome: "failed", reason, details };
}

/** What a limit ended, a person's or the provider's: nothing has gone wrong with the work. */
function stopped(reason: NonNullable<AttemptRecord["reason"]>, ...details: string[]): Judgement {
	return { outcome: "stopped", reason, details };
}

/** What a person has to know of an answer that is no pass: the agent's questions, what it wants done, or its own reason. */
function detailsOf(result: PhaseResult): string[] {
	switch (result.status) {
		case "pass":
			return [];
		case "deferred":
			return result.openQuestions;
		case "changes_required":
			return result.requiredActions;
		case "blocked":
			return result.requiredActions.length > 0 ? result.requiredActions : [result.summary];
		case "failed":
			return [result.summary];
	}
}
