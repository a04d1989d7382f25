import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds between two looks. */
const LONGEST_PAUSE = 20;

/**
 * Ends a process group: SIGTERM, then SIGKILL for what is left after `grace` milliseconds. Returns when none is left.
 */
export async function endGroup(group: number, grace: number): Promise<void> {
	if (!signalGroup(group, "SIGTERM")) return;
	const deadline = performance.now() + grace;
	// Most are just ending by themselves.
	for (let pause = 1; performance.now() < deadline; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
		await delay(pause);
		if (!signalGroup(group, 0)) return;
	}
	while (signalGroup(group, "SIGKILL")) await delay(LONGEST_PAUSE);
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(-group, signal);
	} catch {
		return false;
	}
}
