import { chmod, readdir, rm } from "node:fs/promises";

/** Removes a folder with all that is in it, also where a folder in it may not be written or read. */
export async function removeFolder(folder: string): Promise<void> {
	await makeWritable(Buffer.from(folder));
	await rm(folder, { recursive: true, force: true });
}

/** Names are bytes here, since they need not be UTF-8. */
async function makeWritable(folder: Buffer): Promise<void> {
	await chmod(folder, 0o700);
	for (const entry of await readdir(folder, { withFileTypes: true, encoding: "buffer" })) {
		// A link is no folder, wherever it leads.
		if (entry.isDirectory()) await makeWritable(Buffer.concat([folder, Buffer.from("/"), entry.name]));
	}
}
