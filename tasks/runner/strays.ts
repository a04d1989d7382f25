import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { RUN_VARIABLE } from "../store/this-run.ts";

/** Looks for processes that are still starting others. */
const MOST_LOOKS = 10;
/** Milliseconds that a git of a run that was killed has to finish what it is writing. */
const GIT_GRACE = 10_000;

/** What can be seen of a process from outside. Linux only: elsewhere there is no `/proc` to look at. */
interface Seen {
	readonly pid: number;
	readonly program: string;
	readonly cwd: string;
	readonly isElsewhere: boolean;
	readonly environment: readonly string[];
}

/**
 * Kills what an agent started and what outlived the agent's process group: a daemon leaves the group, but not the
 * sandbox it was started in, nor the temporary folder it was given. A person's shell that stands in the worktree is none.
 */
export async function killStrays(worktree: string, temporaryFolder: string): Promise<void> {
	const isStray = ({ cwd, isElsewhere, environment }: Seen): boolean =>
		(isElsewhere && isWithin(cwd, worktree)) ||
		environment.some((entry) => entry.startsWith("TMPDIR=") && isWithin(entry.slice(7), temporaryFolder));
	await killAll(isStray);
}

/** Kills every process with this entry in its environment: what a command has started, also what has left its group. */
export async function killMarked(entry: string): Promise<void> {
	await killAll(({ environment }) => environment.includes(entry));
}

/**
 * Ends everything that a dead run has left running. git is waited for, since it ends by itself and is in the middle of
 * something; agents are killed.
 * @returns how many processes were still there.
 */
export async function endProcessesOf(nonce: string): Promise<number> {
	const isOwn = ({ environment }: Seen): boolean => environment.includes(`${RUN_VARIABLE}=${nonce}`);
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
	const isAtWork = ({ program, cwd, environment }: Seen): boolean =>
		program === "git" && (isWithin(cwd, worktree) || environment.includes(`GIT_DIR=${gitDir}`));
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
	const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
	const own = await readlink("/proc/self/ns/pid").catch(() => "");
	const all = await Promise.all(pids.map((pid) => see(Number(pid), own)));
	return all.filter((seen): seen is Seen => seen !== undefined && seen.pid !== process.pid && isWanted(seen));
}

/** Nothing for a process that has ended, or belongs to somebody else. */
async function see(pid: number, ownNamespace: string): Promise<Seen | undefined> {
	const at = `/proc/${pid}`;
	try {
		const [cwd, namespace, environ, program] = await Promise.all([
			readlink(`${at}/cwd`),
			readlink(`${at}/ns/pid`),
			readFile(`${at}/environ`, "utf8"),
			readlink(`${at}/exe`),
		]);
		return {
			pid,
			cwd,
			program: basename(program),
			isElsewhere: namespace !== ownNamespace,
			environment: environ.split("\0"),
		};
	} catch {
		return undefined;
	}
}

function isWithin(path: string, folder: string): boolean {
	return path === folder || path.startsWith(folder + sep);
}
