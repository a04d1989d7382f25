import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import type { Problem } from "../contract/problem.ts";
import type { Setting } from "./commands/config-list.ts";

/** Settings that make git run a program on the content of files, whatever attributes an agent gives to them. */
const PROGRAM = /^(?:filter\..*\.(?:clean|smudge|process)|merge\..*\.driver)$/i;

/** Programs that run what files say in the folder they are started in, which is the worktree. */
const RUN_WHAT_IS_THERE = new Set(["bun", "bunx", "make", "npm", "npx", "pnpm", "pnpx", "yarn"]);

/**
 * The user's settings by which git would run a file of the worktree, which an agent has just written, on this machine.
 */
export function findRelativeFilters({ root }: RepositoryPaths, settings: readonly Setting[]): Problem[] {
	return settings.flatMap(({ scope, key, value }): Problem[] =>
		PROGRAM.test(key) && runsFileOf(root, value) ? [{ kind: "relative-filter", key, command: value, scope }] : [],
	);
}

/** True when a word of a shell command is a file of the repository, or, as its program, could become or run one. */
function runsFileOf(root: string, command: string): boolean {
	const words = command.split(/[\s'"`;&|()<>=]+/).filter(Boolean);
	if (RUN_WHAT_IS_THERE.has(words[0] ?? "")) return true;
	return words.some((word, at) => {
		if (isAbsolute(word) || word.startsWith("~") || word.startsWith("$") || word.startsWith("-")) return false;
		if (/^\.\.?\//.test(word) || (at === 0 && word.includes("/"))) return true;
		// A program without a slash comes from PATH, which has absolute folders only.
		return at > 0 && statSync(join(root, word), { throwIfNoEntry: false })?.isFile() === true;
	});
}
