import type { infer as Infer } from "zod";
import { REFUSALS } from "./accept-record.ts";
import { CHECK_COUNTS, CHECK_FINDING, NOT_RUN } from "./verify-record.ts";
import { z } from "./zod.ts";

/** Where two sides of a merge can't both be had: a path, and what git calls it, such as `contents` or `rename/delete`. */
const conflict = z.strictObject({ path: z.string(), kinds: z.array(z.string()) });

/** A conflict, as it is kept. */
export type Conflict = Infer<typeof conflict>;

/** Findings that are kept of each kind: the rest is counted. */
export const MOST_FOUND = 50;

const why = z.discriminatedUnion("kind", [
	/** `with`: what was put there before and can't be had with it by itself, the base among it; empty where only all together can't. */
	z.strictObject({
		kind: z.literal("conflict"),
		files: z.array(conflict),
		moreFiles: z.number(),
		with: z.array(z.string()),
	}),
	/** What passed before this merge, and does not after it. */
	z.strictObject({
		kind: z.literal("breaks"),
		newFailures: z.array(CHECK_FINDING),
		vanished: z.array(CHECK_FINDING),
		more: z.number(),
		logDir: z.string(),
	}),
	z.strictObject({
		kind: z.literal("not-run"),
		checks: z.array(z.strictObject({ name: z.string(), reason: z.enum(NOT_RUN), detail: z.string() })),
		logDir: z.string(),
	}),
	/** What it builds on is not there. */
	z.strictObject({ kind: z.literal("blocker"), issue: z.string() }),
	z.strictObject({ kind: z.literal("not-accepted"), reasons: z.array(z.enum(REFUSALS)) }),
	/** Its branch is not what was accepted any more. */
	z.strictObject({ kind: z.literal("gone-on"), accepted: z.string() }),
	z.strictObject({ kind: z.literal("branch-gone"), accepted: z.string() }),
	/** `--only` or `--except` leaves it out. */
	z.strictObject({ kind: z.literal("excluded") }),
]);

/** Why an issue's work is not on the branch. */
export type LeftOut = Infer<typeof why>;

const about = {
	/** What it is called by, and what its addresses are named after. */
	issue: z.string(),
	address: z.string(),
};

const step = z.discriminatedUnion("kind", [
	z.strictObject({
		...about,
		kind: z.literal("merged"),
		/** The tip of its branch, which was accepted. */
		tip: z.string(),
		/** The commit that it was put on, and the one that it made. */
		before: z.string(),
		commit: z.string(),
		/** The merge, where it became one commit of its own: what comes next is merged into that. */
		merge: z.string(),
		/** Of the checks that were run before and after; `null` where there are none. */
		key: z.string().nullable(),
		checks: CHECK_COUNTS.nullable(),
	}),
	/** Nothing was to be added: all of it is on the base, or came with another issue. */
	z.strictObject({ ...about, kind: z.literal("there") }),
	z.strictObject({
		...about,
		kind: z.literal("left"),
		/** Of what was tried: the tip of its branch, what it was to be put on, and by which checks. */
		tip: z.string().nullable(),
		before: z.string().nullable(),
		key: z.string().nullable(),
		why,
	}),
]);

/** What became of one issue. */
export type IntegrationStep = Infer<typeof step>;

/** Schema of `integrate-run.json`: what is on the branch that is ready to be merged, and what is not, and why. */
export const INTEGRATION_RECORD = z.strictObject({
	version: z.literal(1),
	/** What the branch is named after: the milestone, as a rule. */
	name: z.string(),
	branch: z.string(),
	base: z.strictObject({ name: z.string(), commit: z.string() }),
	/** Each issue is one commit, and not a merge. */
	isSquashed: z.boolean(),
	startedAt: z.string(),
	/** `null` as long as it is under way; found so later, it was broken off. */
	endedAt: z.string().nullable(),
	/** In the order in which they were put together. */
	steps: z.array(step),
	/** What the branch pointed to before, and what it was to point to then; `null` where there was none, or is none yet. */
	before: z.string().nullable(),
	tip: z.string().nullable(),
});

/** The orchestrator's facts about an integration. */
export type IntegrationRecord = Infer<typeof INTEGRATION_RECORD>;

/** What putting accepted issues together came to. */
export interface Integrated {
	readonly kind: "integrated";
	readonly record: IntegrationRecord;
	/** Whether the branch was moved, or made. */
	readonly isNew: boolean;
	/** It was only looked at: no check was run, no branch moved. `open`: issues of which only that could tell more. */
	readonly foreseen?: { readonly open: readonly string[] };
}
