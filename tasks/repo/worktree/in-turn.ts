import { setTimeout as delay } from "node:timers/promises";
import { oneAtATime } from "../../system/one-at-a-time.ts";
import { isRace, wordsOfGit } from "../commands/words.ts";

/** Does something with git's list of worktrees while nobody else of this process does. */
// Side by side, 9 % of `worktree add` fail (8 at once, git 2.39): it reads what another is just writing.
export const exclusively = oneAtATime();

/** Times something is tried while other processes add and remove their worktrees, and the pause between, in milliseconds. */
const MOST_TRIES = 10;
const PAUSE = 30;

/**
 * Does something with git's list of worktrees, again when somebody else was just changing it: one at a time holds within
 * this process only, and other runs, and people, add and remove worktrees as well.
 */
export async function retryRaces<T>(action: () => Promise<T>): Promise<T> {
	for (let tried = 1; ; tried++) {
		try {
			return await action();
		} catch (error) {
			if (tried === MOST_TRIES || !isRace(wordsOfGit(error))) throw error;
			await delay(PAUSE);
		}
	}
}
