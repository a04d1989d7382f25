import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UNFINISHED } from "../system/atomic-write.ts";

/** Files below an issue's log folder, relative to it, with `/`: the first `most` of them, the folder's own before those set aside. */
export async function listLogFiles(logDir: string, most: number): Promise<string[]> {
	const found: string[] = [];
	for (const folders = [""]; folders.length > 0 && found.length < most; ) {
		const folder = folders.shift() ?? "";
		const entries = await readdir(join(logDir, folder), { withFileTypes: true }).catch(() => []);
		for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
			if (entry.isDirectory()) folders.push(`${folder}${entry.name}/`);
			else if (entry.isFile() && !entry.name.endsWith(UNFINISHED)) found.push(`${folder}${entry.name}`);
		}
	}
	return found.slice(0, most);
}
