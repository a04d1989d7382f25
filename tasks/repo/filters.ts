import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { RepositoryPaths } from "../contract/issue.ts";
import type { Problem } from "../contract/problem.ts";
import { git } from "./git.ts";

/** Settings that make git run a program on the content of files, whatever attributes an agent gives to them. */
const PROGRAMS = "^(filter\\..*\\.(clean|smudge|process)|merge\\..*\\.driver)$";

/**
 * The user's settings by which git would run a file of the worktree, which an agent has just written, on this machine.
 */
export async function findRelativeFilters({ root }: RepositoryPaths): Promise<Problem[]> {
	const { stdout } = await git(["config", "--show-scope", "-z", "--get-regexp", PROGRAMS], { cwd: root, expect: [1] });
	const fields = stdout.split("\0").slice(0, -1);
	return fields.flatMap((entry, at): Problem[] => {
		if (at % 2 === 0) return [];
		const scope = fields[at - 1] ?? "";
		const [key = "", ...lines] = entry.split("\n");
		const command = lines.join("\n");
		return runsFileOf(root, command) ? [{ kind: "relative-filter", key, command, scope }] : [];
	});
}

/** True when a word of a shell command is a file of the repository, or, as its program, could become one. */
function runsFileOf(root: string, command: string): boolean {
	const words = command.split(/[\s'"`;&|()<>=]+/).filter(Boolean);
	return words.some((word, at) => {
		if (isAbsolute(word) || word.startsWith("~") || word.startsWith("$") || word.startsWith("-")) return false;
		if (/^\.\.?\//.test(word) || (at === 0 && word.includes("/"))) return true;
		// A program without a slash comes from PATH, which has absolute folders only.
		return at > 0 && statSync(join(root, word), { throwIfNoEntry: false })?.isFile() === true;
	});
}
