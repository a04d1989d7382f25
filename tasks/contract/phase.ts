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
