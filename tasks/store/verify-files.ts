import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type TurnName, verifyName } from "../contract/phase.ts";
import { tellDiskFull } from "../system/disk-space.ts";
import { freeFolder } from "./log-folder.ts";

/** A file name, also where a check is called what no file is; two checks have two. */
export function safeName(check: string): string {
	return encodeURIComponent(check)
		.replace(/[*.]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
		.slice(0, 100);
}

/**
 * Name of the file with what a check printed, in the folder of the logs.
 * @param run what it was run for beside the first look, such as `again`.
 */
export function verifyLog(turn: TurnName, check: string, run?: string): string {
	return `${[verifyName(turn), safeName(check), ...(run === undefined ? [] : [run])].join(".")}.log`;
}

/** Makes room for another look at the work of a turn: the files of the last one move to `attempts/<start time>/`, its record last. */
export async function setAsideVerify(logDir: string, turn: TurnName, startedAt: string): Promise<void> {
	const name = verifyName(turn);
	const record = `${name}-run.json`;
	const present = (await readdir(logDir).catch(() => [])).sort();
	const names = present.filter((each) => each.startsWith(`${name}.`) && each.endsWith(".log"));
	if (present.includes(record)) names.push(record);
	if (names.length === 0) return;
	const aside = await freeFolder(join(logDir, "attempts", startedAt.replaceAll(":", "-")), names);
	await tellDiskFull(aside, async () => {
		await mkdir(aside, { recursive: true });
		for (const each of names) await rename(join(logDir, each), join(aside, each));
	});
}
