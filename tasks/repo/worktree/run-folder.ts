import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import type { LockHolder } from "../../contract/lock-holder.ts";
import { z } from "../../contract/zod.ts";
import { tellDiskFull } from "../../system/disk-space.ts";
import { livenessOf, type RunIdentity, THIS_RUN } from "../../system/this-run.ts";
import { endProcessesOf } from "../git-at-work.ts";
import { removeDetached } from "./detached.ts";

/** A file in a run's folder: who it is. */
const OWNER = "owner.json";
const WRITTEN = z.object({ pid: z.number(), host: z.string(), since: z.string(), nonce: z.string().min(1) });

/** Makes this run's folder in the one of all of them, where it is not there yet. @throws Failure `disk-full`. */
export async function makeRunFolder(place: string): Promise<string> {
	const folder = join(place, nameOf(THIS_RUN));
	await tellDiskFull(folder, async () => {
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, OWNER), JSON.stringify(THIS_RUN));
	});
	return folder;
}

/** What a run that is dead has left. */
export interface DeadRun {
	readonly folder: string;
	readonly holder: LockHolder;
	/** Absent where it was killed before it had begun anything there. */
	readonly nonce?: string;
}

/** The folders of runs that are dead. */
export async function findDeadRuns(place: string): Promise<DeadRun[]> {
	const names = (await readdir(place).catch(() => [])).filter(isDead);
	return Promise.all(names.map((name) => readOwner(join(place, name))));
}

/** Removes what runs that are dead have left in this place, once nothing works in it any more. */
export async function sweepRunFolders(repository: RepositoryPaths, place: string): Promise<void> {
	for (const { folder, nonce } of await findDeadRuns(place)) {
		if (nonce !== undefined) await endProcessesOf(nonce);
		await removeRunFolder(repository, folder);
	}
	await leavePlace(place);
}

/** Removes a run's folder with all that is in it, and those around it that hold nothing else. */
export async function removeRunFolder(repository: RepositoryPaths, folder: string): Promise<void> {
	// By it all else is found again where a kill comes between.
	for (const name of await readdir(folder).catch(() => [])) await removeDetached(repository, join(folder, name));
	await removeDetached(repository, folder);
	await leavePlace(dirname(folder));
}

/** Removes the folder of all runs, and the one around it, where they hold nothing else. */
async function leavePlace(place: string): Promise<void> {
	for (const each of [place, dirname(place)]) await rmdir(each).catch(() => {});
}

async function readOwner(folder: string): Promise<DeadRun> {
	try {
		const { pid, host, since, nonce } = WRITTEN.parse(JSON.parse(await readFile(join(folder, OWNER), "utf8")));
		return { folder, holder: { pid, host, since }, nonce };
	} catch {
		const { mtime } = await stat(folder).catch(() => ({ mtime: new Date() }));
		const pid = Number.parseInt(basename(folder), 10);
		return { folder, holder: { pid, host: THIS_RUN.host, since: mtime.toISOString() } };
	}
}

/** Short, as paths of sockets below it may be no longer than a hundred letters; and whole, as a folder is there before all that is in it. */
function nameOf({ pid, startTicks }: Pick<RunIdentity, "pid" | "startTicks">): string {
	return `${pid}-${startTicks ?? ""}-${machine()}`;
}

function isDead(name: string): boolean {
	const [, pid = "", startTicks = "", where] = /^(\d+)-(\d*)-([0-9a-f]{6})$/.exec(name) ?? [];
	if (where !== machine()) return false;
	return livenessOf({ ...THIS_RUN, pid: Number(pid), startTicks: startTicks || null }) === "dead";
}

/** Processes of another machine, or container, can't be seen from here. */
function machine(): string {
	const { host, pidNamespace } = THIS_RUN;
	return createHash("sha256").update(`${host} ${pidNamespace}`).digest("hex").slice(0, 6);
}
