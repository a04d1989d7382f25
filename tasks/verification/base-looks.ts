import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BaseLook, Look } from "../checks/look.ts";
import { baseLook, hasFailed } from "../checks/units.ts";
import { BASE_VERDICT, type BaseVerdict } from "../contract/base-verdict.ts";
import type { Check } from "../contract/check.ts";
import { createChecksLogs } from "../store/checks-logs.ts";
import { readJson, writeJson } from "../store/records.ts";
import { safeName } from "../store/verify-files.ts";
import type { askedOnce } from "../system/once.ts";
import { THIS_RUN } from "../system/this-run.ts";

/** One look that is taken where it is not known. */
export interface Asked {
	readonly check: Check;
	readonly commit: string;
	/** Hash of everything that the look depends on. */
	readonly key: string;
	/** Folder of what is known. */
	readonly logs: string;
	/** Runs the check. */
	readonly run: (log: string) => Promise<Look>;
}

/** What a run knows, also of what did not come to an end and is not known to others. */
export type KnownLooks = ReturnType<typeof askedOnce<BaseLook>>;

/**
 * How a check goes on a commit that issues start from. Each is run once, whoever asks, and remembered; a second time where something
 * fails, so that it is known what flickers.
 * @throws Failure `disk-full`; the signal's reason of who asked first when that was aborted.
 */
export function lookAtBase(asked: Asked, known: KnownLooks): Promise<BaseLook> {
	const { key, logs, check } = asked;
	return known(key, async () => {
		const file = join(logs, `${key}.json`);
		// What can't be read is found out anew.
		const before = await readJson(file, BASE_VERDICT).catch(() => undefined);
		if (before) return lookOf(check, before, logs);
		await createChecksLogs(logs);
		// Two runs at once may both ask, and each has files of its own.
		const run = async (time: string) => {
			const log = join(logs, `${key}.${safeName(check.name)}.${THIS_RUN.nonce.slice(0, 8)}${time}.log`);
			await rm(log, { force: true });
			return asked.run(log);
		};
		const first = await run("");
		if (first.end.kind === "not-run") return baseLook(first);
		const look = baseLook(first, hasFailed(first) ? await run(".again") : undefined);
		await writeJson(file, verdictOf(asked, look, first.end.exitCode));
		return look;
	});
}

function verdictOf({ commit, check }: Asked, look: BaseLook, exitCode: number): BaseVerdict {
	return {
		version: 1,
		commit,
		check: check.name,
		at: new Date().toISOString(),
		exitCode,
		...(look.tests && { tests: [...look.tests].map(([name, { status }]): [string, typeof status] => [name, status]) }),
		flickering: [...look.flickering],
		durationMs: look.durationMs,
		log: look.log.slice(look.log.lastIndexOf("/") + 1),
	};
}

function lookOf(check: Check, { exitCode, tests, flickering, durationMs, log }: BaseVerdict, logs: string): BaseLook {
	return {
		check,
		end: { kind: "ended", exitCode },
		...(tests && { tests: new Map(tests.map(([name, status]) => [name, { status }])) }),
		flickering: new Set(flickering),
		durationMs,
		log: join(logs, log),
	};
}
