import { setTimeout as delay } from "node:timers/promises";

/**
 * Ends a process group: SIGTERM, then SIGKILL for what is left after `grace` milliseconds. Returns when none is left.
 */
export async function endGroup(group: number, grace: number): Promise<void> {
	if (!signalGroup(group, "SIGTERM")) return;
	const deadline = performance.now() + grace;
	while (performance.now() < deadline) {
		await delay(20);
		if (!signalGroup(group, 0)) return;
	}
	while (signalGroup(group, "SIGKILL")) await delay(20);
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(-group, signal);
	} catch {
		return false;
	}
}
