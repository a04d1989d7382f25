import { readFileSync, readlinkSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay, setImmediate } from "node:timers/promises";

/** How often processes that are still starting others are looked for. */
const MOST_LOOKS = 10;
/** Processes looked at without letting anything else happen: tsx kills what does not take a Ctrl-C within 30 ms. */
const BREATH = 100;

/** What can be seen of a process from outside, when it is asked for. Linux only: elsewhere there is no `/proc` to look at. */
export class Seen {
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

	/** Whether it runs in another namespace than this process, such as a sandbox's. */
	get isElsewhere(): boolean {
		return readlinkSync(`/proc/${this.pid}/ns/pid`) !== readlinkSync("/proc/self/ns/pid");
	}

	/** Changes whenever it computes, and, where the system tells that, whenever it reads or writes. */
	get work(): string {
		// Time on a processor, by itself and in the kernel.
		const [user, system] = this.#stat.slice(11, 13);
		return `${user} ${system} ${this.#io.replace(/\s+/g, " ")}`;
	}

	/** Its process group, as long as it runs. */
	get group(): number | undefined {
		const [state = "", , group] = this.#stat;
		return /[ZX]/.test(state) ? undefined : Number(group);
	}

	/** Its environment, as entries `NAME=value`. */
	get environment(): readonly string[] {
		return readFileSync(`/proc/${this.pid}/environ`, "utf8").split("\0");
	}

	/** Not every kernel counts it, nor shows it to everybody. */
	get #io(): string {
		try {
			return readFileSync(`/proc/${this.pid}/io`, "utf8");
		} catch {
			return "";
		}
	}

	/** The fields of its `stat` from its state on (proc(5)); its name, in brackets before them, may have spaces in it. */
	get #stat(): readonly string[] {
		const stat = readFileSync(`/proc/${this.pid}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	}
}

/** A question about a process. One that has ended, or belongs to somebody else, is none of those that are wanted. */
export type Wanted = (seen: Seen) => boolean;

/** Processes that are not killed at once: they end by themselves, and are in the middle of something. */
export interface Patience {
	readonly with: Wanted;
	/** Milliseconds that they have. */
	readonly grace: number;
}

/**
 * Ends processes, whatever they start meanwhile: kills them, but first waits for those to end that it has patience with.
 * @returns how many there were.
 */
export async function endProcesses(isWanted: Wanted, patience: Patience): Promise<number> {
	const found = (await seeProcesses(isWanted)).length;
	const isWaitedFor: Wanted = (seen) => patience.with(seen) && isWanted(seen);
	await killProcesses((seen) => isWanted(seen) && !isWaitedFor(seen));
	const deadline = performance.now() + patience.grace;
	while (performance.now() < deadline && (await seeProcesses(isWaitedFor)).length > 0) await delay(20);
	await killProcesses(isWanted);
	return found;
}

/** Kills processes, also those that they start meanwhile. */
export async function killProcesses(isWanted: Wanted): Promise<void> {
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

/** Looks for processes other than this one. */
export async function seeProcesses(isWanted: Wanted): Promise<Seen[]> {
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
