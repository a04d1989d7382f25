import { existsSync } from "node:fs";
import { constants, copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { baseAnswer, isMissing } from "../checks/missing-command.ts";
import type { BaseTrial, Trial } from "../checks/trial.ts";
import { baseTrial, hasFailed } from "../checks/units.ts";
import { BASE_VERDICT, type BaseVerdict } from "../contract/base-verdict.ts";
import type { Check } from "../contract/check.ts";
import { createChecksLogs } from "../store/checks-logs.ts";
import { readJson, writeJson } from "../store/records.ts";
import { safeName } from "../store/verify-files.ts";
import { tellDiskFull } from "../system/disk-space.ts";
import type { askedOnce } from "../system/once.ts";
import { THIS_RUN } from "../system/this-run.ts";

/** A check on a commit that issues start from. */
export interface AboutBase {
	readonly check: Check;
	readonly commit: string;
	/** Hash of everything that the trial depends on. */
	readonly key: string;
	/** Folder of what is known. */
	readonly logs: string;
}

/** What is asked for: a trial on the base, which is run where it is not known. */
export interface Asked extends AboutBase {
	/** Runs the check. */
	readonly run: (log: string) => Promise<Trial>;
}

/** What a run knows, also of what did not come to an end and is not known to others. */
export type KnownTrials = ReturnType<typeof askedOnce<BaseTrial>>;

/**
 * How a check goes on a commit that issues start from. Each is run once, whoever asks, and remembered; a second time where something
 * fails, so that it is known what flickers.
 * @throws Failure `disk-full`; the signal's reason of who asked first when that was aborted.
 */
export function askBase(asked: Asked, known: KnownTrials): Promise<BaseTrial> {
	const { key, logs, check } = asked;
	return known(key, async () => {
		const file = join(logs, `${key}.json`);
		// What can't be read is found out anew.
		const before = await readJson(file, BASE_VERDICT).catch(() => undefined);
		if (before && !isMissing(before)) return trialOf(check, before, logs);
		await createChecksLogs(logs);
		// Two runs at once may both ask, and each has files of its own.
		const run = async (time: string) => {
			const log = logFor(asked, time);
			await rm(log, { force: true });
			return asked.run(log);
		};
		const first = baseAnswer(await run(""));
		if (first.end.kind === "not-run") return baseTrial(first);
		const trial = baseTrial(first, hasFailed(first) ? await run(".again") : undefined);
		await writeJson(file, verdictOf(asked, trial, first.end.exitCode));
		return trial;
	});
}

/**
 * Keeps how a check went on an issue's commit, so that those that start from it need not ask again: it is the same check on the same
 * files in the same surroundings, once, and a second time where something failed.
 * @throws Failure `disk-full`.
 */
export async function keepForOthers(about: AboutBase, first: Trial, second: Trial | undefined): Promise<void> {
	const file = join(about.logs, `${about.key}.json`);
	if (first.end.kind === "not-run" || existsSync(file)) return;
	const { exitCode } = first.end;
	const log = logFor(about, "");
	await createChecksLogs(about.logs);
	await tellDiskFull(log, () => copyFile(first.log, log, constants.COPYFILE_FICLONE));
	await writeJson(file, verdictOf(about, { ...baseTrial(first, second), log }, exitCode));
}

/** A file for what a check prints there, of this run's own. */
function logFor({ key, check, logs }: AboutBase, time: string): string {
	return join(logs, `${key}.${safeName(check.name)}.${THIS_RUN.nonce.slice(0, 8)}${time}.log`);
}

function verdictOf({ commit, check }: AboutBase, trial: BaseTrial, exitCode: number): BaseVerdict {
	return {
		version: 1,
		commit,
		check: check.name,
		at: new Date().toISOString(),
		exitCode,
		...(trial.tests && {
			tests: [...trial.tests].map(([name, { status }]): [string, typeof status] => [name, status]),
		}),
		flickering: [...trial.flickering],
		durationMs: trial.durationMs,
		log: trial.log.slice(trial.log.lastIndexOf("/") + 1),
	};
}

function trialOf(check: Check, { exitCode, tests, flickering, durationMs, log }: BaseVerdict, logs: string): BaseTrial {
	return {
		check,
		end: { kind: "ended", exitCode },
		...(tests && { tests: new Map(tests.map(([name, status]) => [name, { status }])) }),
		flickering: new Set(flickering),
		durationMs,
		log: join(logs, log),
	};
}
