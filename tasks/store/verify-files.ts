import { createHash } from "node:crypto";
import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type TurnName, verifyName } from "../contract/phase.ts";
import { tellDiskFull } from "../system/disk-space.ts";
import { freeFolder } from "./log-folder.ts";

/** A name for files, also for a check that is called as no file may be, or by its whole command; two checks have two. */
export function safeName(check: string): string {
	if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/.test(check)) return check;
	const words = check
		.replace(/[^A-Za-z0-9_]+/g, "-")
		.replace(/^-|-$/g, "")
		.slice(0, 40);
	return `${words || "check"}.${createHash("sha256").update(check).digest("hex").slice(0, 6)}`;
}

/**
 * Name of the file with what a check printed, in the folder of the logs.
 * @param run what it was run for beside the first trial, such as `again`.
 */
export function verifyLog(turn: TurnName, check: string, run?: string): string {
	return `${[verifyName(turn), safeName(check), ...(run === undefined ? [] : [run])].join(".")}.log`;
}

/**
 * Makes room for another record of how work was judged: the last one moves to `attempts/<its time>/`, behind the files that belong to it.
 * @param name of the record: `verify`, `verify-2`, `accept`.
 */
export async function setAsideJudged(logDir: string, name: string, time: string): Promise<void> {
	const record = `${name}-run.json`;
	const present = (await readdir(logDir).catch(() => [])).sort();
	const names = present.filter((each) => each.startsWith(`${name}.`) && each.endsWith(".log"));
	if (present.includes(record)) names.push(record);
	if (names.length === 0) return;
	const aside = await freeFolder(join(logDir, "attempts", time.replaceAll(":", "-")), names);
	await tellDiskFull(aside, async () => {
		await mkdir(aside, { recursive: true });
		for (const each of names) await rename(join(logDir, each), join(aside, each));
	});
}
