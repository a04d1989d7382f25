import type { IssuePlan } from "../../contract/issue.ts";
import type { LockHolder } from "../../contract/lock-holder.ts";
import type { AttemptRecord } from "../../contract/record.ts";
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
	/** A branch, or what `--base` named, where such a command takes a revision; quoted. */
	revision(name: string): string;
	/**
	 * What brings a target up to date: the goal of this run, or the orchfile's first, with what its agents were given.
	 * @param change an option that is to have another value.
	 */
	goal(target: string, change?: { readonly option: string; readonly value: string }): string;
	/** What saves the work that stands in an issue's worktree. */
	save(issue: string): string;
	/** How the same is said of what a task has come to: where it is one of several that save, it is itself what saves. */
	at(task: string): Say;
}

/** What an orchfile calls what messages tell to type. */
export interface Names {
	readonly goal: string;
	readonly save: string;
	/** All tasks that save, each the work of another turn. */
	readonly saves?: readonly string[];
}

/**
 * A way to say any words, with the commands that are put together from names.
 * @param given words for what agents were given in this run, without those of one option.
 */
export function sayWith(
	say: (args: string) => string,
	{ git, revision }: Pick<Say, "git" | "revision">,
	names: Names,
	given: (without: string | undefined) => readonly string[] = () => [],
): Say {
	const { goal, save, saves = [] } = names;
	const words = { git, revision };
	return Object.assign((args: string) => say(args), {
		git,
		revision,
		goal: (target: string, change?: { readonly option: string; readonly value: string }) =>
			say(
				[
					shellWord(goal),
					// In its place there may be what stands for all, quoted where it has to be.
					target.startsWith("--") ? target : shellWord(target),
					...given(change?.option),
					...(change ? [`--${change.option}`, change.value] : []),
				].join(" "),
			),
		save: (issue: string) => say(`${shellWord(save)} ${shellWord(issue)}`),
		at: (task: string) => sayWith(say, words, saves.includes(task) ? { ...names, save: task } : names, given),
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

/** What takes a person's answer to an issue. */
export function answering(issue: string, say: Say): string {
	return say(`answer ${shellWord(issue)} --commit`);
}

/** A command of the agent's program, by the words that start it. */
export function codexWith(program: readonly string[] = ["codex"]): (args: string) => string {
	return (args) => `${program.map(shellWord).join(" ")} ${args}`;
}

/** What of git shows what an issue's branch has of its own: beyond the base, or beyond what it is stacked on. */
export function showingOwn(
	{ base, branch }: Pick<IssuePlan, "base" | "branch">,
	record: AttemptRecord | null | undefined,
	say: Say,
): string {
	const { commit = "", stack = [], start } = record?.base ?? {};
	const own = say.revision(branch);
	if (stack.length === 0) return `diff ${say.revision(base.name)}...${own}`;
	if (start !== undefined) return `diff ${start.slice(0, 10)}..${own}`;
	const started = [commit, ...stack.map((each) => each.commit)].map((each) => each.slice(0, 10));
	return `log -p --no-merges ${own} --not ${started.join(" ")}`;
}
