import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds between two looks; looks and what follows from them take a tenth of the time at most. */
const PAUSE = 1_000;

/**
 * Calls back whenever something has changed below these folders, until it is stopped. It looks itself, since what the system tells of
 * changes is not told on every disk, and not of every folder in a container.
 * @param isAsked false while nobody wants to know.
 */
export async function follow(
	folders: () => readonly string[],
	isAsked: () => boolean,
	changed: () => Promise<void>,
	signal: AbortSignal,
): Promise<void> {
	let before = await stateOf(folders());
	let pause = PAUSE;
	while (!signal.aborted) {
		await delay(pause, undefined, { signal, ref: false }).catch(() => {});
		if (signal.aborted || !isAsked()) continue;
		const start = performance.now();
		const now = await stateOf(folders());
		if (now !== before) {
			before = now;
			await changed();
		}
		pause = Math.max(PAUSE, 9 * (performance.now() - start));
	}
}

/** The names, sizes and times of all files below folders. */
async function stateOf(folders: readonly string[]): Promise<string> {
	const all = await Promise.all(folders.map(stateOfFolder));
	return all.join("\n");
}

async function stateOfFolder(folder: string): Promise<string> {
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
	const each = entries.map(async (entry): Promise<string> => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return stateOfFolder(path);
		const { size = 0, mtimeMs = 0 } = (await stat(path).catch(() => undefined)) ?? {};
		return `${path} ${size} ${mtimeMs}`;
	});
	return (await Promise.all(each)).join("\n");
}
