import { type FileHandle, open } from "node:fs/promises";
import { tellDiskFull } from "../disk-space.ts";

/** Bytes of the end that are held in memory until it is known to be the end. */
const END = 256 * 1024;

/** A file that keeps the beginning and the end of whatever is written to it. */
export class CappedFile {
	readonly #path: string;
	readonly #file: FileHandle;
	/** Bytes that the beginning may have. */
	readonly #most: number;
	readonly #end = Buffer.alloc(END);
	#begun = 0;
	/** Bytes that came after the beginning. */
	#after = 0;

	private constructor(path: string, file: FileHandle, most: number) {
		this.#path = path;
		this.#file = file;
		this.#most = most;
	}

	/**
	 * Makes the file, which does not exist yet.
	 * @param most bytes it may have, beside the line that says what was left out.
	 * @throws Failure `disk-full`.
	 */
	static async create(path: string, most: number): Promise<CappedFile> {
		return new CappedFile(path, await tellDiskFull(path, () => open(path, "wx")), Math.max(0, most - END));
	}

	/** @throws Failure `disk-full`. */
	async write(chunk: Buffer): Promise<void> {
		const beginning = chunk.subarray(0, this.#most - this.#begun);
		if (beginning.length > 0) await this.#append(beginning);
		this.#begun += beginning.length;
		for (let rest = chunk.subarray(beginning.length); rest.length > 0; ) {
			const at = this.#after % END;
			const copied = rest.copy(this.#end, at);
			this.#after += copied;
			rest = rest.subarray(copied);
		}
	}

	/** Writes the end, and closes the file. @throws Failure `disk-full`. */
	async close(): Promise<void> {
		try {
			const leftOut = this.#after - END;
			if (leftOut > 0) await this.#append(Buffer.from(`\n[${leftOut} bytes are left out]\n`));
			const at = leftOut > 0 ? this.#after % END : 0;
			await this.#append(
				Buffer.concat([this.#end.subarray(at, leftOut > 0 ? END : this.#after), this.#end.subarray(0, at)]),
			);
		} finally {
			await this.#file.close();
		}
	}

	async #append(bytes: Buffer): Promise<void> {
		await tellDiskFull(this.#path, () => this.#file.appendFile(bytes));
	}
}
