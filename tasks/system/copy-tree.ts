import { constants } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, readlink, symlink, utimes } from "node:fs/promises";
import { tellDiskFull } from "./disk-space.ts";

/** Files copied side by side; Node's own threads are four. */
const COPIERS = 16;

/**
 * Copies a folder with all that is in it, as clones where the file system can make them: modes, times and links as they are. Sockets and
 * their like are left out.
 * @param to the copy, which does not exist yet.
 * @throws Failure `disk-full`; the signal's reason when that was aborted.
 */
export async function copyTree(from: string, to: string, signal: AbortSignal): Promise<void> {
	const queue: (readonly [from: Buffer, to: Buffer])[] = [];
	const folders: (readonly [to: Buffer, mode: number])[] = [];
	const copyOne = async (source: Buffer, target: Buffer): Promise<void> => {
		const stats = await lstat(source);
		if (stats.isSymbolicLink()) await symlink(await readlink(source, "buffer"), target);
		else if (stats.isFile()) {
			await copyFile(source, target, constants.COPYFILE_FICLONE);
			await utimes(target, stats.atime, stats.mtime);
		} else if (stats.isDirectory()) {
			await mkdir(target, { mode: 0o700 });
			folders.push([target, stats.mode & 0o7777]);
			for (const name of await readdir(source, "buffer")) queue.push([below(source, name), below(target, name)]);
		}
	};
	await tellDiskFull(to, async () => {
		await copyOne(Buffer.from(from), Buffer.from(to));
		const running = new Set<Promise<void>>();
		try {
			for (let next = queue.pop(); next !== undefined || running.size > 0; next = queue.pop()) {
				signal.throwIfAborted();
				if (next !== undefined) {
					const copied = copyOne(...next).finally(() => running.delete(copied));
					running.add(copied);
				}
				if (next === undefined || running.size === COPIERS) await Promise.race(running);
			}
		} finally {
			// Nothing is copied behind the caller's back.
			await Promise.allSettled(running);
		}
		// The innermost first, as one that may not be written takes nothing more.
		for (const [folder, mode] of folders.reverse()) if (mode !== 0o700) await chmod(folder, mode);
	});
}

/** Names are bytes here, since they need not be UTF-8. */
function below(folder: Buffer, name: Buffer): Buffer {
	return Buffer.concat([folder, Buffer.from("/"), name]);
}

/** Copies a file, or a link as it is, to where nothing is. @throws Failure `disk-full`. */
export async function copyEntry(from: string, to: string): Promise<void> {
	await tellDiskFull(to, async () => {
		if ((await lstat(from)).isSymbolicLink()) await symlink(await readlink(from, "buffer"), to);
		else await copyFile(from, to, constants.COPYFILE_FICLONE);
	});
}
