/** What happens in a run, as far as it tells whether checks are still to come. */
export type CheckFact =
	| {
			readonly kind: "issues-known";
			readonly issues: readonly { readonly id: string; readonly blockers: readonly string[] }[];
	  }
	| { readonly kind: "issue-called"; readonly issue: string; readonly tasks: readonly string[] }
	| { readonly kind: "issue-settled"; readonly issue: string }
	| { readonly kind: "task-settled"; readonly task: string; readonly issue?: string }
	| { readonly kind: "run-settled" }
	| { readonly kind: "issue-started" | "task-started" | "task-activity" };

/** Tells which verification is the last of a run, and whose work others start from, by what is told to the tasks that verify. */
export class LastUse {
	/** The tasks that are still to come, by issue. */
	readonly #left = new Map<string, Set<string>>();
	readonly #blockers = new Set<string>();

	/** Takes note of what has happened, for one of the tasks. */
	take(fact: CheckFact, task: string): void {
		switch (fact.kind) {
			case "issues-known":
				for (const { id, blockers } of fact.issues) {
					this.#left.set(id, (this.#left.get(id) ?? new Set()).add(task));
					for (const each of blockers) this.#blockers.add(each);
				}
				return;
			case "issue-called":
				if (!fact.tasks.includes(task)) this.#left.get(fact.issue)?.delete(task);
				return;
			case "task-settled":
				if (fact.task === task && fact.issue !== undefined) this.#left.get(fact.issue)?.delete(task);
				return;
			case "issue-settled":
				this.#left.delete(fact.issue);
				return;
			case "run-settled":
				this.#left.clear();
				this.#blockers.clear();
				return;
			default:
				return;
		}
	}

	/** Whether another issue of the run starts from the work on this one. */
	isAwaited(issue: string): boolean {
		return this.#blockers.has(issue);
	}

	/** Whether nothing is to come but this task of this issue, which is just ending. */
	isLast(issue: string, task: string | undefined): boolean {
		return [...this.#left].every(([id, tasks]) => [...tasks].every((each) => id === issue && each === task));
	}
}
