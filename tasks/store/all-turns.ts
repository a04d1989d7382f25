import { join } from "node:path";
import { foldersIn } from "./log-folders.ts";
import { type KeptTurn, readTurns } from "./turns.ts";

/** A turn with the folder that its files lie in, relative to the logs: `""` for the last of its name. */
export interface PlacedTurn extends KeptTurn {
	readonly folder: string;
}

/** Every turn on an issue of which there is a record that can be read, also those that were set aside, in the order they were started. */
export async function readAllTurns(logDir: string): Promise<PlacedTurn[]> {
	const aside = (await foldersIn(join(logDir, "attempts"))).map((name) => `attempts/${name}/`);
	const all = await Promise.all(
		["", ...aside].map(async (folder) =>
			(await readTurns(join(logDir, folder)).catch(() => [])).map((turn) => ({ ...turn, folder })),
		),
	);
	return all.flat().sort((a, b) => (a.record.startedAt < b.record.startedAt ? -1 : 1));
}
