import type { Backlog } from "../backlog/backlog.ts";
import type { HeldIssue } from "../contract/standing.ts";
import type { IssueStanding } from "./standing.ts";
import type { Decoration } from "./words/doctor-words.ts";
import type { Width } from "./words/table-layout.ts";

/** What a look has to show. */
export interface Shown {
	/** What the task returned. */
	readonly value: unknown;
	/** Where the issues stand, for a word that shows it. */
	readonly standings: readonly IssueStanding[];
	/** The issues that were selected too, and that no agent is to do. */
	readonly held: readonly HeldIssue[];
	/** The documents that the task has read. */
	readonly backlog: Backlog | undefined;
}

/** Where it is shown. */
export interface Display {
	readonly decoration: Decoration;
	readonly width: Width;
}
