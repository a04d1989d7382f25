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

/** What runs the script that it is given. */
const RUNS =
	/^(?:\.|source|(?:[a-z]*\/)*(?:ba|da|z|k)?sh|node|tsx|ts-node|deno|bun|python[\d.]*|ruby|perl|php|lua|Rscript|pwsh|tclsh)$/;
/** What stands before a command, and is none. */
const BEFORE = /^(?:!|\{|if|then|else|elif|while|until|do|exec|env|time|nice|command|xargs|sudo|npx|\w+=.*)$/;
/** What settings are written in, and not what is judged by them. */
const SETTINGS = /\.(?:json[c5]?|ya?ml|toml|ini|cfg|conf|rc|xml|properties)$/;

/**
 * Tells whether a path is what a line that is run makes a check of: a script of the repository's own, a configuration, an option's value.
 * What else a command is given is what it judges: with the base's version of that, nothing would be seen of what the work has broken.
 */
export function namedBy(lines: readonly string[]): (path: string) => boolean {
	const words = new Set(
		lines.flatMap((line) => {
			const folders = ["", ...wordsOf(line).flatMap((part, at, all) => (all[at - 1] === "cd" ? [part] : []))];
			const parts = line.split(/[;|&()\n`]+/).flatMap(madeOf);
			return folders.flatMap((folder) => parts.map((part) => posix.join(folder, part)));
		}),
	);
	return (path) => words.has(path) && !isTest(path);
}

/** The words of one command that it is made of: itself, the script that it runs, the values of options, settings. */
function madeOf(command: string): string[] {
	const words = command.split(/[\s"'<>]+/).filter(Boolean);
	const isValue = (at: number) => words[at - 1]?.startsWith("-") === true;
	// Of what runs scripts, what looks like a path, and is no option's value, is the script.
	let isAwaited = true;
	let mayBeAny = true;
	return words.flatMap((word, at) => {
		const parts = word.split(/[=,]/).filter(Boolean);
		if (RUNS.test(word)) {
			[isAwaited, mayBeAny] = [true, false];
			return [];
		}
		if (word.startsWith("-") || (isAwaited && BEFORE.test(word))) return parts.slice(1);
		const isMeant = isAwaited || isValue(at) || SETTINGS.test(word);
		if (!isValue(at) && (mayBeAny || /[./]/.test(word))) isAwaited = false;
		return isMeant ? parts : [];
	});
}
