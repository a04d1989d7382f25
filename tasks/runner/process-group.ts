import { readdir, readlink } from "node:fs/promises";
import { sep } from "node:path";
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

/**
 * Kills processes that still work in `folder` although their group has ended: a daemon that an agent started leaves the
 * group, but not its working directory. Linux only; elsewhere there is no `/proc` to look at.
 */
export async function killStrays(folder: string): Promise<void> {
	const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
	await Promise.all(
		pids.map(async (pid) => {
			const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => "");
			if (cwd !== folder && !cwd.startsWith(folder + sep)) return;
			if (Number(pid) === process.pid) return;
			try {
				process.kill(Number(pid), "SIGKILL");
			} catch {
				// It has ended in the meantime.
			}
		}),
	);
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(-group, signal);
	} catch {
		return false;
	}
}
