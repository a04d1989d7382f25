import { writeSync } from "node:fs";

/** Writes to standard error at once, past what holds back or gathers: the process is about to end. Whether anybody reads it does not matter. */
export function writeNow(line: string): void {
	try {
		writeSync(2, `${line}\n`);
	} catch {
		// The terminal has gone, or nobody reads any more.
	}
}
