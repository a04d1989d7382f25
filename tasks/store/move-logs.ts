import { randomUUID } from "node:crypto";
import { cp, lstat, mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isTurnName, type TurnName } from "../contract/phase.ts";
import { UNFINISHED } from "../system/atomic-write.ts";
import { exists } from "../system/paths.ts";
import { attemptFiles, keepOutOfGit, setAsideLastAttempt } from "./log-folder.ts";
import { readRecord } from "./records.ts";

/** Moves an issue's log folder to a place where there is none; nothing is written over. */
export async function moveLogFolder(from: string, to: string): Promise<void> {
	await mkdir(dirname(to), { recursive: true });
	await keepOutOfGit(dirname(dirname(to)));
	await move(from, to);
}

/**
 * Puts one log folder of an issue into another: of each turn, the attempt that was started last is the last one, and the other
 * is set aside as a rerun would have done. Of other files by the same name the newer has it, and the older is kept beside it.
 */
export async function mergeLogFolder(from: string, to: string): Promise<void> {
	for (const turn of await turnsIn(from)) {
		const [here, there] = await Promise.all([startOf(from, turn), startOf(to, turn)]);
		const [older, startedAt] = here > there ? [to, there] : [from, here];
		await setAsideLastAttempt(older, turn, startedAt || "without-record");
		if (older === from) continue;
		const names = Object.values(attemptFiles("", turn));
		// The record goes last: as long as it stands, a move that was killed here is gone on with.
		for (const name of names.sort((a, b) => Number(a.endsWith("-run.json")) - Number(b.endsWith("-run.json")))) {
			if (await exists(join(from, name))) await move(join(from, name), join(to, name));
		}
	}
	await mergeFolder(from, to);
}

async function mergeFolder(from: string, to: string): Promise<void> {
	await mkdir(to, { recursive: true });
	for (const entry of await readdir(from, { withFileTypes: true })) {
		const [source, target] = [join(from, entry.name), join(to, entry.name)];
		const there = await lstat(target).catch(() => undefined);
		if (!there) await move(source, target);
		else if (entry.isDirectory() && there.isDirectory()) await mergeFolder(source, target);
		else if ((await lstat(source)).mtimeMs > there.mtimeMs) {
			await move(target, await freeName(target));
			await move(source, target);
		} else await move(source, await freeName(target));
	}
	await rmdir(from);
}

/** The turns of which there is a record. */
async function turnsIn(folder: string): Promise<TurnName[]> {
	return (await readdir(folder)).flatMap((file) => /^(.+)-run\.json$/.exec(file)?.[1] ?? []).filter(isTurnName);
}

/** When the last attempt of a turn was started; `""`, which is before all others, when no record can be read. */
async function startOf(logDir: string, turn: TurnName): Promise<string> {
	return (await readRecord(attemptFiles(logDir, turn).record).catch(() => undefined))?.startedAt ?? "";
}

async function freeName(path: string): Promise<string> {
	for (let number = 1; ; number++) {
		const candidate = `${path}.older-${number}`;
		if (!(await exists(candidate))) return candidate;
	}
}

/** Renames, also to another disk: there the whole is copied before it takes its name, and only then goes where it was. */
async function move(from: string, to: string): Promise<void> {
	try {
		await rename(from, to);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
		const copy = join(dirname(to), `.${randomUUID()}${UNFINISHED}`);
		try {
			await cp(from, copy, { recursive: true, preserveTimestamps: true, errorOnExist: true, verbatimSymlinks: true });
			await rename(copy, to);
		} finally {
			await rm(copy, { recursive: true, force: true });
		}
		await rm(from, { recursive: true });
	}
}
