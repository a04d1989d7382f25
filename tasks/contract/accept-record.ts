import type { infer as Infer } from "zod";
import { CHECK_COUNTS } from "./verify-record.ts";
import { z } from "./zod.ts";

/** Why an issue's work is not accepted, gravest first. */
export const REFUSALS = [
	"not-run",
	"new-failures",
	"checks-weakened",
	"vanished",
	"unproved",
	"other-commit",
	"base-missing",
	"changes-required",
	"stalemate",
	"repeated-findings",
	"not-reviewed",
] as const;

/** A reason not to accept work. */
export type Refusal = (typeof REFUSALS)[number];

/** Schema of `accept-run.json`: the verdict on an issue's work. */
export const ACCEPT_RECORD = z.strictObject({
	version: z.literal(1),
	issueId: z.string(),
	milestoneId: z.string(),
	at: z.string(),
	outcome: z.enum(["accepted", "not-accepted"]),
	/** The branch's tip, which it is about. */
	commit: z.string(),
	/** What the checks compared it with; the base it started from where there were none. */
	base: z.string(),
	/** Of the checks, as their record has it; `null` where there are none. */
	key: z.string().nullable(),
	/** The gravest first; empty when it is accepted. */
	reasons: z.array(z.enum(REFUSALS)),
	/** What the checks said, in numbers; `null` where there are none: it is reviewed only. */
	checks: CHECK_COUNTS.nullable(),
	/** The turn that passed it, or that was the last to find something; `null` where none was taken. */
	review: z
		.strictObject({
			turn: z.string(),
			outcome: z.string(),
			/** How many findings of each severity it has. */
			found: z.strictObject({ high: z.number(), medium: z.number(), low: z.number() }),
			confidence: z.string(),
		})
		.nullable(),
});

/** The verdict on an issue's work. */
export type AcceptRecord = Infer<typeof ACCEPT_RECORD>;
