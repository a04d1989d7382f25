import type { Clock } from "../../tasks/system/clock.ts";

/** A wait of somebody who looks at a {@link TestClock}. */
interface Waiter {
	readonly time: number;
	readonly end: () => void;
}

/** The time of day of a run in the test's own process: it goes on as the machine's does, and jumps where a test says so. */
export class TestClock implements Clock {
	#ahead = 0;
	#waiters: Waiter[] = [];
	#onWait: () => void = () => {};
	readonly #isJumping: boolean;
	/** The times that were waited for, one for each who waited. */
	readonly waited: number[] = [];

	/** @param isJumping it is then what is waited for as soon as it is waited for. */
	constructor(isJumping = true) {
		this.#isJumping = isJumping;
	}

	now(): number {
		return Date.now() + this.#ahead;
	}

	waitUntil(time: number, signal: AbortSignal): Promise<void> {
		this.waited.push(time);
		return new Promise((resolve) => {
			const waiter = { time, end: resolve };
			signal.addEventListener("abort", () => resolve(), { once: true });
			this.#waiters.push(waiter);
			this.#onWait();
			if (this.#isJumping) this.jumpTo(time);
		});
	}

	/** It is that time now, as after a sleep of the machine. */
	jumpTo(time: number): void {
		this.#ahead = Math.max(this.#ahead, time - Date.now());
		const due = this.#waiters.filter((each) => each.time <= this.now());
		this.#waiters = this.#waiters.filter((each) => !due.includes(each));
		for (const { end } of due) end();
	}

	/** Returns once so many wait at the same time. */
	async areWaiting(count: number): Promise<void> {
		while (this.#waiters.length < count)
			await new Promise<void>((resolve) => {
				this.#onWait = resolve;
			});
	}
}
