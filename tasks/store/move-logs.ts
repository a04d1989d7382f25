import { randomUUID } from "node:crypto";
import { cp, lstat, mkdir, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isTurnName, type TurnName } from "../contract/phase.ts";
import { UNFINISHED } from "../system/atomic-write.ts";
import { exists } from "../system/paths.ts";
import { createChecksLogs } from "./checks-logs.ts";
import { attemptFiles, keepOutOfGit, setAsideLastAttempt } from "./log-folder.ts";
import { readRecord } from "./records.ts";
import { setAsideJudged } from "./verify-files.ts";

/** Moves an issue's log folder to a place where there is none; nothing is written over. */
export async function moveLogFolder(from: string, to: string): Promise<void> {
	await mkdir(dirname(to), { recursive: true });
	await keepOutOfGit(dirname(dirname(to)));
	await move(from, to);
}

/**
 * Puts one log folder of an issue into another: of each turn, the attempt that was started last is the last one, and the other
 * is set aside as a rerun would have done; so are verifications and verdicts. Of other files by the same name the newer has it, and the older is kept beside it.
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
	for (const name of await judgedIn(from)) {
		const [here, there] = await Promise.all([from, to].map((each) => timeOf(join(each, `${name}-run.json`))));
		const [older, time] = (here ?? "") > (there ?? "") ? [to, there] : [from, here];
		await setAsideJudged(older, name, time || "without-record");
	}
	await mergeFolder(from, to);
}

/**
 * Puts what one folder knows of the checks on commits into another, where it is not known yet.
 * @param to made where there is something to put there.
 */
export async function mergeChecksLogs(from: string, to: string): Promise<void> {
	const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
	const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
	if (names.length > 0) await createChecksLogs(to);
	for (const name of names) {
		if (await exists(join(to, name))) await rm(join(from, name));
		else await move(join(from, name), join(to, name));
	}
	await rmdir(from).catch(() => {});
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

/** Names of the records that tell how work was judged. */
async function judgedIn(folder: string): Promise<string[]> {
	return (await readdir(folder)).flatMap((file) => /^(verify(?:-\d+)?|accept)-run\.json$/.exec(file)?.[1] ?? []);
}

/** When such a record is from; `""`, which is before all others, when it can't be read. */
async function timeOf(record: string): Promise<string> {
	const told: { readonly startedAt?: unknown; readonly at?: unknown } = await readFile(record, "utf8")
		.then(
			(text) => Object(JSON.parse(text)),
			() => ({}),
		)
		.catch(() => ({}));
	return String(told.startedAt ?? told.at ?? "");
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
