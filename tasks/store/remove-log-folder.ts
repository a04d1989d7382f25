import { readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CHECKS } from "./checks-logs.ts";
import { foldersIn } from "./log-folders.ts";
import { isPage, removePages } from "./pages.ts";

/** Removes an issue's log folder, and those around it that hold nothing else. */
export async function removeLogFolder(logDir: string): Promise<void> {
	await rm(logDir, { recursive: true, force: true });
	const milestone = dirname(logDir);
	const all = dirname(milestone);
	await removePages(milestone);
	await rmdir(milestone).catch(() => {});
	const left = await readdir(all).catch(() => []);
	// What is known of the checks on commits is looked at anew once there is an issue again.
	const known = join(all, CHECKS);
	if (
		left.some((name) => name !== ".gitignore" && name !== CHECKS && !isPage(name)) ||
		(await foldersIn(known)).length > 0
	)
		return;
	await rm(known, { recursive: true, force: true });
	await removePages(all);
	await rm(join(all, ".gitignore"), { force: true });
	for (const folder of [all, dirname(all)]) await rmdir(folder).catch(() => {});
}
