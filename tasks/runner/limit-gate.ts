import type { Clock } from "../system/clock.ts";

/** Milliseconds between two tries where nobody says how long a limit lasts; the last one is for all that come after it. */
const TRIES = [5, 15, 30, 60].map((minutes) => minutes * 60_000);

/** Leave to ask the provider. */
export interface Pass {
	/** It answers: what waits may follow. */
	answered(): void;
	/** The turn is over, or has met a limit. */
	end(): void;
}

/** Why there is no leave. `until`: when the limit is over, as far as anybody knows; later than is waited for. */
export type NoPass = { readonly kind: "aborted" } | { readonly kind: "too-long"; readonly until: number };

/** How long a limit is waited for. */
export interface WaitBounds {
	/** Milliseconds, since the provider last answered. */
	readonly wait: number;
	/** In milliseconds since 1970: what is over later is waited for to no purpose. */
	readonly until?: number;
}

/** A stretch of time in which the provider is not asked. */
interface Closed {
	readonly until: number;
	readonly since: number;
}

/**
 * What all turns of a run go through before they ask the provider: while its usage limit is used up, they wait. When that is over one
 * goes first, and the others follow once it has been answered.
 */
export class LimitGate {
	readonly #clock: Clock;
	#closed: Closed | undefined;
	/** How often the provider has been tried in vain without a word of when. */
	#tries = 0;
	#first: { readonly over: Promise<void>; readonly end: () => void } | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** The time of day, in milliseconds since 1970. */
	now(): number {
		return this.#clock.now();
	}

	/**
	 * The provider has refused a turn for its usage limit.
	 * @param until when that is over; unknown where absent, or where that time has come already.
	 * @returns whether it will be waited for, and until when.
	 */
	close(until: number | undefined, bounds: WaitBounds): { readonly until: number; readonly isWaitedFor: boolean } {
		const now = this.#clock.now();
		const known = until !== undefined && until > now ? until : undefined;
		// Whoever was refused at the same time tells the same; only one of them is a further try.
		const isTold = known === undefined && this.#closed !== undefined && this.#closed.until > now;
		const next = isTold ? this.#closed?.until : now + (TRIES[Math.min(this.#tries, TRIES.length - 1)] ?? 0);
		if (known === undefined && !isTold) this.#tries++;
		const closed = { until: known ?? next ?? now, since: this.#closed?.since ?? now };
		this.#closed = closed;
		return { until: closed.until, isWaitedFor: isWithin(closed, bounds) };
	}

	/** The provider says, with an answer, that its limit is used up now: nothing more is asked before it is over. */
	remember(until: number): void {
		const now = this.#clock.now();
		if (until <= Math.max(now, this.#closed?.until ?? 0)) return;
		this.#closed = { until, since: this.#closed?.since ?? now };
	}

	/** Waits for leave. @param onWait told, once for each time, until when it is waited. */
	async pass(bounds: WaitBounds, signal: AbortSignal, onWait: (until: number) => void): Promise<Pass | NoPass> {
		for (;;) {
			if (signal.aborted) return { kind: "aborted" };
			const closed = this.#closed;
			if (!closed) return FREE;
			if (closed.until > this.#clock.now()) {
				if (!isWithin(closed, bounds)) return { kind: "too-long", until: closed.until };
				onWait(closed.until);
				await this.#clock.waitUntil(closed.until, signal);
			} else if (this.#first) await Promise.race([this.#first.over, abortOf(signal)]);
			else return this.#goFirst();
		}
	}

	#goFirst(): Pass {
		let end = () => {};
		const over = new Promise<void>((resolve) => {
			end = resolve;
		});
		const first = { over, end };
		this.#first = first;
		const leave = () => {
			if (this.#first !== first) return;
			this.#first = undefined;
			end();
		};
		return {
			answered: () => {
				if (this.#first !== first) return;
				this.#closed = undefined;
				this.#tries = 0;
				leave();
			},
			end: leave,
		};
	}
}

const FREE: Pass = { answered: () => {}, end: () => {} };

function isWithin(closed: Closed, { wait, until = Number.POSITIVE_INFINITY }: WaitBounds): boolean {
	return closed.until - closed.since <= wait && closed.until <= until;
}

function abortOf(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
