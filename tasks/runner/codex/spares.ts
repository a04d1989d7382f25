import { isDeepStrictEqual } from "node:util";
import { agentEnvironment } from "./environment.ts";
import { TurnProcess } from "./turn-process.ts";

/** Processes that wait for a turn; an issue for which one was started may turn out to have nothing to do. */
const MOST_SPARES = 8;

/** Processes that are started before a turn needs them. Each serves a turn of the environment it was started with, or none. */
export class Spares {
	#waiting: TurnProcess[] = [];

	/** How many wait. */
	get count(): number {
		return this.#waiting.length;
	}

	/** Starts one more, unless there are enough. */
	warm(): void {
		const environment = agentEnvironment();
		this.#keep(environment);
		if (this.count >= MOST_SPARES) return;
		const spare = new TurnProcess(environment);
		spare.holdOpen(false);
		this.#waiting.push(spare);
	}

	/** A process for a turn that starts now: one that waits for it, or a new one. */
	take(): TurnProcess {
		const environment = agentEnvironment();
		this.#keep(environment);
		const taken = this.#waiting.shift() ?? new TurnProcess(environment);
		taken.holdOpen(true);
		return taken;
	}

	/** Ends those that wait, and returns when they have ended. */
	async close(): Promise<void> {
		const closed = this.#waiting;
		this.#waiting = [];
		for (const spare of closed) endSpare(spare);
		await Promise.all(closed.map(({ exited }) => exited));
	}

	/** Keeps those that are ready for a turn of this environment, and ends the others. */
	#keep(environment: Readonly<Record<string, string>>): void {
		const fits = (spare: TurnProcess) => spare.isReady && isDeepStrictEqual(spare.environment, environment);
		const kept = this.#waiting.filter(fits);
		for (const spare of this.#waiting) if (!kept.includes(spare)) endSpare(spare);
		this.#waiting = kept;
	}
}

/** Ends a process that has had no turn, and so has started nothing. */
function endSpare(spare: TurnProcess): void {
	spare.holdOpen(true);
	spare.kill();
}
