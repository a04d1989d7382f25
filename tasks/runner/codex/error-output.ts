/** Bytes of error output that are kept. */
const LONGEST_KEPT = 1024 * 1024;
/** Characters of its end that can be a turn's reason. */
const LONGEST_TAIL = 4_000;

/** The error output of a turn's process: its beginning is kept, its end is remembered. */
export class ErrorOutput {
	/** The last that was written. */
	tail = "";
	#kept = 0;
	readonly #keep: (bytes: Uint8Array) => Promise<void>;

	constructor(keep: (bytes: Uint8Array) => Promise<void>) {
		this.#keep = keep;
	}

	/** Takes the next bytes; waits while keeping them is slow. */
	async take(bytes: Uint8Array): Promise<void> {
		this.tail = (this.tail + Buffer.from(bytes).toString("utf8")).slice(-LONGEST_TAIL);
		const kept = bytes.subarray(0, LONGEST_KEPT - this.#kept);
		this.#kept += kept.length;
		if (kept.length > 0) await this.#keep(kept);
	}
}
