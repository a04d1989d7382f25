import { createHash } from "node:crypto";
import { type OrchContext, renderOrchContext } from "./orch-context.ts";
import { type Phase, PROMPT_FILES } from "./phase.ts";
import { Failure } from "./problem.ts";
import { answerSchema, renderAnswerFields } from "./result.ts";

/** The texts a phase's prompt is made of, as they stand in the repository or the package. */
export interface PromptParts {
	readonly skill: string;
	readonly phase: string;
}

/** The line of a phase prompt that is replaced by the answer's fields. */
export const ANSWER_PLACEHOLDER = "{{answer}}";

/**
 * Puts a prompt together: ORCH_CONTEXT, the skill, the phase's prompt with the answer's fields.
 * @throws Failure `prompt-invalid` when the phase prompt has no line that says where the fields go.
 */
export function assemblePrompt(phase: Phase, parts: PromptParts, context: OrchContext): string {
	const lines = parts.phase.split(/\r?\n/);
	verifyPrompt(phase, parts);
	lines[lines.findIndex(isPlaceholder)] = renderAnswerFields(phase);
	return [renderOrchContext(context), withoutFrontMatter(parts.skill).trim(), lines.join("\n").trim(), ""].join("\n\n");
}

/**
 * Checks that a prompt can be put together.
 * @throws Failure `prompt-invalid`.
 */
export function verifyPrompt(phase: Phase, parts: PromptParts): void {
	if (parts.phase.split(/\r?\n/).some(isPlaceholder)) return;
	throw new Failure({ kind: "prompt-invalid", file: PROMPT_FILES[phase], expected: ANSWER_PLACEHOLDER });
}

function isPlaceholder(line: string): boolean {
	return line.trim() === ANSWER_PLACEHOLDER;
}

/** Changes when the skill, the phase's prompt or the answer's schema changes; the issue's own data is not part of it. */
export function hashPrompt(phase: Phase, parts: PromptParts): string {
	const input = JSON.stringify([parts.skill, parts.phase, answerSchema(phase)]);
	return createHash("sha256").update(input).digest("hex");
}

function withoutFrontMatter(skill: string): string {
	return skill.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---\r?\n/, "");
}
