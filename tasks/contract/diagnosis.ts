import type { LockHolder } from "./lock-holder.ts";
import type { Problem, Room } from "./problem.ts";

/** Something that a run relies on and that was found to be there, as facts. Named after the check that looked at it. */
export type Sound =
	| { readonly kind: "node"; readonly version: string; readonly needed: string }
	| { readonly kind: "git"; readonly version: string; readonly needed: string; readonly program: string }
	| { readonly kind: "identity"; readonly author: string }
	/** `version` is `null` where Codex does not tell it; `tested` is the one that this program was tested with. */
	| {
			readonly kind: "codex";
			readonly version: string | null;
			readonly tested: string;
			readonly program: string;
			/** What is odd in its configuration, in its own words. */
			readonly warnings: readonly string[];
	  }
	| ({ readonly kind: "credentials" } & RunnerWords)
	| ({ readonly kind: "provider" } & RunnerWords)
	/**
	 * `denied`: how many files and folders with credentials agents can't read; `sockets`: whether their commands can listen and
	 * connect among themselves.
	 */
	| { readonly kind: "sandbox"; readonly denied: number; readonly sockets: boolean }
	/** What the repository's checks are confined by: path of bubblewrap; or why nothing can confine them. */
	| {
			readonly kind: "confinement";
			readonly bubblewrap: string | null;
			readonly problem?: Extract<Problem, { readonly kind: "confinement-unavailable" }>;
	  }
	| { readonly kind: "repository"; readonly root: string }
	/** `hooks`: names of hooks of the repository's own, which commits made here skip. */
	| { readonly kind: "settings"; readonly hooks: readonly string[] }
	| { readonly kind: "base"; readonly name: string; readonly commit: string }
	/** `changes`: paths that are not committed, which agents don't see. */
	| { readonly kind: "checkout"; readonly changes: readonly string[] }
	/**
	 * `errors` and `warnings` of `check` that do not stop a run; `toRun` issues are open, and `waiting` are so too and wait for one of those
	 * that are `held`.
	 */
	| {
			readonly kind: "backlog";
			readonly issues: number;
			readonly toRun: number;
			readonly waiting: number;
			readonly held: number;
			readonly errors: number;
			readonly warnings: number;
	  }
	| { readonly kind: "prompts" }
	| { readonly kind: "places" }
	/** `empty`: submodules of the base that the clone does not hold. */
	| { readonly kind: "worktrees"; readonly folder: string; readonly empty: readonly string[] }
	/** `used`: names of filters that files of the base have and that work; `undefined`: those that no setting defines. */
	| { readonly kind: "filters"; readonly used: readonly string[]; readonly undefined: readonly UsedFilter[] }
	| { readonly kind: "logs"; readonly folder: string }
	| ({ readonly kind: "disk" } & Room)
	| {
			readonly kind: "leftovers";
			/** Locks of runs that are dead. */
			readonly locks: readonly { readonly issue: string; readonly holder: LockHolder }[];
			/** Worktrees whose folder is gone. */
			readonly worktrees: readonly string[];
	  };

/** A filter that attributes name for a file. */
export interface UsedFilter {
	readonly name: string;
	/** One of its files, from the top of the repository. */
	readonly file: string;
}

/** What a check is called. */
export type CheckName = Sound["kind"];

/** The runner's own words on something it relies on; `isSure` is false where it has doubts, or says nothing. */
export interface RunnerWords {
	readonly summary: string | null;
	readonly remedy: string | null;
	readonly isSure: boolean;
}

/** What one check of the doctor came to. */
export type Diagnosis =
	| { readonly check: CheckName; readonly status: "good" | "warning"; readonly found: Sound }
	/** It would stop a run. */
	| { readonly check: CheckName; readonly status: "bad"; readonly problems: readonly Problem[] }
	/** It could not be looked at, because what it rests on is not good. */
	| { readonly check: CheckName; readonly status: "skipped"; readonly needs: CheckName };

/** True for what stops no run, and what a person probably did not mean all the same. */
export function isDoubtful(found: Sound): boolean {
	switch (found.kind) {
		case "codex":
			return found.version !== found.tested || found.warnings.length > 0;
		case "credentials":
		case "provider":
			return !found.isSure;
		case "sandbox":
			return !found.sockets;
		case "confinement":
			return found.problem !== undefined;
		case "checkout":
			return found.changes.length > 0;
		case "worktrees":
			return found.empty.length > 0;
		case "filters":
			return found.undefined.length > 0;
		case "backlog":
			return found.errors + found.warnings > 0;
		case "leftovers":
			return found.locks.length + found.worktrees.length > 0;
		case "node":
		case "git":
		case "identity":
		case "repository":
		case "settings":
		case "base":
		case "prompts":
		case "places":
		case "logs":
		case "disk":
			return false;
	}
}
