import { type EngineReason, Inquiry } from "./ask.ts";
import type { Execution } from "./execution.ts";
import type { IssueLike } from "./issue.ts";
import { isGood, type Outcome } from "./outcome.ts";
import { isPerIssue, isSettling, type Task } from "./task.ts";

/** A task of an issue that is not up to date, and why. */
export interface Unmet {
	readonly task: Task;
	readonly because: unknown;
	/** How it ended the last time, as far as anybody knows. */
	readonly last: Outcome<unknown> | undefined;
}

/** Where an issue stands for the goals of a selection. */
export interface Standing<I extends IssueLike = IssueLike> {
	readonly issue: I;
	/** What keeps it from being up to date, in file order; empty when it is. The first is what a person wants to be told. */
	readonly unmet: readonly Unmet[];
	/** The issues it waits for that are not up to date, each with its own standing. */
	readonly blockedBy: readonly Standing<I>[];
}

/**
 * Asks where issues stand for the goals of a selection, without doing anything: `status`, a plan, `-q` and the question
 * whether a blocker has passed are all this one. What only tidies up does not count, unless it says itself what is left to do,
 * went wrong the last time, or nothing else was asked for.
 */
export class Standings<I extends IssueLike> {
	readonly #execution: Execution<unknown, I>;
	readonly #issues: ReadonlyMap<string, I>;
	readonly #asked = new Map<string, Promise<readonly Unmet[]>>();
	readonly #standings = new Map<string, Standing<I>>();

	constructor(execution: Execution<unknown, I>, issues: readonly I[]) {
		this.#execution = execution;
		this.#issues = new Map([...issues.flatMap(outsideOf), ...issues].map((each) => [each.id, each as I]));
	}

	/** The standing of one issue, with those of the issues it waits for. */
	async of(issue: I): Promise<Standing<I>> {
		const unmet = new Map<string, readonly Unmet[]>();
		for (const each of this.#chainOf(issue)) unmet.set(each.id, await this.#ask(each));
		return this.#build(issue, unmet);
	}

	/** True when there is nothing to do for an issue. */
	async isUpToDate(issue: I): Promise<boolean> {
		return (await this.#ask(issue)).length === 0;
	}

	/** An issue and everything that it waits for, however long the way. Documents that nobody selected may go in a circle. */
	#chainOf(issue: I): Set<I> {
		const chain = new Set([issue]);
		for (const each of chain) for (const blocker of this.#blockersOf(each)) chain.add(blocker);
		return chain;
	}

	#blockersOf(issue: I): I[] {
		return issue.blockers.flatMap((id) => this.#issues.get(id) ?? []);
	}

	#build(issue: I, unmet: ReadonlyMap<string, readonly Unmet[]>): Standing<I> {
		const known = this.#standings.get(issue.id);
		if (known) return known;
		const blockedBy: Standing<I>[] = [];
		const standing = { issue, unmet: unmet.get(issue.id) ?? [], blockedBy };
		this.#standings.set(issue.id, standing);
		for (const each of this.#blockersOf(issue)) {
			if ((unmet.get(each.id) ?? []).length > 0) blockedBy.push(this.#build(each, unmet));
		}
		return standing;
	}

	#ask(issue: I): Promise<readonly Unmet[]> {
		const known = this.#asked.get(issue.id) ?? findUnmet(this.#execution, issue);
		this.#asked.set(issue.id, known);
		return known;
	}
}

/** The standing at the root of a chain: the issue that has to be done first. */
export function rootOf<I extends IssueLike>(standing: Standing<I>): Standing<I> {
	const seen = new Set<Standing<I>>();
	let root = standing;
	for (let next = root.blockedBy[0]; next && !seen.has(next); next = root.blockedBy[0]) {
		seen.add(next);
		root = next;
	}
	return root;
}

/** Every issue behind an issue that is no part of the run. */
function outsideOf(issue: IssueLike): IssueLike[] {
	return (issue.outside ?? []).flatMap((each) => [...outsideOf(each), each]);
}

async function findUnmet<I extends IssueLike>(execution: Execution<unknown, I>, issue: I): Promise<Unmet[]> {
	const tasks = execution.selection.tasks.filter(isPerIssue);
	const goals = tasks.filter((node) => execution.selection.goals.has(node));
	const onlyTidies = goals.every(isSettling);
	const inquiry = new Inquiry(execution, issue);
	const unmet = new Map<Task<unknown>, Unmet>();
	for (const task of goals) {
		const { outcome, because, last } = await inquiry.ask(task);
		if (outcome) {
			if (!isGood(outcome)) unmet.set(task, { task, because: reasonOf(outcome), last: outcome });
			continue;
		}
		const isCounted = onlyTidies || !isSettling(task) || task.upToDate !== undefined;
		const isWrong = (because as EngineReason | undefined)?.kind === "ended";
		if (isCounted || isWrong) unmet.set(task, { task, because, last });
	}
	// What a task needs is not asked for before the task has to run; what went wrong with it the last time is known.
	const asked = new Set<Task>(goals);
	for (const task of needsOf([...unmet.keys()])) {
		const wrong = asked.has(task) ? undefined : await inquiry.recallFailure(task);
		if (wrong) unmet.set(task, { task, ...wrong });
	}
	return tasks.flatMap((task) => unmet.get(task) ?? []);
}

/** The per-issue tasks that these need, however long the way. */
function needsOf(dependents: readonly Task[]): Set<Task> {
	const needs = new Set<Task>();
	const add = (node: Task): void => {
		for (const need of Object.values(node.needs).filter(isPerIssue)) {
			if (needs.has(need)) continue;
			needs.add(need);
			add(need);
		}
	};
	for (const each of dependents) add(each);
	return needs;
}

function reasonOf(outcome: Outcome<unknown>): EngineReason {
	const error = outcome.status === "failed" || outcome.status === "blocked" ? outcome.error : undefined;
	return { kind: "unknown", error: error ?? new Error(outcome.status) };
}
