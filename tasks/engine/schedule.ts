import type { IssueLike } from "./issue.ts";
import type { Blocker } from "./outcome.ts";

interface Entry<I> {
	readonly issue: I;
	readonly place: number;
	readonly dependents: Entry<I>[];
	waitingFor: number;
	blocker: Blocker | undefined;
}

/** An issue whose turn has come; with `blocker` when it can no longer run. */
export interface Turn<I> {
	readonly issue: I;
	readonly blocker: Blocker | undefined;
}

/**
 * Says which issue is next: the first in plan order whose blockers have all settled. An issue whose blocker did not end
 * well, or is not part of the run, comes out with that blocker.
 * @throws Error when blockers form a cycle or an id stands twice: the plan has to refuse those.
 */
export class Schedule<I extends IssueLike> {
	readonly #entries = new Map<string, Entry<I>>();
	/** Places of issues that can be taken, kept sorted: plan order decides among those that are ready. */
	readonly #ready: Entry<I>[] = [];

	constructor(issues: readonly I[]) {
		for (const [place, issue] of issues.entries()) {
			if (this.#entries.has(issue.id)) throw new Error(`issue ${issue.id} stands twice in the plan`);
			const entry: Entry<I> = { issue, place, dependents: [], waitingFor: 0, blocker: undefined };
			this.#entries.set(issue.id, entry);
		}
		for (const entry of this.#entries.values()) this.#link(entry);
		for (const entry of this.#entries.values()) if (entry.waitingFor === 0) this.#add(entry);
		this.#verifyAcyclic();
	}

	/** Takes the next issue, if one is ready. */
	next(): Turn<I> | undefined {
		const entry = this.#ready.shift();
		return entry && { issue: entry.issue, blocker: entry.blocker };
	}

	/** Tells that an issue has settled; its dependents may become ready. */
	settle(id: string, good: boolean): void {
		const settled = this.#entries.get(id);
		for (const dependent of settled?.dependents ?? []) {
			// The root of a chain is what a reader wants to know.
			if (!good) dependent.blocker ??= settled?.blocker ?? { issue: id };
			dependent.waitingFor--;
			if (dependent.waitingFor === 0) this.#add(dependent);
		}
	}

	#link(entry: Entry<I>): void {
		for (const id of new Set(entry.issue.blockers)) {
			const blocker = this.#entries.get(id);
			if (blocker) {
				blocker.dependents.push(entry);
				entry.waitingFor++;
			} else {
				entry.blocker ??= { issue: id };
			}
		}
	}

	#add(entry: Entry<I>): void {
		let low = 0;
		let high = this.#ready.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#ready[middle] as Entry<I>).place < entry.place) low = middle + 1;
			else high = middle;
		}
		this.#ready.splice(low, 0, entry);
	}

	#verifyAcyclic(): void {
		const open = new Map([...this.#entries.values()].map((entry) => [entry, entry.waitingFor]));
		const free = [...open].filter(([, count]) => count === 0).map(([entry]) => entry);
		for (const entry of free) {
			open.delete(entry);
			for (const dependent of entry.dependents) {
				const left = (open.get(dependent) ?? 0) - 1;
				open.set(dependent, left);
				if (left === 0) free.push(dependent);
			}
		}
		if (open.size > 0) throw new Error(`issues block each other: ${[...open.keys()].map((each) => each.issue.id)}`);
	}
}
