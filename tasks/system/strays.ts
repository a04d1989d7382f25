import { readFileSync, readlinkSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, sep } from "node:path";
import { setTimeout as delay, setImmediate } from "node:timers/promises";
import { RUN_VARIABLE } from "./this-run.ts";

/** Looks for processes that are still starting others. */
const MOST_LOOKS = 10;
/** Milliseconds that a git of a run that was killed has to finish what it is writing. */
const GIT_GRACE = 10_000;
/** Processes looked at without letting anything else happen: tsx kills what does not take a Ctrl-C within 30 ms. */
const BREATH = 100;

/** What can be seen of a process from outside, when it is asked for. Linux only: elsewhere there is no `/proc` to look at. */
class Seen {
	readonly pid: number;

	constructor(pid: number) {
		this.pid = pid;
	}

	get program(): string {
		return basename(readlinkSync(`/proc/${this.pid}/exe`));
	}

	get cwd(): string {
		return readlinkSync(`/proc/${this.pid}/cwd`);
	}

	get isElsewhere(): boolean {
		return readlinkSync(`/proc/${this.pid}/ns/pid`) !== readlinkSync("/proc/self/ns/pid");
	}

	/** Whether an entry of its environment is like this. */
	has(isWanted: (entry: string) => boolean): boolean {
		return readFileSync(`/proc/${this.pid}/environ`, "utf8").split("\0").some(isWanted);
	}
}

/**
 * Kills what an agent started and what outlived the agent's process group: a daemon leaves the group, but not the
 * sandbox it was started in, nor the temporary folder it was given. A person's shell that stands in the worktree is none.
 */
export async function killStrays(worktree: string, temporaryFolder: string): Promise<void> {
	await killAll(
		(seen) =>
			(isWithin(seen.cwd, worktree) && seen.isElsewhere) ||
			seen.has((entry) => entry.startsWith("TMPDIR=") && isWithin(entry.slice(7), temporaryFolder)),
	);
}

/** Kills every process with this entry in its environment: what a command has started, also what has left its group. */
export async function killMarked(entry: string): Promise<void> {
	await killAll((seen) => seen.has((each) => each === entry));
}

/**
 * Ends everything that a dead run has left running. git is waited for, since it ends by itself and is in the middle of
 * something; agents are killed.
 * @returns how many processes were still there.
 */
export async function endProcessesOf(nonce: string): Promise<number> {
	const isOwn = (seen: Seen): boolean => seen.has((entry) => entry === `${RUN_VARIABLE}=${nonce}`);
	const isGit = (seen: Seen): boolean => seen.program === "git" && isOwn(seen);
	const found = (await seeProcesses(isOwn)).length;
	await killAll((seen) => isOwn(seen) && !isGit(seen));
	const deadline = performance.now() + GIT_GRACE;
	while (performance.now() < deadline && (await seeProcesses(isGit)).length > 0) await delay(20);
	await killAll(isOwn);
	return found;
}

/** True while a git works on a worktree: one of ours, named by its git directory, or one of a person who stands in it. */
export async function isGitAtWork(worktree: string, gitDir: string): Promise<boolean> {
	const isAtWork = (seen: Seen): boolean =>
		seen.program === "git" && (isWithin(seen.cwd, worktree) || seen.has((entry) => entry === `GIT_DIR=${gitDir}`));
	return (await seeProcesses(isAtWork)).length > 0;
}

async function killAll(isWanted: (seen: Seen) => boolean): Promise<void> {
	for (let look = 1; look <= MOST_LOOKS; look++) {
		const found = await seeProcesses(isWanted);
		if (found.length === 0) return;
		for (const { pid } of found) {
			try {
				process.kill(pid, "SIGKILL");
			} catch {
				// It has ended in the meantime.
			}
		}
		await delay(10);
	}
}

async function seeProcesses(isWanted: (seen: Seen) => boolean): Promise<Seen[]> {
	const names = await readdir("/proc").catch(() => []);
	const found: Seen[] = [];
	for (const [at, name] of names.entries()) {
		if (at % BREATH === 0) await setImmediate();
		const seen = new Seen(Number(name));
		if (!Number.isInteger(seen.pid) || seen.pid === process.pid) continue;
		try {
			if (isWanted(seen)) found.push(seen);
		} catch {
			// It has ended, or belongs to somebody else.
		}
	}
	return found;
}

function isWithin(path: string, folder: string): boolean {
	return path === folder || path.startsWith(folder + sep);
}
