import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isTurnName } from "../contract/phase.ts";
import { UNFINISHED } from "../system/atomic-write.ts";

/** The logs of one issue. */
export interface LogFolder {
	readonly issue: string;
	readonly path: string;
	/** Turns of agents: the last of each name, and those that were set aside. */
	readonly attempts: number;
	/** Whether it tells how work was judged, by its checks or as a whole. */
	readonly isJudged: boolean;
	/** Files in which work was saved before it was discarded. */
	readonly patches: number;
}

/** Every issue's log folder, of this kind, below the folder of all logs. */
export async function listLogFolders(logs: string, kind: string): Promise<LogFolder[]> {
	const all = join(logs, kind);
	const found: LogFolder[] = [];
	for (const milestone of await foldersIn(all)) {
		for (const issue of await foldersIn(join(all, milestone))) {
			// No id holds an `@`: what is kept there is about all issues of the milestone.
			if (issue.includes("@")) continue;
			const path = join(all, milestone, issue);
			const names = await readdir(path);
			const records = names.flatMap((name) => /^(.+)-run\.json$/.exec(name)?.[1] ?? []);
			const last = records.filter(isTurnName).length;
			const aside = await Promise.all(
				(await foldersIn(join(path, "attempts"))).map((name) => readdir(join(path, "attempts", name))),
			);
			// A set-up that failed came to no attempt, and a verdict is none.
			const earlier = aside.filter((files) => files.some(isOfTurn)).length;
			const patches = names.filter((name) => name.endsWith(".patch")).length;
			found.push({ issue, path, attempts: last + earlier, isJudged: records.length > last, patches });
		}
	}
	return found;
}

/** True for a file of {@link AttemptFiles}. */
function isOfTurn(file: string): boolean {
	return isTurnName(/^[a-z]+(?:-\d+)?(?=[.-])/.exec(file)?.[0] ?? "");
}

/** Names of the folders in a folder that are there for good. */
export async function foldersIn(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
	return entries.filter((entry) => entry.isDirectory() && !entry.name.endsWith(UNFINISHED)).map(({ name }) => name);
}
