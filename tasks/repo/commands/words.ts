import { problemOf } from "../../contract/problem.ts";

/** What a git that failed has said; `""` for another error. */
export function wordsOfGit(error: unknown): string {
	const problem = problemOf(error);
	return problem?.kind === "git-failed" ? problem.stderr : "";
}

/** True when git read the administration of another worktree that was just being made or removed. */
export function isRace(words: string): boolean {
	return /failed to read .*commondir|could not open '.*worktrees|unable to read .*worktrees|Invalid path '.*worktrees/.test(
		words,
	);
}

/** True when the branch that was to be made is there. */
export function isBranchTaken(words: string): boolean {
	return /a branch named '.*' already exists/.test(words);
}

/** True when git lacks the content of something that a partial clone has not fetched. */
export function isUnfetched(words: string): boolean {
	return /could not fetch [0-9a-f]+ from promisor remote/.test(words);
}

/** True when git has tried to fetch what it lacks, which none of our calls may. It may be that there is no such thing at all. */
export function isFetchRefused(words: string): boolean {
	return /^fatal: transport '.*' not allowed$/m.test(words);
}

/** True when git could not write a file that it was to check out. */
export function isUnwritten(words: string): boolean {
	return /unable to write|could not write/i.test(words);
}

/** Folders that git could not look into, which to it is only worth a warning. */
export function findUnopened(stderr: string): string[] {
	return [...stderr.matchAll(/could not open directory '([\s\S]*?)\/': /g)].map(([, path = ""]) => path);
}

/** A folder whose name, with all it lies in, is too long for git, which cuts it in its warning. */
export function findTooLong(stderr: string): string | undefined {
	return /could not open directory '([^']*?)(?:\/': File name too long)?$/m.exec(stderr)?.[1];
}

/** The file that `add` could not read. */
export function findUnreadable(words: string): string | undefined {
	return /open\("([\s\S]*?)"\): Permission denied/.exec(words)?.[1];
}
