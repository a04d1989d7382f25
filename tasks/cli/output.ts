import { setImmediate } from "node:timers/promises";
import type { Problem } from "../contract/problem.ts";

type Lost = Extract<Problem, { readonly kind: "output-unwritable" }>;

/** Set on a stream of which it has been told that it takes nothing: `npx orchfile` and the orchfile's own `main` both look. */
const TOLD = Symbol.for("orchfile.output-told");

/** One of the two streams that a program speaks on. What goes wrong there is no reason to stop a night's run. */
export class Output {
	readonly #stream: NodeJS.WriteStream & { [TOLD]?: true };
	readonly #name: Lost["stream"];
	#code: string | undefined;

	constructor(stream: NodeJS.WriteStream, name: Lost["stream"]) {
		this.#stream = stream;
		this.#name = name;
		stream.on("error", (error: NodeJS.ErrnoException) => {
			this.#code ??= error.code ?? error.message;
		});
	}

	/** Waits for what is being written. @returns why some of it was not; nothing for a reader that has seen enough (`| head`). */
	async findLost(): Promise<Lost | undefined> {
		if (!this.#stream.destroyed) await new Promise((resolve) => this.#stream.write("", resolve));
		// An error is told a moment after the write that has met it.
		await setImmediate();
		if (this.#code === undefined || this.#code === "EPIPE" || this.#stream[TOLD]) return undefined;
		this.#stream[TOLD] = true;
		return { kind: "output-unwritable", stream: this.#name, message: this.#code };
	}
}
