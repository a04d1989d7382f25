/** What is known of a run when its end is guessed; times in milliseconds. */
export interface Progress {
	/** How long issues have taken that agents worked on in this run. */
	readonly taken: readonly number[];
	/** How long those have been at work that are. */
	readonly running: readonly number[];
	/** How many are still to go. */
	readonly left: number;
	/** Issues at once. */
	readonly jobs: number;
}

/**
 * Guesses how long a run will still take, in milliseconds, from what its issues have taken so far: the median for each that is left, shared
 * among those that run at once. Nothing before one is through, and once none is left.
 */
export function guessLeft({ taken, running, left, jobs }: Progress): number | undefined {
	const median = medianOf(taken);
	if (median === undefined || running.length + left === 0) return undefined;
	const rests = running.map((spent) => Math.max(0, median - spent));
	const all = rests.reduce((sum, rest) => sum + rest, left * median);
	// However many are at work, the last one takes as long as it takes.
	return Math.max(all / jobs, left > 0 ? median : 0, ...rests);
}

function medianOf(numbers: readonly number[]): number | undefined {
	const sorted = [...numbers].sort((a, b) => a - b);
	const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
	return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Milliseconds that something has been at work, without those in which it waited. */
export class WorkTime {
	#since: number | undefined;
	#spent = 0;

	/** It begins, or goes on. @param now milliseconds of a clock. */
	go(now: number): void {
		this.#since ??= now;
	}

	wait(now: number): void {
		this.#spent = this.at(now);
		this.#since = undefined;
	}

	at(now: number): number {
		return this.#spent + (this.#since === undefined ? 0 : now - this.#since);
	}
}
