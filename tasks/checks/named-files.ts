import { posix } from "node:path";
import { matcher } from "./globs.ts";
import { isObject, parse } from "./package-json.ts";

/** Lines that checks run, and those of the scripts that these call, by their names: `npm test`, `yarn lint`, and what calls others. */
export function reachedLines(lines: readonly string[], packageJson: string | undefined): string[] {
	const scripts = parse(packageJson)?.scripts;
	if (!isObject(scripts)) return [...lines];
	const reached = new Set<string>();
	const found = [...lines];
	for (const line of found) {
		const called = wordsOf(line).map((word) => (word === "t" ? "test" : word));
		const words = new Set(called.flatMap((word) => [word, `pre${word}`, `post${word}`]));
		for (const [name, script] of Object.entries(scripts)) {
			if (typeof script !== "string" || reached.has(name) || !words.has(name)) continue;
			reached.add(name);
			found.push(script);
		}
	}
	return found;
}

/** The words of a line of a shell, and what they are set to. */
function wordsOf(line: string): string[] {
	return line.split(/[\s"'`;|&()<>=,]+/).filter(Boolean);
}

/** Tests that are named one by one are no part of what runs them. */
const isTest = matcher(["**/*.{test,spec}.*", "**/*_test.*", "**/test_*.py"]);

/** Tells whether a path is a word of a line that is run: a script of the repository's own, a configuration. */
export function namedBy(lines: readonly string[]): (path: string) => boolean {
	const words = new Set(
		lines.flatMap((line) => {
			const parts = wordsOf(line);
			const folders = ["", ...parts.flatMap((part, at) => (parts[at - 1] === "cd" ? [part] : []))];
			return folders.flatMap((folder) => parts.map((part) => posix.join(folder, part)));
		}),
	);
	return (path) => words.has(path) && !isTest(path);
}
