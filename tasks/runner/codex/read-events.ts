import type { Readable } from "node:stream";
import { LineSplitter } from "../../system/lines.ts";
import type { TurnReader } from "./turn-reader.ts";

/** Bytes; the turn's process sends no longer lines. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** What a turn does as its events come. */
export interface EventListener {
	onProgress(): void;
	/** Called for every chunk once the thread is known. */
	onThread(threadId: string): void;
	onBroken(why: string): void;
}

/** Reads the events of a turn to their end. */
export async function readEvents(stream: Readable | null, reader: TurnReader, listener: EventListener): Promise<void> {
	const lines = new LineSplitter(LONGEST_LINE);
	await pump(stream, (bytes) => {
		for (const line of lines.push(bytes)) if (reader.read(line)) listener.onProgress();
		if (reader.threadId) listener.onThread(reader.threadId);
		if (reader.broken) listener.onBroken(reader.broken);
	});
}

/** Hands a stream's chunks on, one at a time: while the sink waits, the pipe fills and its writer waits too. */
export async function pump(stream: Readable | null, take: (bytes: Uint8Array) => Promise<void> | void): Promise<void> {
	for await (const chunk of stream ?? []) await take(chunk);
}
