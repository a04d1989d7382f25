import type { Execution } from "./execution.ts";
import type { IssueLike } from "./issue.ts";
import { isGood, type Outcome } from "./outcome.ts";
import { attempt, contextOf } from "./settle.ts";
import { isPerIssue, isSettling, type Task } from "./task.ts";

/** Why a task that can't tell by itself is not up to date. A task that can gives reasons of its own. */
export type EngineReason =
	| { readonly kind: "never-done" }
	/** It did not end well the last time. */
	| { readonly kind: "ended"; readonly outcome: Outcome<unknown>; readonly at: string }
	/** What it needs is out of date, or has been made anew since. */
	| { readonly kind: "need-changed"; readonly task: string }
	/** It could not be found out. */
	| { readonly kind: "unknown"; readonly error: Error };

/** What a task said when it was asked whether it is up to date. */
export interface Answer {
	/** Present when being asked settles it. */
	readonly outcome?: Outcome<unknown>;
	/** Why it has something to do. */
	readonly because?: unknown;
	/** How it ended the last time, as far as anybody knows. */
	readonly last?: Outcome<unknown>;
	/** When what stands was made, in ISO 8601. */
	readonly madeAt?: string;
}

/** How a task went wrong the last time. */
export interface Failed {
	readonly because: Extract<EngineReason, { readonly kind: "ended" }>;
	readonly last: Outcome<unknown>;
}

/** Asks the tasks of one issue, each at most once. */
export class Inquiry<I extends IssueLike> {
	readonly #execution: Execution<unknown, I>;
	readonly #issue: I;
	readonly #answers = new Map<Task, Promise<Answer>>();

	constructor(execution: Execution<unknown, I>, issue: I) {
		this.#execution = execution;
		this.#issue = issue;
	}

	/** Asks a task. One that leaves no record of its own is known by what is remembered of it. */
	ask(node: Task): Promise<Answer> {
		const known = this.#answers.get(node);
		if (known) return known;
		const answer = node.upToDate ? this.#askItself(node, node.upToDate) : this.#recall(node);
		this.#answers.set(node, answer);
		return answer;
	}

	async #askItself(node: Task, question: NonNullable<Task["upToDate"]>): Promise<Answer> {
		const context = contextOf(this.#execution, node, this.#issue);
		let answer: Answer = {};
		const asked = await attempt(context.signal, async () => {
			const ask = async () => question(context as never);
			const freshness = await this.#execution.call("upToDate", node, this.#issue, ask);
			const { upToDate: isFresh, ...rest } = freshness;
			answer = isFresh ? { outcome: { status: "up-to-date", value: freshness.value }, ...rest } : rest;
			return undefined;
		});
		if (!asked) return this.#withFailure(node, answer);
		// Being asked leaves nothing behind.
		return { outcome: asked.status === "cancelled" ? { status: "cancelled", started: false } : asked };
	}

	/** What a task says itself, with what went wrong with it the last time where it does not know. */
	async #withFailure(node: Task, answer: Answer): Promise<Answer> {
		// What tidies up is asked about what others have left: of what it failed for itself it knows nothing.
		if (isSettling(node)) {
			const failed = await this.recallFailure(node);
			return failed && answer.outcome ? failed : { ...failed, ...answer };
		}
		return answer.outcome || answer.last ? answer : { ...answer, ...(await this.recallFailure(node)) };
	}

	/** What went wrong with a task the last time; nothing when nothing did, or nobody knows. */
	async recallFailure(node: Task): Promise<Failed | undefined> {
		const { memory } = this.#execution;
		const remembered = await memory.recall(node.name, this.#issue).catch(() => undefined);
		if (!remembered || isGood(remembered.outcome)) return undefined;
		if (await this.#isMended(node, remembered.outcome)) return undefined;
		return { because: { kind: "ended", ...remembered }, last: remembered.outcome };
	}

	async #isMended(node: Task, outcome: Outcome<unknown>): Promise<boolean> {
		if (!node.isMended || !("error" in outcome) || !outcome.error) return false;
		// Where it can't be seen, what is known is told.
		try {
			return await node.isMended(outcome.error, contextOf(this.#execution, node, this.#issue) as never);
		} catch {
			return false;
		}
	}

	async #recall(node: Task): Promise<Answer> {
		const { signal } = contextOf(this.#execution, node, this.#issue);
		let answer: Answer = {};
		const asked = await attempt(signal, async () => {
			answer = await this.#judge(node);
			return undefined;
		});
		return asked ? { outcome: asked } : answer;
	}

	async #judge(node: Task): Promise<Answer> {
		const remembered = await this.#execution.memory.recall(node.name, this.#issue);
		if (!remembered) return because({ kind: "never-done" });
		const { outcome, at } = remembered;
		// What tidies up has nothing to tell any more.
		if (isSettling(node) && (await this.#isMended(node, outcome))) return because({ kind: "never-done" });
		if (!isGood(outcome)) return { ...because({ kind: "ended", outcome, at }), last: outcome };
		// What tidies up has something to do whenever it is called for.
		if (isSettling(node)) return { last: outcome, madeAt: at };
		const changed = await this.#findChanged(node, at);
		if (changed) return { ...because({ kind: "need-changed", task: changed.name }), last: outcome };
		return { outcome: { status: "up-to-date", value: outcome.value }, madeAt: at };
	}

	/** The first task that has to run, or has run, after `at`, of those that `node` was made from. */
	async #findChanged(node: Task, at: string): Promise<Task | undefined> {
		for (const need of Object.values(node.needs).filter(isPerIssue)) {
			if (need.isIntermediate) {
				const behind = await this.#findChanged(need, at);
				if (behind) return behind;
				continue;
			}
			const { outcome, madeAt, because } = await this.ask(need);
			const isFresh =
				isSettling(need) && !need.upToDate
					? (because as EngineReason | undefined)?.kind !== "ended"
					: outcome && isGood(outcome);
			if (!isFresh || (madeAt !== undefined && madeAt > at)) return need;
		}
		return undefined;
	}
}

function because(reason: EngineReason): Answer {
	return { because: reason };
}
