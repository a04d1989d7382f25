/** Splits a stream of bytes into lines. A line longer than `longest` bytes comes out as `undefined`: too long to hold. */
export class LineSplitter {
	readonly #longest: number;
	#parts: Uint8Array[] = [];
	#length = 0;

	constructor(longest: number) {
		this.#longest = longest;
	}

	/** Takes the next bytes and gives the lines that they complete, one after the other, without their line feeds. */
	*push(bytes: Uint8Array): Generator<string | undefined> {
		let from = 0;
		for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, from)) {
			yield this.#take(bytes.subarray(from, at));
			from = at + 1;
		}
		this.#hold(bytes.subarray(from));
	}

	#hold(bytes: Uint8Array): void {
		this.#length += bytes.length;
		if (this.#length > this.#longest) this.#parts = [];
		else if (bytes.length > 0) this.#parts.push(bytes);
	}

	#take(last: Uint8Array): string | undefined {
		// Most lines lie in one chunk and need no copy.
		if (this.#length === 0) return last.length > this.#longest ? undefined : textOf(last);
		this.#hold(last);
		const line = this.#length > this.#longest ? undefined : textOf(Buffer.concat(this.#parts));
		this.#parts = [];
		this.#length = 0;
		return line;
	}
}

function textOf({ buffer, byteOffset, length }: Uint8Array): string {
	return Buffer.from(buffer, byteOffset, length).toString("utf8");
}
