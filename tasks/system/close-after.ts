import type { Readable } from "node:stream";

/**
 * Closes a stream once more than so many bytes have come, which ends whoever writes to it.
 * @returns whether it was closed.
 */
export function closeAfter(stream: Readable, most = Number.POSITIVE_INFINITY): () => boolean {
	let length = 0;
	if (most < Number.POSITIVE_INFINITY)
		stream.on("data", (chunk: Uint8Array) => {
			length += chunk.length;
			if (length > most) stream.destroy();
		});
	return () => length > most;
}
