import type { Phase } from "./phase.ts";

/** The attempt that a person answers, as it can be found again. */
export interface AnsweredAttempt {
	/** The id in the issue's own document. */
	readonly issue: string;
	readonly phase: Phase;
	/** When it began, as its record has it. */
	readonly startedAt: string;
}

/** What a person has answered to one question of an agent's. */
export interface Answer {
	readonly question: string;
	readonly answer: string;
}

/** What a person has said at one time to one attempt. */
export interface AnswerEntry extends AnsweredAttempt {
	/** `2026-07-24`, in the time zone of whoever answered. */
	readonly date: string;
	readonly answers: readonly Answer[];
	/** What goes beyond the questions. */
	readonly remarks: readonly string[];
}
