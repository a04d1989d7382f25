import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { diskFull } from "./atomic-write.ts";

/**
 * An append-only file that is written as its content arrives.
 * A failure to write is remembered and thrown by the next call: without that, it would end the process.
 */
export class EventLog {
	readonly #path: string;
	readonly #stream: WriteStream;
	#error: unknown;

	constructor(path: string) {
		this.#path = path;
		this.#stream = createWriteStream(path, { flags: "a" });
		this.#stream.on("error", (error) => {
			this.#error ??= error;
		});
	}

	/** Appends bytes; waits while the disk is slower than the writer, so that nothing piles up in memory. */
	async append(bytes: Uint8Array | string): Promise<void> {
		this.#throwError();
		if (!this.#stream.write(bytes)) {
			// A stream that fails rejects these with its raw error; it is told below.
			await Promise.race([once(this.#stream, "drain"), once(this.#stream, "close")]).catch(() => {});
		}
		this.#throwError();
	}

	/** Writes out what is left and closes the file. */
	async close(): Promise<void> {
		if (!this.#stream.closed) {
			this.#stream.end();
			await once(this.#stream, "close").catch(() => {});
		}
		this.#throwError();
	}

	#throwError(): void {
		if (this.#error) throw diskFull(this.#error, this.#path) ?? this.#error;
	}
}
