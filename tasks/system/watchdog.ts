/** Longest wait between two looks at the clock, in milliseconds. */
const LOOK = 1_000;

/** Limits of something that takes long, in milliseconds. */
export interface TimeLimits {
	/** Of the whole of it. */
	readonly timeout: number;
	/** Without a sign of progress. */
	readonly stall: number;
}

/**
 * Watches limits. Time is counted in looks of about a second at the most, so that a laptop that slept for an
 * hour has lost a second, not what it was doing.
 */
export class Watchdog {
	readonly #limits: TimeLimits;
	readonly #isBusy: () => boolean;
	#timer: NodeJS.Timeout | undefined;
	#total = 0;
	#idle = 0;

	constructor(limits: TimeLimits, isBusy: () => boolean) {
		this.#limits = limits;
		this.#isBusy = isBusy;
	}

	/** Starts counting; `onLimit` is called once, with the limit that was reached. */
	start(onLimit: (limit: "timeout" | "stall") => void): void {
		const look = Math.max(10, Math.min(LOOK, this.#limits.timeout / 10, this.#limits.stall / 10));
		let last = performance.now();
		this.#timer = setInterval(() => {
			const now = performance.now();
			const passed = Math.min(now - last, 2 * look);
			last = now;
			this.#total += passed;
			this.#idle = this.#isBusy() ? 0 : this.#idle + passed;
			const limit =
				this.#total >= this.#limits.timeout ? "timeout" : this.#idle >= this.#limits.stall ? "stall" : undefined;
			if (limit === undefined) return;
			this.stop();
			onLimit(limit);
		}, look);
	}

	/** Milliseconds counted so far. */
	get spent(): number {
		return this.#total;
	}

	/** Something happened: the idle time starts anew. */
	progress(): void {
		this.#idle = 0;
	}

	stop(): void {
		clearInterval(this.#timer);
	}
}
