import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UNFINISHED } from "../system/atomic-write.ts";
import { milestoneFolder } from "./log-folder.ts";
import { foldersIn } from "./log-folders.ts";

/** The page of everything that lies beside it; of a project, where all projects' logs lie. */
export function pageName(project?: string): string {
	return project === undefined ? "report.html" : `report-${milestoneFolder(project)}.html`;
}

/** True for a page, and for one that was begun. */
export function isPage(file: string): boolean {
	return /^report(?:-.+)?\.html$/.test(file) || (file.startsWith(".report") && file.endsWith(UNFINISHED));
}

/** Removes the pages in a folder that has no other folders any more: they would tell of issues whose logs are gone. */
export async function removePages(folder: string): Promise<void> {
	if ((await foldersIn(folder)).length > 0) return;
	for (const file of await readdir(folder).catch(() => []))
		if (isPage(file)) await rm(join(folder, file), { force: true });
}
