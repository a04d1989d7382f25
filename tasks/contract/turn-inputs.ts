import type { IssueWorktree, NotNeeded, PassedElsewhere, TurnValue, Verified } from "./value.ts";

/** What a dev turn is given. */
export interface DevInputs {
	readonly worktree: IssueWorktree;
}

/** What the first review is given: what the checks say of the commit that it judges. */
export interface ReviewInputs extends DevInputs {
	readonly tested: Verified;
}

/** What a review is given that comes after a fix: also the fix, and what it was about. */
export interface LaterReviewInputs extends ReviewInputs {
	readonly review: TurnValue | NotNeeded;
	readonly fix: TurnValue | NotNeeded;
}

/** What a fix is given: what speaks against the work. */
export interface FixInputs extends ReviewInputs {
	readonly review: TurnValue | NotNeeded;
}

/** What a turn is given by the tasks that it needs, by its name: an edge that is forgotten does not compile. */
export type TurnInputs<N extends string> = N extends "dev"
	? DevInputs
	: N extends "review-1"
		? ReviewInputs
		: N extends `review-${number}`
			? LaterReviewInputs
			: FixInputs;

/** What a turn comes to, by its name, or has come to. Work can have passed elsewhere; nobody judges it then. */
export type TurnOutput<N extends string> = TurnValue | (N extends "dev" ? PassedElsewhere : NotNeeded);
