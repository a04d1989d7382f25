/** Tells the time of day, and waits for one. A test has one of its own. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Returns once that time of day has come, or the signal is aborted. Never throws. */
	waitUntil(time: number, signal: AbortSignal): Promise<void>;
}

/** Milliseconds. A machine that slept has its timers behind the time of day. */
const LONGEST_TIMER = 10_000;

/** The machine's. */
export const CLOCK: Clock = {
	now: Date.now,
	async waitUntil(time, signal) {
		for (let left = time - Date.now(); left > 0 && !signal.aborted; left = time - Date.now())
			await pause(Math.min(left, LONGEST_TIMER), signal);
	},
};

function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", end);
			resolve();
		};
		const timer = setTimeout(end, ms);
		signal.addEventListener("abort", end);
	});
}
