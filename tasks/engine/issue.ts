/** What the engine has to know of an issue. */
export interface IssueLike {
	readonly id: string;
	/** Ids of the issues that have to end well first. */
	readonly blockers: readonly string[];
	/** Those of them that are no part of the run: where they stand is asked, and holds the issue back or not. */
	readonly outside?: readonly IssueLike[];
}
