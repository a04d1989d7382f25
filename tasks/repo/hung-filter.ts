import { setTimeout as delay } from "node:timers/promises";
import { endGroup } from "../system/process-group.ts";
import { killProcesses, type Seen, seeProcesses } from "../system/processes.ts";

/** What a program that git runs on files may take. */
export interface FilterLimits {
	/** Milliseconds that it may do nothing: neither compute nor read nor write. */
	readonly stall: number;
	/** Milliseconds that it may run, whatever it does. */
	readonly longest: number;
}

/** A git that runs, and the entry of its environment by which all that it starts is known. */
export interface RunningGit {
	readonly pid: number;
	readonly mark: string;
}

/** Milliseconds that a git has to end by itself once its filter is gone, which is when it takes its files back. */
const GRACE = 5_000;

/**
 * Watches what a git starts, and ends it when it hangs. git itself is left to say which file it was, and to clean up.
 * @param ended aborted once git has ended.
 * @returns what was wrong with the filter, in words; nothing when git ended without.
 */
export async function endHungFilters(
	git: RunningGit,
	{ stall, longest }: FilterLimits,
	ended: AbortSignal,
): Promise<string | undefined> {
	const since = new Map<number, number>();
	let last = { print: "", at: 0 };
	try {
		for (;;) {
			await delay(Math.min(stall, longest) / 4, undefined, { signal: ended, ref: false });
			const started = await startedBy(git);
			const now = performance.now();
			for (const pid of since.keys()) if (!started.some((each) => each.pid === pid)) since.delete(pid);
			for (const { pid } of started) since.set(pid, since.get(pid) ?? now);
			const print = started.map((seen) => `${seen.pid} ${workOf(seen)}`).join();
			if (started.length === 0 || print !== last.print) last = { print, at: now };
			const isLong = [...since.values()].some((at) => now - at >= longest);
			if (!isLong && now - last.at < stall) continue;
			await end(git, ended);
			return isLong
				? `it had run for ${words(longest)}, and was ended`
				: `it had done nothing for ${words(stall)}, and was ended`;
		}
	} catch {
		// git has ended.
		return undefined;
	}
}

/** Ends the filters of a git that was told to end and waits for one that takes no notice. */
export async function endStubbornFilters(git: RunningGit, ended: AbortSignal): Promise<void> {
	await delay(GRACE, undefined, { signal: ended, ref: false }).catch(() => {});
	if (!ended.aborted) await end(git, ended);
}

/** Kills what a git has started. */
export async function endStarted(git: RunningGit): Promise<void> {
	await killProcesses((seen) => isStartedBy(git, seen));
}

async function end(git: RunningGit, ended: AbortSignal): Promise<void> {
	await endStarted(git);
	await delay(GRACE, undefined, { signal: ended }).catch(() => {});
	await endGroup(git.pid, GRACE);
}

function startedBy(git: RunningGit): Promise<Seen[]> {
	return seeProcesses((seen) => isStartedBy(git, seen));
}

/** Beside the programs of git's own, which only wait for them. */
function isStartedBy({ pid, mark }: RunningGit, seen: Seen): boolean {
	return seen.pid !== pid && seen.environment.includes(mark) && seen.program !== "git";
}

/** Changes whenever a process has computed, read or written something. */
function workOf(seen: Seen): string {
	try {
		return seen.work;
	} catch {
		return "";
	}
}

function words(milliseconds: number): string {
	return milliseconds < 60_000 ? `${milliseconds / 1000} s` : `${Math.round(milliseconds / 60_000)} min`;
}
