import { randomUUID } from "node:crypto";
import { link, mkdir, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "../contract/problem.ts";
import { UNFINISHED, writeSynced } from "./atomic-write.ts";
import { tellDiskFull } from "./disk-space.ts";

/** A file to be added: its path and all of its content. */
export interface NewFile {
	readonly path: string;
	readonly content: string;
}

/**
 * Adds all of these files or none of them, each as a whole, and replaces nothing.
 * @throws Failure `file-unwritable` or `disk-full`; what was added before is then taken back, folders included.
 */
export async function addFiles(files: readonly NewFile[]): Promise<void> {
	const added: string[] = [];
	const folders: string[] = [];
	for (const { path, content } of files) {
		const folder = dirname(path);
		try {
			await tellDiskFull(path, async () => {
				const first = await mkdir(folder, { recursive: true });
				for (let at = folder; first && at.length >= first.length; at = dirname(at)) folders.unshift(at);
				await addFile(path, content);
			});
			added.push(path);
		} catch (error) {
			for (const each of added) await rm(each, { force: true });
			// The innermost first; one in which somebody else has put something stays.
			for (const each of folders.sort((a, b) => b.length - a.length)) await rmdir(each).catch(() => {});
			if (error instanceof Failure) throw error;
			throw new Failure({ kind: "file-unwritable", path, message: (error as Error).message }, { cause: error });
		}
	}
}

async function addFile(path: string, content: string): Promise<void> {
	const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}${UNFINISHED}`);
	try {
		await writeSynced(temporary, content);
		// A rename would replace what has come to stand there in the meantime.
		await link(temporary, path);
	} finally {
		await rm(temporary, { force: true });
	}
}
