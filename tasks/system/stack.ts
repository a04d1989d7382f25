import { readFileSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { CODE_ROOT } from "./package-root.ts";

/** A line of a file, absolute. */
export interface Line {
	readonly file: string;
	readonly line: number;
}

const FRAME = /^\s+at (?:.*\()?((?:file:\/\/)?\/.*?)(?:\?[^:]*)?:(\d+):\d+\)?$/;

/**
 * The innermost line of an error's stack that is neither this program's own nor that of a package: code of the repository.
 * Nothing where there is none, and for what is no error.
 */
export function lineOfTheirs(error: unknown): Line | undefined {
	return linesIn(error).find(({ file }) => !file.startsWith(`${CODE_ROOT}${sep}`) && !file.includes("/node_modules/"));
}

/** The lines of an error's stack, from the inside out, without those of Node's own. */
function linesIn(error: unknown): Line[] {
	const stack = error instanceof Error ? error.stack : undefined;
	return String(stack ?? "")
		.split("\n")
		.flatMap((line) => {
			const [, file, number] = FRAME.exec(line) ?? [];
			return file === undefined ? [] : [{ file: pathOf(file), line: Number(number) }];
		});
}

function pathOf(file: string): string {
	try {
		return file.startsWith("file:") ? fileURLToPath(file) : file;
	} catch {
		return file;
	}
}

/** The first line of a file that a pattern matches; nothing where none does. */
export function lineWith(file: string, pattern: RegExp): Line | undefined {
	const line = linesOf(file).findIndex((text) => pattern.test(text)) + 1;
	return line === 0 ? undefined : { file, line };
}

/** The line on which the last of these keys stands, each behind the one before; nothing where one can't be found. */
export function lineOfKeys(file: string, keys: readonly string[]): Line | undefined {
	const lines = linesOf(file);
	let line = 0;
	for (const key of keys) {
		const word = key.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
		const pattern = new RegExp(`(?:^|[\\s{,])(?:${word}|"${word}"|'${word}')\\s*(?:[:,(}]|$)`);
		const found = lines.findIndex((text, at) => at >= line && pattern.test(text.replace(/^\s*(?:\/\/|\*).*/, "")));
		if (found === -1) return undefined;
		line = found;
	}
	return keys.length === 0 ? undefined : { file, line: line + 1 };
}

/** The lines of a file; none of one that can't be read. */
function linesOf(file: string): string[] {
	try {
		return readFileSync(file, "utf8").split("\n");
	} catch {
		return [];
	}
}
