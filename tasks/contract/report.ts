import type { IntegrationRecord } from "./integration.ts";
import type { Base, IssuePlan } from "./issue.ts";
import type { TurnName } from "./phase.ts";
import type { AttemptRecord } from "./record.ts";
import type { PhaseResult } from "./result.ts";
import type { IssueSurvey } from "./standing.ts";

/**
 * What is known of a run's issues once it is over: everything that the page, `show` and `--json` tell. Texts of agents, documents and
 * diffs are as they were written, and so are to be trusted by nobody who shows them; secrets in them are masked.
 */
export interface Report {
	readonly kind: "report";
	/** When it was put together, in ISO 8601. */
	readonly at: string;
	readonly base: Base;
	/** In the order in which they are run. */
	readonly issues: readonly IssueReport[];
	/** What the last integration of these issues has come to. */
	readonly integration?: IntegrationRecord;
}

/** What is known of one issue. */
export interface IssueReport {
	readonly issue: IssuePlan;
	readonly survey: IssueSurvey;
	/** Every turn of which there is a record, in the order they were started. */
	readonly turns: readonly TurnReport[];
	/** Where its hours went, in the order they began. */
	readonly spans: readonly Span[];
	/** Those of the branch that are the issue's own, the oldest first. */
	readonly commits: readonly CommitReport[];
	/** Between what the branch started from and its tip; `null` where neither the branch nor its commits are there any more. */
	readonly diff: Diff | null;
	/** Further commits, the oldest, which are left out for their number. */
	readonly moreCommits: number;
	/** Files below the issue's log folder, relative to it, with `/`. */
	readonly logs: readonly string[];
}

/** One turn of an agent: its record, what it answered, and what it ran. */
export interface TurnReport {
	readonly turn: TurnName;
	/** Folder of its files, below the issue's log folder: `""` for the last of its name, `attempts/…/` for one that was set aside. */
	readonly folder: string;
	readonly record: AttemptRecord;
	/** Absent where its answer was not valid, or there was none. */
	readonly result?: PhaseResult;
	readonly commands: readonly RanCommand[];
	/** Further commands, which are left out for their number. */
	readonly moreCommands: number;
}

/** A command that an agent ran. */
export interface RanCommand {
	readonly command: string;
	/** `null` where it did not end by itself. */
	readonly exitCode: number | null;
	/** In milliseconds; absent where the events do not tell. */
	readonly durationMs?: number;
}

/** What an issue's time goes to, in the order in which it is told. */
export const SPENT_ON = ["waiting", "set-up", "dev", "verify", "review", "fix"] as const;

/** A stretch of time in which something was done for an issue; both ends in ISO 8601. */
export interface Span {
	readonly what: (typeof SPENT_ON)[number];
	/** The turn, where it is one. */
	readonly turn?: TurnName;
	readonly from: string;
	readonly to: string;
}

/** A commit on an issue's branch. */
export interface CommitReport {
	readonly commit: string;
	readonly subject: string;
	/** The author's date, in ISO 8601. */
	readonly at: string;
	/** As `git interpret-trailers` reads them. */
	readonly trailers: readonly (readonly [key: string, value: string])[];
}

/** What a branch changes, file by file; generated files and lock files last. */
export interface Diff {
	readonly from: string;
	readonly to: string;
	readonly files: readonly FileDiff[];
	/** Of all files, also those that are left out. */
	readonly insertions: number;
	readonly deletions: number;
	/** Further files, which are left out for their number. */
	readonly moreFiles: number;
}

/** How one file was changed. */
export interface FileDiff {
	readonly path: string;
	/** Where it was before, where it was renamed or copied. */
	readonly oldPath?: string;
	readonly change: "added" | "deleted" | "modified" | "renamed" | "copied" | "type-changed";
	/** Modes as git has them (`100644`), where they differ. */
	readonly oldMode?: string;
	readonly newMode?: string;
	/** Why its lines come last, or not at all. */
	readonly kind: "text" | "binary" | "submodule" | "generated" | "lock";
	readonly insertions: number;
	readonly deletions: number;
	readonly hunks: readonly Hunk[];
	/** Lines that are left out, since there are too many of them or they are too long. */
	readonly moreLines: number;
}

/** Lines of a diff that lie together. */
export interface Hunk {
	readonly oldStart: number;
	readonly newStart: number;
	/** What git says it is in: a function, a heading. */
	readonly section: string;
	readonly lines: readonly DiffLine[];
}

/** A line of a diff, without its newline. */
export interface DiffLine {
	readonly side: "both" | "old" | "new";
	readonly text: string;
	/** The file ends here without a newline. */
	readonly isUnterminated?: true;
	/** The line goes on, and is cut here. */
	readonly isCut?: true;
}
