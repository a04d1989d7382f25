import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "../contract/problem.ts";
import { tellDiskFull } from "./disk-space.ts";

/** What the system says where nothing may be written, now. */
const NOT_ALLOWED = new Set(["EROFS", "EACCES", "EPERM"]);

/** How the name of a file ends that was being written when its writer was killed. */
export const UNFINISHED = ".orchfile-tmp";

/**
 * Replaces a file as a whole or not at all: readers see the old content or the new, never half of it.
 * Own code because `write-file-atomic` 7 and `atomically` 2 report success on a full disk and leave a truncated file.
 * @param beside a folder on the same disk for the unfinished file, which a kill leaves there; the file's own by default.
 * @param mode the permissions that it is to have; those that new files have by default.
 * @throws Failure `disk-full` when there is no space, `folder-unwritable`; the old file then still stands.
 */
export async function writeFileAtomic(
	path: string,
	content: string | Uint8Array,
	beside = dirname(path),
	mode?: number,
): Promise<void> {
	await tellDiskFull(path, async () => {
		await mkdir(beside, { recursive: true });
		const temporary = join(beside, `.${basename(path)}.${randomUUID()}${UNFINISHED}`);
		try {
			await writeSynced(temporary, content);
			if (mode !== undefined) await chmod(temporary, mode);
			await rename(temporary, path);
		} catch (error) {
			const { code = "" } = error as NodeJS.ErrnoException;
			if (NOT_ALLOWED.has(code)) throw new Failure({ kind: "folder-unwritable", path: beside, message: code });
			await rm(temporary, { force: true });
			throw error;
		}
	});
}

/** Writes a new file, and returns once the disk has it. */
export async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
	const file = await open(path, "wx");
	try {
		await file.writeFile(content);
		await file.sync();
	} finally {
		await file.close();
	}
}
