import type { LockHolder } from "../../contract/lock-holder.ts";
import { shellWord } from "./format.ts";

/** What is wrong and where, and what to type next. */
export interface Message {
	readonly what: string;
	readonly remedy?: string | undefined;
}

/** Says a command as the user would have to type it. */
export interface Say {
	/** A command of this program. */
	(args: string): string;
	/** A command of git in the repository, at its top. */
	git(args: string): string;
	/** The command that brings an issue up to date: the goal of this run, or the orchfile's first. */
	goal(target: string): string;
	/** The command that saves what is in an issue's worktree. */
	save(issue: string): string;
}

/** What the orchfile calls the goal and the task that messages suggest. */
export interface SuggestedNames {
	readonly goal: string;
	readonly save: string;
}

/** Names while no orchfile was asked: those of the one that `init` writes. */
export const USUAL_NAMES: SuggestedNames = { goal: "dev", save: "persist" };

/** Completes a way of saying commands with those that an orchfile may name otherwise. */
export function withNames(
	say: { (args: string): string; readonly git: Say["git"] },
	{ goal, save }: SuggestedNames = USUAL_NAMES,
): Say {
	return Object.assign((args: string) => say(args), {
		git: (args: string) => say.git(args),
		goal: (target: string) => say(`${goal} ${shellWord(target)}`),
		save: (issue: string) => say(`${save} ${shellWord(issue)}`),
	});
}

/** What is said about each kind of a closed union; a kind without words does not compile. */
export type Kinds<U extends { readonly kind: string }, T, Extra extends unknown[] = []> = {
	readonly [K in U["kind"]]: (fact: Extract<U, { readonly kind: K }>, ...extra: Extra) => T;
};

/** A run, so that a person finds it. */
export function holderWords({ pid, host, since }: LockHolder): string {
	return `process ${pid} on ${host}, started ${since}`;
}
