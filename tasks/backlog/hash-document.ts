import { hash } from "node:crypto";

/**
 * Hash of what a document asks of an agent. Left out are lines that are nothing to it: whether the issue removes tests, by which work is
 * judged, and what its turns may use at most. No turn is another for them.
 * @param lines of such values, from 1.
 */
export function hashDocument(bytes: Uint8Array, lines: readonly number[]): string {
	// A character a byte, so that each other byte counts.
	const all = Buffer.from(bytes).toString("latin1").split("\n");
	const told = all.filter((line, at) => !(lines.includes(at + 1) && ALONE.test(line)));
	return hash("sha256", Buffer.from(told.join("\n"), "latin1"), "hex");
}

/** A line with nothing else on it, be it a comment. */
const ALONE = /^[^\s:{]+[ \t]*:[ \t]*(?:true|false|"?[\d.]+[a-zM]*"?)[ \t]*\r?$/i;
