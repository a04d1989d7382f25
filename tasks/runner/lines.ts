/** Splits a stream of bytes into lines. A line longer than `longest` bytes comes out as `undefined`: too long to hold. */
export class LineSplitter {
	readonly #longest: number;
	#parts: Uint8Array[] = [];
	#length = 0;

	constructor(longest: number) {
		this.#longest = longest;
	}

	/** Takes the next bytes and returns the lines that they complete, without their line feeds. */
	push(bytes: Uint8Array): (string | undefined)[] {
		const lines: (string | undefined)[] = [];
		let from = 0;
		for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, from)) {
			this.#hold(bytes.subarray(from, at));
			lines.push(this.#take());
			from = at + 1;
		}
		this.#hold(bytes.subarray(from));
		return lines;
	}

	#hold(bytes: Uint8Array): void {
		this.#length += bytes.length;
		if (this.#length > this.#longest) this.#parts = [];
		else if (bytes.length > 0) this.#parts.push(bytes);
	}

	#take(): string | undefined {
		const line = this.#length > this.#longest ? undefined : Buffer.concat(this.#parts).toString("utf8");
		this.#parts = [];
		this.#length = 0;
		return line;
	}
}
