/** What happens in a run, as far as it tells when a turn is to come. */
export type RunFact =
	| {
			readonly kind: "issues-known";
			readonly issues: readonly { readonly id: string; readonly blockers: readonly string[] }[];
	  }
	| { readonly kind: "issue-started"; readonly issue: string }
	| { readonly kind: "issue-called"; readonly issue: string; readonly tasks: readonly string[] }
	| {
			readonly kind: "issue-settled";
			readonly issue: string;
			readonly outcomes: ReadonlyMap<string, { readonly status: string }>;
	  }
	| { readonly kind: "task-activity"; readonly task: string; readonly issue?: string }
	| {
			readonly kind: "task-settled";
			readonly task: string;
			readonly issue?: string;
			readonly outcome: { readonly status: string };
	  }
	| { readonly kind: "task-started" }
	| { readonly kind: "run-settled" };

/** What is told of a run with every {@link RunFact} of it. */
export interface WarmContext {
	/** The name of the task whose turns are to come. */
	readonly task: string;
	/** The run starts nothing more after a failure. */
	readonly failFast: boolean;
}

/**
 * Gets what a turn needs going early, once an issue: when the issue's tasks start of which the turn is one, or before that,
 * when the issue is next and the agent is at work on another, or has just ended.
 */
export class WarmAhead {
	readonly #warm: (issue: string) => void;
	readonly #cool: () => void;
	readonly #warmed = new Set<string>();
	readonly #started = new Set<string>();
	/** The issues that have settled, and whether they ended well. */
	readonly #settled = new Map<string, boolean>();
	#issues: Extract<RunFact, { kind: "issues-known" }>["issues"] = [];

	/** @param cool called at the end of a run: what waits for a turn then waits for none. */
	constructor(warm: (issue: string) => void, cool: () => void = () => {}) {
		this.#warm = warm;
		this.#cool = cool;
	}

	/** Takes note of what has happened. */
	take(fact: RunFact, { task, failFast }: WarmContext): void {
		switch (fact.kind) {
			case "issues-known":
				for (const each of [this.#warmed, this.#started, this.#settled]) each.clear();
				this.#issues = fact.issues;
				return;
			case "issue-started":
				this.#started.add(fact.issue);
				return;
			case "issue-called":
				if (fact.tasks.includes(task)) this.#warmFor(fact.issue);
				return;
			case "issue-settled":
				this.#settled.set(fact.issue, [...fact.outcomes.values()].every(isWell));
				return;
			case "task-activity":
				if (fact.task === task && !failFast) this.#warmForNext();
				return;
			case "task-settled": {
				const { status } = fact.outcome;
				const hasRun = status === "done" || status === "failed";
				if (fact.task === task && hasRun && (status === "done" || !failFast)) this.#warmForNext();
				return;
			}
			case "run-settled":
				this.#cool();
				return;
			case "task-started":
				return;
		}
	}

	#warmForNext(): void {
		const inRun = new Set(this.#issues.map(({ id }) => id));
		const next = this.#issues.find(
			({ id, blockers }) =>
				!this.#started.has(id) && blockers.every((each) => !inRun.has(each) || this.#settled.get(each) === true),
		);
		if (next) this.#warmFor(next.id);
	}

	#warmFor(issue: string): void {
		if (this.#warmed.has(issue)) return;
		this.#warmed.add(issue);
		this.#warm(issue);
	}
}

function isWell({ status }: { readonly status: string }): boolean {
	return status === "done" || status === "up-to-date" || status === "not-in-run";
}
