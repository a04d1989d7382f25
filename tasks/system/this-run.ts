import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A run's process, in such a way that it can be told from every other one, also from a later one with the same number. */
export interface RunIdentity {
	readonly pid: number;
	/** Clock ticks between the machine's start and the process's; `null` where there is no `/proc`. */
	readonly startTicks: string | null;
	readonly host: string;
	/** Processes of another namespace (another container) can't be seen from here; `null` where there are none. */
	readonly pidNamespace: string | null;
	/** Stands in the environment of everything the run starts, as {@link RUN_VARIABLE}. */
	readonly nonce: string;
	/** When the run started, in ISO 8601. */
	readonly since: string;
}

/** The variable by which processes that a run started are known for its own: all that it starts has it. */
export const RUN_VARIABLE = "ORCHFILE_RUN";

/** Who this process is. */
export const THIS_RUN: RunIdentity = {
	pid: process.pid,
	startTicks: startTicksOf(process.pid) ?? null,
	host: hostname(),
	pidNamespace: linkOf("/proc/self/ns/pid") ?? null,
	nonce: randomUUID(),
	since: new Date().toISOString(),
};

/** Whether a run's process still runs: `unknown` for one of another machine or container. */
export type Liveness = "alive" | "dead" | "unknown";

/** Looks whether a run still runs. @param see what this user is shown of a process. */
export function livenessOf(
	run: Pick<RunIdentity, "pid" | "startTicks" | "host" | "pidNamespace">,
	see: (pid: number) => SeenProcess | undefined = seeProcess,
): Liveness {
	if (run.host !== THIS_RUN.host || run.pidNamespace !== THIS_RUN.pidNamespace) return "unknown";
	if (!isThere(run.pid)) return "dead";
	if (run.startTicks === null) return "alive";
	const seen = see(run.pid);
	// It has ended in this moment, or is another user's that this one is not shown.
	if (seen === undefined) return isThere(run.pid) ? "unknown" : "dead";
	// A number is given to another process sooner or later.
	return !seen.isOver && seen.startTicks === run.startTicks ? "alive" : "dead";
}

/** What `/proc/<pid>/stat` tells of a process (proc(5)). */
interface SeenProcess {
	/** It has ended, and only nobody has reaped it yet. */
	readonly isOver: boolean;
	readonly startTicks: string | undefined;
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)); nothing for a process that has ended, also when nobody has reaped it yet. */
export function startTicksOf(pid: number): string | undefined {
	const seen = seeProcess(pid);
	return seen?.isOver ? undefined : seen?.startTicks;
}

/** Looks at a process; nothing where there is none, or this user is shown none. */
function seeProcess(pid: number): SeenProcess | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
		// The program's name before `)` may hold anything.
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return { isOver: fields[0] === "Z" || fields[0] === "X", startTicks: fields[19] };
	} catch {
		return undefined;
	}
}

/** Whether there is a process of that number, whoever it belongs to. */
function isThere(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code !== "ESRCH";
	}
}

function linkOf(path: string): string | undefined {
	try {
		return readlinkSync(path);
	} catch {
		return undefined;
	}
}
