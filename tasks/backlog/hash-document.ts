import { hash } from "node:crypto";

/**
 * Hash of what a document asks of an agent. Left out is the line that says whether the issue removes tests: work is judged by that, and
 * no turn is another for it.
 * @param line of that value, from 1; absent where there is none.
 */
export function hashDocument(bytes: Uint8Array, line: number | undefined): string {
	// A character a byte, so that each other byte counts.
	const lines = Buffer.from(bytes).toString("latin1").split("\n");
	if (line !== undefined && ALONE.test(lines[line - 1] ?? "")) lines.splice(line - 1, 1);
	return hash("sha256", Buffer.from(lines.join("\n"), "latin1"), "hex");
}

/** A line with nothing else on it, be it a comment. */
const ALONE = /^[^\s:{]+[ \t]*:[ \t]*(?:true|false)[ \t]*\r?$/i;
