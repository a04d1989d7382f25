import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tellDiskFull } from "./atomic-write.ts";
import { THIS_RUN } from "./this-run.ts";

/** A folder of the attempt's own, for as long as the action takes: the agent's sandbox has no other for temporary files. */
export async function withTemporaryFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
	const folder = await tellDiskFull(tmpdir(), async () =>
		realpath(await mkdtemp(join(tmpdir(), nameOf(THIS_RUN.nonce)))),
	);
	try {
		return await action(folder);
	} finally {
		await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
	}
}

/** Removes the temporary folders of a run that was killed and could not do it itself. */
export async function removeTemporaryFolders(nonce: string): Promise<void> {
	const names = (await readdir(tmpdir()).catch(() => [])).filter((name) => name.startsWith(nameOf(nonce)));
	await Promise.all(names.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {})));
}

function nameOf(nonce: string): string {
	return `orchfile-${nonce}-`;
}
