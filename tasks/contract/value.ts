import type { AcceptRecord } from "./accept-record.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";
import type { Integrated } from "./integration.ts";
import type { StackedTip } from "./issue.ts";
import type { Made } from "./made.ts";
import type { AttemptRecord } from "./record.ts";
import type { Report } from "./report.ts";
import type { PhaseResult } from "./result.ts";
import type { IssueSurvey } from "./standing.ts";
import type { VerifyRecord } from "./verify-record.ts";

/** A line about what a task did; for tasks of a user's own, it is shown as it stands. */
export interface Note {
	readonly kind: "note";
	readonly text: string;
}

/** A worktree in which an agent can start: its branch holds the base and what the issue's blockers have done. */
export interface IssueWorktree {
	readonly kind: "worktree";
	readonly path: string;
	/** `<common directory>/worktrees/<name>`, absolute. */
	readonly gitDir: string;
	/** True when this run made it: nobody has written to it yet. */
	readonly isFresh: boolean;
	readonly stack: readonly StackedTip[];
	/** The commit that the branch was begun from, where this run put it together. */
	readonly start?: string;
	/** The command that it was set up with. */
	readonly setUp?: string;
}

/** A turn of an agent that ended with its word. */
export interface TurnValue {
	readonly kind: "turn";
	readonly record: AttemptRecord;
	/** What a review answered. */
	readonly result?: PhaseResult<"review">;
}

/** There was no turn here, nor is there one to take: the base says by the trailers of a commit that the issue's work has passed. */
export interface PassedElsewhere {
	readonly kind: "passed-elsewhere";
	readonly commit: string;
}

/** A turn that there was no reason to take. */
export interface NotNeeded {
	readonly kind: "not-needed";
	/**
	 * `failing`: a review of what the checks found failing would be for nothing. `passed`: there is nothing to fix, and so nothing to
	 * judge again. `stalemate`: the fix changed nothing and refuted nothing. `repeated`: a review found word for word what the one before
	 * had found. `not-run`: what has to be mended is not in the work: checks could not be run on this machine.
	 */
	readonly because: "failing" | "passed" | "stalemate" | "repeated" | "not-run";
}

/** What the repository's own checks say of a commit; no record where the orchfile and the issue name none. */
export interface Verified {
	readonly kind: "verified";
	readonly commit: string;
	readonly record: VerifyRecord | null;
}

/** An issue whose work is accepted: by its checks, and by a review. */
export interface Accepted {
	readonly kind: "accepted";
	readonly record: AcceptRecord;
}

/** What saving a turn's work came to. */
export interface Saved {
	readonly kind: "saved";
	readonly record: AttemptRecord;
	/** The commit that was made; `null` when there was nothing new to commit. */
	readonly commit: string | null;
	/** False when everything had been saved before. */
	readonly isNew: boolean;
	/** What lies in the worktree and is ignored. */
	readonly ignoredPaths: readonly string[];
}

/** There was nothing to save: no worktree, or no attempt whose work it could be. */
export interface NothingToSave {
	readonly kind: "nothing-to-save";
}

/** What became of a worktree that is not needed any more. */
export type Teardown =
	| { readonly kind: "removed" }
	/** Persist has said what is in the way, or `ignored` does: files that only new rules ignore. */
	| { readonly kind: "kept"; readonly ignored: readonly string[] }
	| { readonly kind: "nothing-to-remove" };

/** Nothing is in the way of a run. */
export interface Ready {
	readonly kind: "ready";
}

/** What checking a backlog found, and how much of it was looked at. */
export interface Checked {
	readonly kind: "checked";
	readonly issues: number;
	readonly findings: readonly Finding[];
	/** Keys of front matter that are not read and are nothing like one that is, with the number of documents that have them. */
	/** Documents that are no issues, since they have no front matter; of the whole backlog only. */
	readonly skipped: readonly string[];
	readonly unknownKeys: readonly { readonly key: string; readonly documents: number }[];
	/** Globs of issues that no document matches, where there are several. */
	readonly unusedGlobs: readonly string[];
	/** Open issues whose documents say nothing of a state, where others say one or the layout says where it is. */
	readonly stateless: readonly string[];
}

/** What git and `logs/` hold of issues. */
export interface Survey {
	readonly kind: "survey";
	readonly issues: readonly IssueSurvey[];
}

/** What was made for issues and still stands. */
export interface MadeThings {
	readonly kind: "made";
	readonly made: readonly Made[];
}

/** What a run relies on, looked at. */
export interface Examined {
	readonly kind: "examined";
	readonly diagnoses: readonly Diagnosis[];
}

/** A run of which there is nothing to put together: it was about one issue, or none. */
export interface NothingToReport {
	readonly kind: "nothing-to-report";
}

/** A run that is about no open issue. */
export interface NothingToIntegrate {
	readonly kind: "nothing-to-integrate";
}

/** What tasks of ours return, told apart by kind. A user's task may return a {@link Note}, or whatever it likes. */
export type Value =
	| Note
	| IssueWorktree
	| TurnValue
	| PassedElsewhere
	| NotNeeded
	| Verified
	| Accepted
	| Saved
	| NothingToSave
	| Teardown
	| Ready
	| Checked
	| Survey
	| MadeThings
	| Examined
	| Report
	| NothingToReport
	| Integrated
	| NothingToIntegrate;
