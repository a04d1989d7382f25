import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { seeProcesses } from "./processes.ts";

/** Milliseconds between two looks. */
const LONGEST_PAUSE = 20;
/** Looks between two at the processes themselves, which take longer than to ask for the group. */
const FEW = 10;
/** Milliseconds after `grace` that are waited at most: what takes no SIGKILL is in the kernel, as for a share that is away, and comes back to end. */
const LONGEST_END = 30_000;

/**
 * Ends a process group: SIGTERM, then SIGKILL for what is left after `grace` milliseconds. Returns when nothing of it runs any more.
 */
export async function endGroup(group: number, grace: number): Promise<void> {
	if (!signalGroup(group, "SIGTERM")) return;
	const deadline = performance.now() + grace;
	for (let look = 1; ; look++) {
		// Most are just ending by themselves.
		await delay(Math.min(2 ** (look - 1), LONGEST_PAUSE));
		const late = performance.now() - deadline;
		if (!signalGroup(group, late < 0 ? 0 : "SIGKILL") || late > LONGEST_END) return;
		if (look % FEW > 0 || (await isRunning(group))) continue;
		// A first thread that has ended looks the same while others run on.
		signalGroup(group, "SIGKILL");
		return;
	}
}

/**
 * Whether any process of a group runs. What has ended stays in it until somebody has asked how, which nobody does where the first process of
 * a container is a `sleep`, or this program.
 */
async function isRunning(group: number): Promise<boolean> {
	return !existsSync("/proc/self/stat") || (await seeProcesses((seen) => seen.group === group)).length > 0;
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(-group, signal);
	} catch {
		return false;
	}
}
