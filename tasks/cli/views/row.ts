import { type DefaultRenderer, ListrTaskState, type ListrTaskWrapper, type SimpleRenderer } from "listr2";
import { duration } from "../words/format.ts";

/** What listr2 hands to a row's function. */
export type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/**
 * One row of the list, driven by the engine's events. listr2 would start every row at once; a row therefore goes back
 * to `WAITING` until the engine starts it.
 */
export class Row {
	readonly settled: Promise<void>;
	#settle: () => void = () => {};
	#wrapper: Wrapper | undefined;
	#state: ListrTaskState = ListrTaskState.WAITING;
	#startedAt: number | undefined;
	#suffix = "";
	#ended = false;
	readonly #name: string;

	constructor(name: string) {
		this.#name = name;
		this.settled = new Promise((resolve) => {
			this.#settle = resolve;
		});
	}

	attach(wrapper: Wrapper): void {
		this.#wrapper = wrapper;
		this.#draw();
	}

	/** For a row that only has output. */
	attachBelow(wrapper: Wrapper): void {
		this.#state = ListrTaskState.STARTED;
		this.#wrapper = wrapper;
	}

	start(): void {
		this.#startedAt = performance.now();
		this.#move(ListrTaskState.STARTED);
	}

	show(line: string): void {
		if (this.#wrapper) this.#wrapper.output = line;
	}

	/** Puts facts behind the name, such as tokens. */
	annotate(suffix: string): void {
		this.#suffix = suffix;
		this.#draw();
	}

	tick(): void {
		if (this.#startedAt !== undefined && this.#state === ListrTaskState.STARTED) this.#draw();
	}

	/** The first end counts. */
	end(state: ListrTaskState, words: string): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#startedAt = undefined;
		this.#suffix = words;
		this.#move(state);
		this.#settle();
	}

	#move(state: ListrTaskState): void {
		this.#state = state;
		this.#draw();
	}

	#draw(): void {
		if (!this.#wrapper || this.#name === "") return;
		const elapsed = this.#startedAt === undefined ? "" : duration(performance.now() - this.#startedAt);
		this.#wrapper.title = [this.#name, elapsed, this.#suffix].filter(Boolean).join("  ");
		this.#wrapper.task.state$ = this.#state;
	}
}
