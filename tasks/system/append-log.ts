import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { readlink } from "node:fs/promises";
import { diskFull } from "./disk-space.ts";
import { exists } from "./paths.ts";

/**
 * An append-only file that is written as its content arrives.
 * A failure to write is remembered and thrown by the next call: without that, it would end the process.
 */
export class AppendLog {
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
		await new Promise<void>((resolve) => {
			// Not by its events: whoever waits for them would leave listeners behind.
			const hasRoom = this.#stream.write(bytes, (error) => {
				if (error) this.#error ??= error;
				resolve();
			});
			if (hasRoom) resolve();
		});
		this.#throwError();
	}

	/** Where the file is now, as whatever is open stays where its folder was moved to; nothing where the system does not tell. */
	async findPath(): Promise<string | undefined> {
		const { fd } = this.#stream as WriteStream & { readonly fd?: number | null };
		const path = await readlink(`/proc/self/fd/${fd}`).catch(() => undefined);
		return path !== undefined && (await exists(path)) ? path : undefined;
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
