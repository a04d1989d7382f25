/** One turn of an agent on an issue. */
export type Phase = "dev" | "review" | "fix";

/** Where each phase's prompt lies, relative to the repository (or the package, where the repository has none). */
export const PROMPT_FILES: Readonly<Record<Phase, string>> = {
	dev: "prompts/dev-auto-parallel.md",
	review: "prompts/dev-auto-review-linear.md",
	fix: "prompts/dev-auto-fix-review.md",
};

/** What all phases are told, in front of the phase's own prompt. */
export const SKILL_FILE = "skills/autonomous-development/SKILL.md";

/** The status values an agent may answer with, by phase. */
export const STATUSES = {
	dev: ["pass", "failed", "deferred"],
	review: ["pass", "changes_required", "blocked"],
	fix: ["pass", "failed", "deferred"],
} as const satisfies Record<Phase, readonly string[]>;

/** Name of one turn of an agent on an issue, and of its files: `dev`, `review-1`, `fix-1`, … */
export type TurnName = Extract<Phase, "dev"> | `${Exclude<Phase, "dev">}-${number}`;

/** The phase that a turn is one of. */
export function phaseOf(turn: TurnName): Phase {
	return turn === "dev" ? "dev" : turn.startsWith("review-") ? "review" : "fix";
}

/** Which of its kind a turn is, from 1. */
export function cycleOf(turn: TurnName): number {
	return Number(/\d+$/.exec(turn)?.[0] ?? 1);
}

/** True for the name of a turn. */
export function isTurnName(text: string): text is TurnName {
	return /^(?:dev|(?:review|fix)-[1-9]\d*)$/.test(text);
}

/** True for a phase whose agent works in the worktree, so that there is work to save; a review changes nothing. */
export function isWork(phase: Phase): boolean {
	return phase !== "review";
}

/** What the files of a verification are called, by the turn whose work is verified: `verify`, after the first fix `verify-2`. */
export function verifyName(turn: TurnName): string {
	return turn === "dev" ? "verify" : `verify-${cycleOf(turn) + 1}`;
}
