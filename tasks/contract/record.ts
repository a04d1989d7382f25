import type { infer as Infer } from "zod";
import { z } from "./zod.ts";

/** Why an attempt did not end with the agent's own word. */
export const REASONS = [
	"invalid-result",
	"runner-error",
	"protocol-error",
	"timed-out",
	"stalled",
	"over-budget",
	"usage-limit",
	"until",
	"reviewer-wrote",
	"branch-moved",
	"interrupted",
] as const;

const usage = z.strictObject({
	inputTokens: z.number(),
	cachedInputTokens: z.number(),
	outputTokens: z.number(),
	reasoningOutputTokens: z.number(),
});

/** Tokens of an attempt. Cached tokens are part of the input, reasoning tokens part of the output. */
export type Usage = Infer<typeof usage>;

const saved = z.strictObject({
	at: z.string(),
	/** Tip of the branch after the work was committed. */
	head: z.string(),
	/** The commit made for this attempt; `null` when nothing had changed. */
	commit: z.string().nullable(),
	/** Of the branch against its base. */
	commits: z.number(),
	filesChanged: z.number(),
	insertions: z.number(),
	deletions: z.number(),
});

/** What was kept of an attempt's work, in git. */
export type Saved = Infer<typeof saved>;

const gitChange = z.strictObject({
	what: z.enum(["stash", "dropped", "restored", "made", "moved", "deleted", "head", "worktree", "under-way"]),
	/** Full name of a ref, path of a worktree, or what is under way. */
	name: z.string(),
	/** What a ref pointed to, and what it points to. */
	before: z.string().exactOptional(),
	after: z.string().exactOptional(),
});

/** Something that became otherwise in git while an agent with access to it was at work, beside its branch's new commits. */
export type GitChange = Infer<typeof gitChange>;

const wait = z.strictObject({ from: z.string(), until: z.string(), to: z.string().nullable() });

/** A stretch of time in which the provider's usage limit was waited for. */
export type Wait = Infer<typeof wait>;

/** Schema of `<turn>-run.json`, as `dev-run.json`: the orchestrator's own record of one attempt. */
export const RECORD = z.strictObject({
	version: z.literal(1),
	phase: z.enum(["dev", "review", "fix"]),
	issueId: z.string(),
	milestoneId: z.string(),
	title: z.string(),
	/** The document that it is about, and its project; absent in records of earlier versions. */
	project: z.string().exactOptional(),
	issueDocPath: z.string().exactOptional(),
	/**
	 * `running` while the agent works; found on disk later, it means that the run was killed. `stopped` is what a limit of time or tokens
	 * ended, which says nothing of the work.
	 */
	outcome: z.enum(["running", "pass", "changes_required", "blocked", "failed", "deferred", "stopped", "cancelled"]),
	reason: z.enum(REASONS).nullable(),
	/** What the reason is about, a line each. */
	details: z.array(z.string()),
	startedAt: z.string(),
	endedAt: z.string().nullable(),
	durationMs: z.number().nullable(),
	branch: z.string(),
	worktreePath: z.string(),
	/** What the branch started from: the base, and what blockers' branches held that the base did not. */
	base: z.strictObject({
		name: z.string(),
		commit: z.string(),
		stack: z.array(z.strictObject({ issue: z.string(), branch: z.string(), commit: z.string() })),
		/**
		 * The commit of the branch that holds these together: what the branch has beyond it is the issue's own. Absent where there is none,
		 * as the branch was begun before one of them was there.
		 */
		start: z.string().exactOptional(),
		/** What the branch pointed to when the attempt began. */
		tip: z.string().exactOptional(),
	}),
	runner: z.strictObject({ name: z.string(), version: z.string() }),
	/** What did the work, whoever chose it; what was asked for where the runner does not tell, `null` where nothing was. */
	model: z.string().nullable(),
	/** How hard the model was asked to think; absent where nothing was asked for. */
	effort: z.string().exactOptional(),
	/** The scenario; only there when the agent was a script. */
	rehearsal: z.string().exactOptional(),
	threadId: z.string().nullable(),
	/** The turn whose thread it went on with; absent for a thread of its own. */
	resumed: z.string().exactOptional(),
	usage: usage.nullable(),
	/** When it waited for the provider's usage limit, and how long that was to last; `to` is `null` while it waits. */
	waits: z.array(wait).exactOptional(),
	promptHash: z.string(),
	issueDocHash: z.string(),
	/** Only there with `--git-access`, and when there is something. */
	gitChanges: z.array(gitChange).exactOptional(),
	/** `null` until the work is persisted. */
	saved: saved.nullable(),
});

/** The orchestrator's facts about an attempt. */
export type AttemptRecord = Infer<typeof RECORD>;

/** True for a turn that only a person's answer brings on. */
export function waitsForAnswer({ outcome }: Pick<AttemptRecord, "outcome">): boolean {
	return outcome === "deferred" || outcome === "blocked";
}

/** What would fail every further turn alike, so that starting one more would only cost. */
export type EveryTurn = "credentials" | "quota" | "refused" | "model" | "configuration" | "unreachable";

/** What failed one turn and need not fail the next: the provider was asked for too much at a time or has trouble, or it is the issue's own. */
export type ThisTurn = "rate-limit" | "provider-trouble" | "too-long" | "content";

/**
 * Schema of `tasks/<task>.json`: how a task of an issue ended that leaves no record of its own, or what it failed for before
 * it came to one.
 */
export const TASK_RECORD = z.strictObject({
	version: z.literal(1),
	task: z.string(),
	issueId: z.string(),
	outcome: z.enum(["done", "failed", "blocked"]),
	at: z.iso.datetime(),
	/** What it returned; absent when it did not end well, or returned nothing. */
	value: z.json().exactOptional(),
	/** The issue that it waits for. */
	blockedBy: z.string().exactOptional(),
	/** Why it did not end well. */
	problems: z.array(z.looseObject({ kind: z.string() })),
});

/** The orchestrator's facts about a task of an issue. */
export type TaskRecord = Infer<typeof TASK_RECORD>;

/** Schema of `merged.json`: that an issue's work was part of the base when its branch was removed. */
export const MERGE_RECORD = z.strictObject({
	version: z.literal(1),
	issueId: z.string(),
	at: z.iso.datetime(),
	/** What its last attempt had saved, and the tip of its branch, which a person may have gone on with. */
	head: z.string(),
	tip: z.string(),
	/** The last commit of the base that the work came with. */
	commit: z.string(),
});

/** What was proved of an issue's branch before it was removed. */
export type MergeRecord = Infer<typeof MERGE_RECORD>;

/** The commits whose work is none of an issue's own: its base, and what an attempt on it started from. */
export function startedFrom(base: string, record: Pick<AttemptRecord, "base"> | undefined): string[] {
	const started = record ? [record.base.commit, ...record.base.stack.map(({ commit }) => commit)] : [];
	return [...new Set([base, ...started])];
}
