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
	/** What brings a target up to date: the goal of this run, or the orchfile's first. */
	goal(target: string): string;
	/** What saves the work that stands in an issue's worktree. */
	save(issue: string): string;
}

/** What an orchfile calls what messages tell to type. */
export interface Names {
	readonly goal: string;
	readonly save: string;
}

/** A way to say any words, with the commands that are put together from names. */
export function sayWith(say: (args: string) => string, git: Say["git"], { goal, save }: Names): Say {
	return Object.assign((args: string) => say(args), {
		git,
		goal: (target: string) => say(`${shellWord(goal)} ${shellWord(target)}`),
		save: (issue: string) => say(`${shellWord(save)} ${shellWord(issue)}`),
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
