import type { LockHolder } from "./lock-holder.ts";
import type { Place } from "./place.ts";
import type { AttemptRecord, EveryTurn } from "./record.ts";

/** A limit of a phase that was reached: milliseconds, or tokens. */
export interface Limit {
	readonly name: "timeout" | "stall" | "max-tokens";
	readonly value: number;
}

/** Space on the disk of the worktrees, in bytes. */
export interface Room {
	readonly path: string;
	readonly free: number;
	/** Of one worktree. */
	readonly worktree: number;
	readonly jobs: number;
	readonly minFree: number;
}

/** Something that went wrong and that a person can do something about, as facts. `tasks/cli/words/problem-words.ts` has the sentences. */
export type Problem =
	// What was typed.
	| {
			readonly kind: "usage";
			readonly message: string;
			readonly nearest?: readonly string[];
			/** The task whose help tells more than that of the program. */
			readonly task?: string;
	  }
	| { readonly kind: "unknown-task"; readonly name: string; readonly nearest: readonly string[] }
	| { readonly kind: "unknown-target"; readonly name: string; readonly nearest: readonly string[] }
	| {
			readonly kind: "unknown-issue";
			readonly name: string;
			readonly milestone?: string;
			readonly nearest: readonly string[];
	  }
	| { readonly kind: "unknown-project"; readonly name: string; readonly nearest: readonly string[] }
	| { readonly kind: "several-projects"; readonly milestone: string; readonly projects: readonly string[] }
	| { readonly kind: "several-milestones"; readonly name: string; readonly milestones: readonly string[] }
	// The orchfile.
	| { readonly kind: "no-orchfile"; readonly folder: string; readonly nearest: readonly string[] }
	| {
			readonly kind: "orchfile-broken";
			readonly path: string;
			readonly message: string;
			readonly needsPackage: boolean;
	  }
	/** It was imported, and did not call `main`. */
	| { readonly kind: "orchfile-idle"; readonly path: string }
	// The repository.
	| { readonly kind: "folder-missing"; readonly path: string }
	| { readonly kind: "program-missing"; readonly name: string }
	| { readonly kind: "git-too-old"; readonly found: string; readonly needed: string }
	| { readonly kind: "node-too-old"; readonly found: string; readonly needed: string }
	| { readonly kind: "not-a-repository"; readonly path: string; readonly detail: string }
	| { readonly kind: "bare-repository"; readonly path: string }
	| { readonly kind: "no-commits"; readonly path: string }
	| { readonly kind: "detached-head"; readonly commit: string }
	| { readonly kind: "unknown-base"; readonly name: string; readonly nearest: readonly string[] }
	| { readonly kind: "no-identity" }
	| {
			/** A setting by which git would run a file that agents can write. */
			readonly kind: "relative-filter";
			readonly key: string;
			readonly command: string;
			/** Where the setting stands: `local`, `global`, … */
			readonly scope: string;
	  }
	// The backlog.
	/** A setting of the orchfile's `layout` that can't be used. */
	| { readonly kind: "layout-invalid"; readonly key: string; readonly value: string; readonly expected: string }
	/** `pattern` is a glob, relative to the folder. */
	| { readonly kind: "no-documents"; readonly folder: string; readonly pattern: string }
	| {
			readonly kind: "document-invalid";
			readonly file: string;
			readonly line: number;
			readonly what: string;
			readonly expected: string;
	  }
	| { readonly kind: "duplicate-id"; readonly ids: readonly string[]; readonly files: readonly string[] }
	| {
			readonly kind: "unknown-blocker";
			readonly file: string;
			/** What the front matter calls the field. */
			readonly key: string;
			readonly id: string;
			readonly nearest: readonly string[];
	  }
	| { readonly kind: "blocker-cycle"; readonly ids: readonly string[]; readonly files: readonly string[] }
	| {
			readonly kind: "document-not-committed";
			readonly file: string;
			readonly base: string;
			readonly state: "missing" | "different";
			/** The branch that is checked out, where that is not the base: committing there would not help. */
			readonly elsewhere?: string;
	  }
	| { readonly kind: "document-gone"; readonly file: string; readonly branch: string }
	// The runner.
	| {
			readonly kind: "runner-unavailable";
			readonly check: string;
			readonly summary: string;
			readonly remedy: string | null;
	  }
	/** An agent of this run could write to something that it must not touch. */
	| ({ readonly kind: "place-writable"; readonly folder: string } & Place)
	| { readonly kind: "prompt-missing"; readonly file: string }
	| { readonly kind: "prompt-invalid"; readonly file: string; readonly expected: string }
	// An issue's branch and worktree.
	| { readonly kind: "branch-not-on-base"; readonly branch: string; readonly base: string }
	| {
			readonly kind: "base-conflicts";
			readonly branch: string;
			readonly base: string;
			readonly files: readonly string[];
	  }
	| {
			readonly kind: "stack-conflicts";
			readonly branch: string;
			/** The blocker's branch that can't be merged, and those that were merged before it. */
			readonly blocker: string;
			readonly merged: readonly string[];
			readonly files: readonly string[];
	  }
	| { readonly kind: "branch-checked-out"; readonly branch: string; readonly path: string }
	| { readonly kind: "branch-in-the-way"; readonly branch: string; readonly existing: string }
	| {
			readonly kind: "issue-locked";
			readonly issue: string;
			/** The run that has it; `null` when the lock does not tell. */
			readonly holder: LockHolder | null;
			/** True when nobody here can tell whether that run still runs. */
			readonly isUncertain: boolean;
			readonly ref: string;
			readonly blob: string;
	  }
	| { readonly kind: "worktree-in-the-way"; readonly path: string }
	| {
			readonly kind: "worktree-tampered";
			readonly issue: string;
			readonly branch: string;
			readonly path: string;
			readonly detail: string;
			/** What is not as it was made: the `.git` in the worktree, git's folder for it, or the HEAD in that. */
			readonly wrong: "pointer-missing" | "pointer-replaced" | "administration" | "head";
			/** git's folder for the worktree, where it is known; `""` where it is not. */
			readonly gitDir: string;
	  }
	/** Files that decide what git runs are not as they were before an agent with access to them started. */
	| { readonly kind: "repository-tampered"; readonly files: readonly string[] }
	| {
			readonly kind: "nested-repository";
			readonly path: string;
			readonly nested: readonly string[];
			/** Folders of submodules that are not checked out, in which something lies all the same. */
			readonly submodules: readonly string[];
			readonly issue: string;
	  }
	| {
			readonly kind: "work-unreadable";
			readonly issue: string;
			readonly path: string;
			readonly files: readonly string[];
	  }
	| {
			/** What only rules ignore that the base does not have. */
			readonly kind: "work-ignored";
			readonly issue: string;
			readonly path: string;
			readonly files: readonly string[];
	  }
	| {
			/** What was copied into a worktree, and would be committed as the agent's work. */
			readonly kind: "copied-not-ignored";
			readonly issue: string;
			readonly path: string;
			readonly files: readonly string[];
	  }
	| {
			readonly kind: "set-up-failed";
			readonly issue: string;
			readonly command: string;
			/** `null` when it was ended by a signal. */
			readonly exitCode: number | null;
			readonly signal: string | null;
			/** Milliseconds, when it was ended for taking longer. */
			readonly limit?: number;
			/** The last lines of what it printed. */
			readonly lines: readonly string[];
			readonly log: string;
	  }
	| {
			/** What a set-up left that would be committed as the agent's work. */
			readonly kind: "set-up-not-ignored";
			readonly issue: string;
			readonly command: string;
			readonly files: readonly string[];
	  }
	| { readonly kind: "worktree-locked"; readonly path: string; readonly reason: string }
	| { readonly kind: "worktree-not-removed"; readonly path: string; readonly detail: string }
	| {
			readonly kind: "work-not-persisted";
			readonly issue: string;
			readonly path: string;
			readonly files: readonly string[];
	  }
	| { readonly kind: "nothing-recorded"; readonly issue: string; readonly path: string }
	| {
			readonly kind: "git-failed";
			readonly command: string;
			readonly exitCode: number | null;
			readonly stderr: string;
			readonly path?: string;
	  }
	| { readonly kind: "disk-full"; readonly path: string }
	/** Bytes. */
	| { readonly kind: "disk-low"; readonly path: string; readonly free: number; readonly needed: number }
	| ({ readonly kind: "worktrees-too-large" } & Room)
	| { readonly kind: "worktrees-unsupported"; readonly folder: string; readonly detail: string }
	/** `message` is the system's code, or says what stands there instead. */
	| { readonly kind: "folder-unwritable"; readonly path: string; readonly message: string }
	/** Nobody has thought of it: what the system or a library said. */
	| { readonly kind: "unexpected"; readonly message: string }
	/** What a task threw that is no {@link Failure}, as it is remembered. */
	| { readonly kind: "defect"; readonly message: string }
	| { readonly kind: "file-unreadable"; readonly path: string; readonly message: string }
	| { readonly kind: "file-unwritable"; readonly path: string; readonly message: string }
	/** The file that a run was asked to report to. */
	| { readonly kind: "report-unwritable"; readonly path: string; readonly message: string }
	| { readonly kind: "record-invalid"; readonly path: string; readonly message: string }
	/** What a task of the orchfile's own says no to; the words are its. */
	| { readonly kind: "refused"; readonly message: string; readonly remedy?: string }
	// An attempt that did not end with `pass`.
	| {
			readonly kind: "attempt";
			readonly record: AttemptRecord;
			readonly logDir: string;
			readonly everyTurn?: EveryTurn;
			/** The limit that ended it. */
			readonly limit?: Limit;
	  };

/** One or more problems, thrown. The engine makes a `failed` outcome of it. */
export class Failure extends Error {
	override readonly name = "Failure";
	readonly problems: readonly Problem[];

	constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
		const all = "kind" in problems ? [problems] : problems;
		super(all.map((problem) => problem.kind).join(", "), options);
		this.problems = all;
	}
}

/** The first problem of an error; nothing when it is no {@link Failure}, and so a bug or the system's word. */
export function problemOf(error: unknown): Problem | undefined {
	return error instanceof Failure ? error.problems[0] : undefined;
}
