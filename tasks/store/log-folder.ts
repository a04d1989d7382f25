import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isName } from "../contract/names.ts";
import type { TurnName } from "../contract/phase.ts";
import { UNFINISHED, writeFileAtomic } from "../system/atomic-write.ts";
import { tellDiskFull } from "../system/disk-space.ts";

/** The files of one turn on one issue. */
export interface AttemptFiles {
	/** Every event of the runner's stream, raw, one JSON object a line. */
	readonly events: string;
	/** The agent's validated answer. Present only when valid. */
	readonly result: string;
	/** What the runner wrote to its error output. */
	readonly stderr: string;
	/** The orchestrator's own record. */
	readonly record: string;
	/** The agent's last message as it came, kept when it is no valid result. */
	readonly answer: string;
}

/** Folder of an issue's logs, of this kind, below the folder of all logs. Issues without a milestone share one that no milestone can have. */
export function logFolder(logs: string, kind: string, milestone: string | null, issue: string): string {
	return join(logs, kind, milestone === null ? "_no-milestone" : milestoneFolder(milestone), issue);
}

/**
 * The folder of a milestone's logs: its name, where that can be one of a folder. Otherwise what can stay of it, a `+`, which no such name
 * holds, and the beginning of the name's SHA-256, by which names that differ in what had to go have folders of their own.
 */
export function milestoneFolder(milestone: string): string {
	if (isName(milestone)) return milestone;
	const plain = milestone
		.replace(/[^A-Za-z0-9_.]+/g, "-")
		.slice(0, 40)
		.replace(/^[-.]+|[-.]+$/g, "");
	return `${plain}+${hash("sha256", milestone, "hex").slice(0, 8)}`;
}

/** Where the files of a turn lie. */
export function attemptFiles(logDir: string, turn: TurnName): AttemptFiles {
	return {
		events: join(logDir, `${turn}.jsonl`),
		result: join(logDir, `${turn}-result.json`),
		stderr: join(logDir, `${turn}.stderr.log`),
		record: join(logDir, `${turn}-run.json`),
		answer: join(logDir, `${turn}-answer.txt`),
	};
}

/**
 * Makes room for a new attempt: the files of the last one move to `attempts/<start time>/`, so that a rerun overwrites
 * nothing. `startedAt` is the last attempt's start, as its record has it.
 */
export async function setAsideLastAttempt(logDir: string, turn: TurnName, startedAt: string): Promise<void> {
	const present = new Set(await readdir(logDir).catch(() => []));
	const names = Object.values(attemptFiles("", turn)).filter((file) => present.has(file));
	if (names.length === 0) return;
	const aside = await freeFolder(join(logDir, "attempts", startedAt.replaceAll(":", "-")), names);
	await tellDiskFull(aside, async () => {
		await mkdir(aside, { recursive: true });
		// The record goes last: as long as it stands, a run that was killed here finds the rest again.
		for (const name of names.sort((a, b) => Number(a.endsWith("-run.json")) - Number(b.endsWith("-run.json")))) {
			await rename(join(logDir, name), join(aside, name));
		}
	});
}

/** What the command printed that set an issue's worktree up. It outlives attempts that go on in that worktree. */
export function setUpLog(logDir: string): string {
	return join(logDir, "setup.log");
}

/** Makes room for another set-up: the log of the last one goes to the files of the last attempt before it. */
export async function setAsideSetUpLog(logDir: string, startedAt: string): Promise<void> {
	const log = setUpLog(logDir);
	if (!existsSync(log)) return;
	const aside = await freeFolder(join(logDir, "attempts", startedAt.replaceAll(":", "-")), [basename(log)]);
	await tellDiskFull(aside, async () => {
		await mkdir(aside, { recursive: true });
		await rename(log, join(aside, basename(log)));
	});
}

/** The folder, or its name with a number behind it, that holds none of these files yet. */
export async function freeFolder(folder: string, names: readonly string[]): Promise<string> {
	for (let number = 1; ; number++) {
		const candidate = number === 1 ? folder : `${folder}-${number}`;
		const present = await readdir(candidate).catch((): string[] => []);
		if (!names.some((name) => present.includes(name))) return candidate;
	}
}

/** Creates an issue's log folder, and keeps the folder of all logs out of git in repositories that do not ignore it. */
export async function createLogFolder(logDir: string): Promise<void> {
	await tellDiskFull(logDir, () => mkdir(logDir, { recursive: true }));
	await keepOutOfGit(dirname(dirname(logDir)), logDir);
}

/** Has git ignore a folder of logs. @param where a folder that the ignore file is written in first. */
export async function keepOutOfGit(folder: string, where = folder): Promise<void> {
	const ignored = join(folder, ".gitignore");
	// Never a half one, which would ignore nothing and be left alone for ever.
	if (!existsSync(ignored)) await writeFileAtomic(ignored, "*\n", where);
}

/** Removes files that a killed run was about to put in their place. */
export async function sweepLogFolder(logDir: string): Promise<void> {
	const names = (await readdir(logDir).catch(() => [])).filter((name) => name.endsWith(UNFINISHED));
	for (const name of names) await rm(join(logDir, name), { force: true });
}
