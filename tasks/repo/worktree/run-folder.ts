import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RepositoryPaths } from "../../contract/issue.ts";
import { tellDiskFull } from "../../system/disk-space.ts";
import { livenessOf, type RunIdentity, THIS_RUN } from "../../system/this-run.ts";
import { endProcessesOf } from "../git-at-work.ts";
import { removeDetached } from "./detached.ts";

/** A file in a run's folder: who it is. */
const OWNER = "owner.json";

/** Makes this run's folder in the one of all of them, where it is not there yet. @throws Failure `disk-full`. */
export async function makeRunFolder(place: string): Promise<string> {
	const folder = join(place, nameOf(THIS_RUN));
	await tellDiskFull(folder, async () => {
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, OWNER), JSON.stringify(THIS_RUN));
	});
	return folder;
}

/** The folders of runs that are dead. */
export async function findDeadRuns(place: string): Promise<string[]> {
	const names = await readdir(place).catch(() => []);
	return names.filter(isDead).map((name) => join(place, name));
}

/** Removes what runs that are dead have left in this place, once nothing works in it any more. */
export async function sweepRunFolders(repository: RepositoryPaths, place: string): Promise<void> {
	for (const folder of await findDeadRuns(place)) {
		const nonce = await readNonce(folder);
		if (nonce !== undefined) await endProcessesOf(nonce);
		await removeRunFolder(repository, folder);
	}
}

/** Removes a run's folder with all that is in it, and those around it that hold nothing else. */
export async function removeRunFolder(repository: RepositoryPaths, folder: string): Promise<void> {
	await removeDetached(repository, folder);
	const place = dirname(folder);
	for (const each of [place, dirname(place)]) await rmdir(each).catch(() => {});
}

async function readNonce(folder: string): Promise<string | undefined> {
	try {
		const { nonce } = JSON.parse(await readFile(join(folder, OWNER), "utf8"));
		return typeof nonce === "string" && nonce !== "" ? nonce : undefined;
	} catch {
		// It was killed before it had begun anything there.
		return undefined;
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
