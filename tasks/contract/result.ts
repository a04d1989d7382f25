import type { infer as Infer, ZodType } from "zod";
import { type Phase, STATUSES } from "./phase.ts";
import { z } from "./zod.ts";

const text = z.string();
const texts = z.array(z.string());
const level = z.enum(["low", "medium", "high"]);

const identity = <P extends Phase>(phase: P) => ({
	phase: z.enum([phase]).describe("the phase you were asked to do"),
	status: z.enum(STATUSES[phase]).describe("how it ended; it decides what happens next"),
	issueId: text.describe("from ORCH_CONTEXT"),
	milestoneId: text.describe("from ORCH_CONTEXT"),
	branch: text.describe("branchName of ORCH_CONTEXT"),
	worktreePath: text.describe("from ORCH_CONTEXT"),
	summary: text.describe("what was done and why, for a person who reads it in the morning; becomes the commit's body"),
});

const change = {
	testsRun: z
		.array(
			z.strictObject({
				command: text.describe("exactly as it was run"),
				status: z.enum(["pass", "fail", "skipped"]),
				notes: text.describe("what failed, why it was skipped, or empty"),
			}),
		)
		.describe("every check that counts for the status"),
	docsUpdated: texts.describe("repository-relative paths of documents that were changed"),
	draftPrs: texts.describe("links of draft pull requests, where the agent was allowed to make any"),
	stackBranches: texts.describe("branches of a stack, where the agent was allowed to make any"),
	deferred: texts.describe("parts of the issue left for later, each with the reason"),
	openQuestions: texts.describe("what a person has to decide or supply, each answerable on its own"),
};

/** The schema of each phase's answer. Unknown keys are refused; every field is required. */
export const RESULT_SCHEMAS = {
	dev: z.strictObject({ ...identity("dev"), ...change }),
	fix: z.strictObject({ ...identity("fix"), ...change }),
	review: z.strictObject({
		...identity("review"),
		issues: z
			.array(
				z.strictObject({
					severity: level,
					title: text,
					details: text,
					evidence: text.describe("file:line, or a command with its output"),
				}),
			)
			.describe("what was found, the gravest first"),
		requiredActions: texts.describe("what has to be done before the work can pass, each verifiable"),
		followups: texts.describe("worth doing, but not in this issue"),
		reviewDocPath: text.describe("always empty unless the issue asks for a review document"),
		confidence: level.describe("how sure you are of the status"),
	}),
} as const satisfies Record<Phase, ZodType>;

/** An agent's validated answer. */
export type PhaseResult<P extends Phase = Phase> = { [K in P]: Infer<(typeof RESULT_SCHEMAS)[K]> }[P];

/**
 * The JSON Schema that is sent to the model, in the strict subset that structured output needs: everything required,
 * nothing additional, no `$schema` and no `$ref`.
 */
export function answerSchema(phase: Phase): Record<string, unknown> {
	const { $schema: _, ...schema } = z.toJSONSchema(RESULT_SCHEMAS[phase], { target: "draft-7", reused: "inline" });
	return schema;
}

/** The answer's fields as a list for the prompt, rendered from the schema so that the two can't drift apart. */
export function renderAnswerFields(phase: Phase): string {
	return renderFields(answerSchema(phase) as unknown as JsonSchema, "").join("\n");
}

interface JsonSchema {
	readonly type: string;
	readonly description?: string;
	readonly enum?: readonly string[];
	readonly items?: JsonSchema;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
}

function renderFields(schema: JsonSchema, indent: string): string[] {
	return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
		const about = field.description ? `: ${field.description}` : "";
		const line = `${indent}- \`${name}\` (${typeName(field)})${about}`;
		return [line, ...renderFields(field.items ?? field, `${indent}  `)];
	});
}

function typeName(field: JsonSchema): string {
	if (field.enum) return field.enum.map((value) => `"${value}"`).join(" | ");
	if (field.type === "array")
		return field.items?.type === "object" ? "array of objects" : `array of ${field.items?.type}s`;
	return field.type;
}
