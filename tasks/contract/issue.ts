import { join } from "node:path";
import type { Check } from "./check.ts";

/** Where a run takes place. */
export interface RepositoryPaths {
	/** The top level of the checkout the run was started in; absolute, symlinks resolved. */
	readonly root: string;
	/** git's common directory, which all worktrees share; absolute. */
	readonly commonDir: string;
	/**
	 * Where this is not the main checkout: the folder that stands for the repository in all of them, from which addresses are
	 * computed. The main checkout; where there is none, since the repository is bare, a path named after it.
	 */
	readonly home?: string;
	/** The folder of all logs of a bare repository, which has no checkout that they could lie in. */
	readonly logs?: string;
	/** A rehearsal has branches, worktrees, locks and logs of its own, so that it is never taken for the work. */
	readonly rehearsal?: true;
}

/** What addresses are computed from: the same folder in every checkout of a repository. */
export function homeOf({ root, home = root }: RepositoryPaths): string {
	return home;
}

/** The folder that all logs of a repository are below, whichever checkout a run was started in. */
export function logsOf(repository: RepositoryPaths): string {
	return repository.logs ?? join(homeOf(repository), "logs");
}

/** What an issue's branch starts from. */
export interface Base {
	/** A branch name, or whatever `--base` named. */
	readonly name: string;
	readonly commit: string;
}

/** An issue document that can be run, as it stood when the backlog was read. */
export interface Issue {
	/** What it is called by, once in a repository: the id in its document; where several projects have that, `PROJECT/ID`. */
	readonly id: string;
	/** The id in its document, where it is not called by that alone. */
	readonly ownId?: string;
	/** What its branch, worktree, log folder and lock are named after, where that is not its `id`. */
	readonly address?: string;
	readonly title: string;
	readonly state: string;
	/** Its document lies among those of finished issues, so it is closed. */
	readonly isFinished?: true;
	/** 1 is first; 0 and absent mean none. */
	readonly priority: number | null;
	readonly estimate: number | null;
	readonly project: string;
	readonly milestone: string | null;
	readonly assignees: readonly string[];
	readonly labels: readonly string[];
	readonly parent: string | null;
	readonly children: readonly string[];
	readonly blockedBy: readonly string[];
	readonly blocks: readonly string[];
	readonly relatedTo: readonly string[];
	/** Checks of its own, beside the repository's. */
	readonly checks?: readonly Check[];
	/** It is about removing tests, so that none is missed. */
	readonly removesTests?: boolean;
	/** What its agents are to be; the orchfile may forbid it. */
	readonly model?: string;
	readonly effort?: string;
	/** Tokens that its turns may use together, since its dev phase was begun. */
	readonly budget?: number;
	/** Milliseconds that each of its phases may take. */
	readonly timeout?: number;
	/** Where it is a part of its document: the line that it begins on. */
	readonly docLine?: number;
	/** The line behind that part, if there is one. */
	readonly docNextLine?: number;
	/** Relative to the repository, with `/`. */
	readonly docPath: string;
	/** SHA-256 of the document's bytes, in hexadecimal. */
	readonly docHash: string;
}

/** A blocker whose branch a dependent's branch is stacked on. */
export interface StackedIssue {
	readonly issue: string;
	readonly branch: string;
	readonly logDir: string;
}

/** The tip of a blocker's branch, at the time it was merged into a dependent's. */
export interface StackedTip {
	readonly issue: string;
	readonly branch: string;
	readonly commit: string;
}

/** An issue with everything a per-issue task has to know: its addresses are computed here, once. */
export interface IssuePlan extends Issue {
	readonly repository: RepositoryPaths;
	readonly base: Base;
	/** Ids of issues that have to end well first; those that their documents call closed are left out. */
	readonly blockers: readonly string[];
	/** Those of them that are no part of the run, planned as they would be. */
	readonly outside: readonly IssuePlan[];
	/** Blockers whose work this issue builds on, unless the base already holds it. */
	readonly stack: readonly StackedIssue[];
	/** Present on what others wait for and no agent is to do: a person has it, or nobody has said what its state means. */
	readonly held?: "held" | "unknown";
	/** `""` when the milestone has no document. */
	readonly milestoneDocPath: string;
	readonly branch: string;
	readonly worktreePath: string;
	/** Folder of the issue's log files, absolute. */
	readonly logDir: string;
}
