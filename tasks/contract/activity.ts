import type { UsedFilter } from "./diagnosis.ts";
import type { Base } from "./issue.ts";
import type { LockHolder } from "./lock-holder.ts";
import type { Problem } from "./problem.ts";
import type { Usage } from "./record.ts";
import type { HeldIssue, Withdrawn } from "./standing.ts";

/** A trial of a check beside the first one of the commit that is judged. */
export type FurtherTrial =
	| "base"
	| "again"
	| "weakened"
	| "weakened-again"
	| "unmixed"
	| "unmixed-again"
	| "old-tests"
	| "proof";

/** What a task is doing right now, for the view. */
export type Activity =
	| {
			readonly kind: "command";
			readonly command: string;
			/** Of a check, where it is run beside the commit that is judged. */
			readonly trial?: FurtherTrial;
	  }
	/** The last lines that a command printed. */
	| {
			readonly kind: "output";
			readonly lines: readonly string[];
			/** True when it printed more than these. */
			readonly isCut: boolean;
			/** Absent where the command is done and nothing went wrong. */
			readonly exitCode?: number;
	  }
	| { readonly kind: "message"; readonly text: string }
	/** The branch of an issue is put on top of others. */
	| { readonly kind: "merging"; readonly branch: string }
	| { readonly kind: "files"; readonly paths: readonly string[] }
	| { readonly kind: "tool"; readonly name: string }
	| { readonly kind: "warning"; readonly text: string }
	| { readonly kind: "usage"; readonly usage: Usage }
	/** It waits for the provider's usage limit, until then in ISO 8601; `null` once it goes on. */
	| { readonly kind: "waiting"; readonly until: string | null }
	| Note;

/** Something a person should know although nothing is wrong with the run; said once, and kept on screen. */
export type Note =
	| { readonly kind: "note-base"; readonly base: Base }
	/** Records that lay in another checkout than they do now, and those that could not be moved, with what the system said. */
	| {
			readonly kind: "note-logs-moved";
			readonly from: string;
			readonly to: string;
			readonly issues: readonly string[];
	  }
	| {
			readonly kind: "note-logs-not-moved";
			readonly from: string;
			readonly to: string;
			readonly messages: readonly string[];
	  }
	| { readonly kind: "note-broken-elsewhere"; readonly problems: readonly Problem[] }
	| { readonly kind: "note-documents-skipped"; readonly files: readonly string[] }
	/** Documents that are left out and look like issues. */
	| { readonly kind: "note-documents-lost"; readonly problems: readonly Problem[] }
	| { readonly kind: "note-issues-closed"; readonly ids: readonly string[] }
	/** Issues that are selected and not closed, and that no agent is to do. */
	| { readonly kind: "note-issues-held"; readonly issues: readonly HeldIssue[] }
	| { readonly kind: "note-withdrawn"; readonly withdrawn: Withdrawn }
	| { readonly kind: "note-local-changes"; readonly files: readonly string[] }
	| { readonly kind: "note-hooks-skipped"; readonly hooks: readonly string[] }
	/** What the agent's program finds odd in its configuration, and runs with all the same. */
	| { readonly kind: "note-runner-warns"; readonly warnings: readonly string[] }
	/** The agents' commands can neither listen nor connect, not even among themselves. */
	| { readonly kind: "note-no-sockets" }
	/** The repository's checks can't be confined, so that none is run. */
	| {
			readonly kind: "note-no-confinement";
			readonly problem: Extract<Problem, { readonly kind: "confinement-unavailable" }>;
	  }
	| {
			readonly kind: "note-lock-taken-over";
			readonly issue: string;
			readonly holder: LockHolder;
			/** Processes of that run that were still there, and were ended. */
			readonly processes: number;
	  }
	| { readonly kind: "note-leftovers-repaired"; readonly issue: string; readonly paths: readonly string[] }
	| {
			/** What `.worktreeinclude` names, and was not copied. */
			readonly kind: "note-not-copied";
			readonly issue: string;
			readonly base: string;
			readonly notIgnored: readonly string[];
			readonly leadsOut: readonly string[];
	  }
	| {
			/** Submodules that the clone does not hold. */
			readonly kind: "note-submodules-empty";
			readonly base: string;
			readonly paths: readonly string[];
	  }
	| {
			/** Filters that files of the base have and that no setting defines. */
			readonly kind: "note-filters-undefined";
			readonly base: string;
			readonly filters: readonly UsedFilter[];
	  }
	| {
			readonly kind: "note-work-ignored";
			readonly problem: Extract<Problem, { readonly kind: "work-ignored" }>;
	  }
	/** What a run gives its agents beyond the closed environment; `names` are those of variables. */
	| {
			readonly kind: "note-opened";
			readonly what: "network" | "env" | "git-access";
			readonly names: readonly string[];
	  };
