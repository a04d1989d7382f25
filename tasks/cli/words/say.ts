import type { LockHolder } from "../../contract/lock-holder.ts";

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
}

/** What is said about each kind of a closed union; a kind without words does not compile. */
export type Kinds<U extends { readonly kind: string }, T, Extra extends unknown[] = []> = {
	readonly [K in U["kind"]]: (fact: Extract<U, { readonly kind: K }>, ...extra: Extra) => T;
};

/** A run, so that a person finds it. */
export function holderWords({ pid, host, since }: LockHolder): string {
	return `process ${pid} on ${host}, started ${since}`;
}
