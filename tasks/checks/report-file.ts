import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { TextDecoder } from "node:util";
import { type JunitTests, UnreadableReport } from "./junit-tests.ts";
import { decoderOf } from "./report-encoding.ts";

/** Reads one file of a report, piece by piece, of which `left` says how much. Throws {@link UnreadableReport}. */
export async function readReportFile(path: string, tests: JunitTests, left: { bytes: number }): Promise<void> {
	// A named pipe would never be opened, and a link may lead anywhere.
	const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		if (!(await file.stat()).isFile()) throw new UnreadableReport("it is not a file");
		await feed(file, tests.file(), left);
	} finally {
		await file.close();
	}
}

async function feed(file: FileHandle, into: ReturnType<JunitTests["file"]>, left: { bytes: number }): Promise<void> {
	const buffer = Buffer.alloc(64 * 1024);
	let decoder: TextDecoder | undefined;
	for (;;) {
		const { bytesRead } = await file.read(buffer, 0, buffer.length);
		if (bytesRead === 0) break;
		left.bytes -= bytesRead;
		if (left.bytes < 0) throw new UnreadableReport("it is too large");
		const piece = buffer.subarray(0, bytesRead);
		decoder ??= decoderOf(piece);
		into.write(decoder.decode(piece, { stream: true }));
	}
	if (!decoder) throw new UnreadableReport("it is empty");
	into.write(decoder.decode());
	into.end();
}
