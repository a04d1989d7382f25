import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Opens a file below a folder of logs; nothing where it is no plain file of that folder, a link among them. */
export async function openLog(logDir: string, file: string): Promise<FileHandle | undefined> {
	const path = join(logDir, file);
	try {
		const [folder, top] = await Promise.all([realpath(dirname(path)), realpath(logDir)]);
		if (folder !== top && !folder.startsWith(`${top}/`)) return undefined;
		// A pipe would be waited for.
		const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		if ((await handle.stat()).isFile()) return handle;
		await handle.close();
	} catch {
		// It is gone, or may not be read.
	}
	return undefined;
}
