import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tellDiskFull } from "./disk-space.ts";
import { removeFolder } from "./remove-folder.ts";
import { livenessOf, type RunIdentity, THIS_RUN } from "./this-run.ts";

/**
 * A folder of its own for as long as the action takes. Those of runs that were killed, and could not do it themselves, are
 * removed first.
 * @param place the folder to make it in.
 * @throws Failure `disk-full`.
 */
export async function withTemporaryFolder<T>(action: (folder: string) => Promise<T>, place = tmpdir()): Promise<T> {
	await removeAll(place, (maker) => livenessOf(maker) === "dead");
	const folder = await tellDiskFull(place, async () => realpath(await mkdtemp(join(place, nameOf(THIS_RUN)))));
	try {
		return await action(folder);
	} finally {
		await removeWhole(folder);
	}
}

/** Removes the temporary folders of one run that is dead. */
export async function removeTemporaryFolders(nonce: string): Promise<void> {
	await removeAll(tmpdir(), (maker) => maker.nonce === nonce);
}

/** Who made a folder, as far as its name tells. */
type Maker = Omit<RunIdentity, "since">;

function nameOf({ pid, startTicks, pidNamespace, nonce }: Maker): string {
	return `orchfile-${pid}-${startTicks ?? ""}-${digitsOf(pidNamespace)}-${nonce}-`;
}

function makerOf(name: string): Maker | undefined {
	const [, pid, startTicks, namespace, nonce] = /^orchfile-(\d+)-(\d*)-(\d*)-([0-9a-f-]{36})-\w+$/.exec(name) ?? [];
	if (nonce === undefined) return undefined;
	const { host, pidNamespace } = THIS_RUN;
	const isOwn = namespace === digitsOf(pidNamespace);
	return {
		pid: Number(pid),
		startTicks: startTicks || null,
		host,
		pidNamespace: isOwn ? pidNamespace : (namespace ?? null),
		nonce,
	};
}

/** `pid:[4026531836]` is no part of a name that everything takes. */
function digitsOf(pidNamespace: string | null): string {
	return (pidNamespace ?? "").replace(/\D/g, "");
}

async function removeAll(place: string, isGone: (maker: Maker) => boolean): Promise<void> {
	const names = (await readdir(place).catch(() => [])).filter((name) => {
		const maker = makerOf(name);
		return maker !== undefined && isGone(maker);
	});
	await Promise.all(names.map((name) => removeWhole(join(place, name))));
}

/** Commands of an agent may have made folders in it that nobody may enter. */
async function removeWhole(folder: string): Promise<void> {
	const options = { recursive: true, force: true, maxRetries: 3 };
	await rm(folder, options).catch(() => removeFolder(folder).catch(() => {}));
}
