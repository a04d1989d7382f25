import type { TurnEnd } from "../runner.ts";

/** A turn's end before its time: who wants it, says why, and the turn's process is ended. The first reason stands. */
export class TurnStop {
	#first: TurnEnd | undefined;
	#gravest: TurnEnd | undefined;
	readonly #end: () => unknown;

	/** `end` is called for every reason. */
	constructor(end: () => unknown) {
		this.#end = end;
	}

	/** Why the turn was stopped; nothing while it was not. */
	get reason(): TurnEnd | undefined {
		return this.#gravest ?? this.#first;
	}

	because(reason: TurnEnd): void {
		this.#first ??= reason;
		this.#end();
	}

	/** Stops for a reason that stands whatever came before: the turn was not what it had to be. */
	aboveAll(reason: TurnEnd): void {
		this.#gravest ??= reason;
		this.#end();
	}
}
