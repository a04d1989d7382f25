import type { Say, Script } from "./script.ts";

/** Remembers what was said at which step, so that a repeated request does not move the script on. */
export class Turn {
	readonly #script: ReturnType<Script>;
	readonly #says = new Map<number, Promise<Say>>();
	#step = 0;
	#last: Say | undefined;

	constructor(script: ReturnType<Script>) {
		this.#script = script;
	}

	say(step: number, lastOutput: string): Promise<Say> {
		const known = this.#says.get(step);
		if (known) return known;
		const output = step > this.#step ? lastOutput : "";
		this.#step = step;
		const next = this.#next(output).then((say) => {
			if (isFault(say)) this.#says.delete(step);
			return say;
		});
		this.#says.set(step, next);
		return next;
	}

	async #next(output: string): Promise<Say> {
		const { value: say } = await this.#script.next(output);
		if (say) this.#last = say;
		else if (!this.#last || !isFault(this.#last)) throw new Error("the script ended before its turn did.");
		return this.#last;
	}
}

function isFault({ kind }: Say): boolean {
	return kind !== "run" && kind !== "answer" && kind !== "nothing";
}
