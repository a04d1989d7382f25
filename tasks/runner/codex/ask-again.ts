import { setTimeout as delay } from "node:timers/promises";
import type { Usage } from "../../contract/record.ts";
import { endOfAbort, type Turn, type TurnSinks } from "../runner.ts";
import { GO_ON, pauseAfter, USUAL_PAUSE } from "./pause.ts";
import type { ThreadState } from "./rollout.ts";

/** A thread to go on in, and what is said in it. */
export interface AskedThread {
	readonly id: string;
	/** Where it stood before the turn, if it was another turn's. */
	readonly state: ThreadState | undefined;
	readonly prompt: string;
}

/** What is known while a turn is asked for, of which one of ours may take several. */
export interface Asking<T extends Turn = Turn> {
	readonly ask: (thread?: AskedThread) => Promise<T>;
	/** The time that the turn may still take. */
	readonly time: TurnTime;
	/** Milliseconds of the first pause, where the provider does not say how long. */
	readonly pause?: number | undefined;
	readonly sinks: TurnSinks;
	readonly signal: AbortSignal;
}

/** The time that a turn has taken, in milliseconds that the machine was awake and no limit was waited for. */
export class TurnTime {
	#spent = 0;
	readonly #limit: number;

	constructor(limit: number) {
		this.#limit = limit;
	}

	get left(): number {
		return this.#limit - this.#spent;
	}

	spend(ms: number): void {
		this.#spent += ms;
	}
}

/** By how much the pauses grow. */
const GROWTH = [1, 2, 4];

/**
 * Asks, and where the provider had no time, up to three times more in the same thread, after pauses that grow: all that was paid for is in
 * it, its tokens too.
 */
export async function askAgain<T extends Turn>(asking: Asking<T>, thread?: AskedThread): Promise<T> {
	const { ask, time, pause: usual = USUAL_PAUSE, sinks, signal } = asking;
	let turn = await ask(thread);
	for (const growth of GROWTH) {
		const pause = pauseAfter(turn, usual * growth);
		if (pause === undefined || signal.aborted || time.left - pause <= 0) break;
		const why = turn.end.kind === "failed" ? turn.end.message : "";
		sinks.onActivity({ kind: "warning", text: `${why}; asking once more in ${Math.ceil(pause / 1000)} s` });
		await delay(pause, undefined, { signal }).catch(() => {});
		time.spend(pause);
		if (signal.aborted) return { ...turn, end: endOfAbort(signal) };
		const next = await ask({ id: turn.threadId ?? "", state: thread?.state, prompt: GO_ON });
		turn = { ...next, usage: next.usage ?? turn.usage };
	}
	return turn;
}

/**
 * Whether a turn failed for the thread that it went on in: before the model did anything, and for nothing that a new thread would meet
 * as well. What Codex can't find, and what the provider does not take back, is told in many words.
 * @param before what had been used in the thread of that turn of ours before.
 */
export function isThreadRefused({ end, usage, everyTurn, thisTurn }: Turn, before: Usage | null = null): boolean {
	if (end.kind !== "failed" || tokensOf(usage) > tokensOf(before)) return false;
	return (everyTurn === undefined || everyTurn === "refused") && (thisTurn === undefined || thisTurn === "too-long");
}

/** The tokens that a budget counts. */
export function tokensOf(usage: Usage | null): number {
	return usage === null ? 0 : usage.inputTokens + usage.outputTokens;
}
