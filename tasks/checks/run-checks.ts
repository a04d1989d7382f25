import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "../contract/check.ts";
import { Failure } from "../contract/problem.ts";
import type { NotRun } from "../contract/verify-record.ts";
import { bareEnvironment } from "../system/confine/confine.ts";
import { type LayeredFolder, layFolder } from "../system/confine/layers.ts";
import { prepareRoom } from "../system/confine/prepare-room.ts";
import { type ConfinedEnd, runConfined } from "../system/confine/run-confined.ts";
import { USUAL_LIMITS, type UsageLimits } from "../system/confine/usual-limits.ts";
import { isNothingLeft, tellDiskFull } from "../system/disk-space.ts";
import { removeFolder } from "../system/remove-folder.ts";
import { withTemporaryFolder } from "../system/temporary-folder.ts";
import type { TestResult, Trial } from "./trial.ts";

/** What all checks of an issue are run with. */
export interface CheckSettings {
	/** Path of the program `bwrap`. */
	readonly bubblewrap: string;
	/** Absolute paths that checks do not read. */
	readonly secrets: readonly string[];
	/** Those that they do not write, though they lie in the home. */
	readonly readOnly: readonly string[];
	/** Those that they have to read wherever they lie. */
	readonly keep: readonly string[];
	/** `own`: a loopback of the check's own. `host`: everything of this machine's. */
	readonly network: "own" | "host";
	/** Variables beside the few that every command has. */
	readonly environment: Readonly<Record<string, string>>;
	/** Milliseconds that one check may take. */
	readonly timeout: number;
	readonly limits?: UsageLimits;
	readonly signal: AbortSignal;
}

/** A check that is to be tried, and where. */
export interface PlannedTrial {
	readonly check: Check;
	readonly folder: LayeredFolder;
	/** A path on the file system of that folder, where nothing stands; what stands there afterwards is gone. */
	readonly place: string;
	/** A file that does not exist yet, for what it prints. */
	readonly log: string;
}

/** Characters of what there is to say of a report that can't be read: some of it is the report's own. */
const MOST_DETAIL = 500;

/** Bytes of output that are kept: the beginning, and the end. */
const MOST_OUTPUT = 8 << 20;

/**
 * Runs a check in a confinement, on a folder that stays as it is.
 * @throws Failure `disk-full`; the signal's reason when that was aborted.
 */
export async function runCheck(planned: PlannedTrial, settings: CheckSettings): Promise<Trial> {
	const { check, folder, place, log } = planned;
	const { bubblewrap, secrets, readOnly, keep, network, timeout, limits = USUAL_LIMITS, signal } = settings;
	const start = performance.now();
	const [layersPlace, reports] = [join(place, "layers"), join(place, "reports")];
	const take = async () => {
		for (const each of [layersPlace, reports]) await mkdir(each, { recursive: true });
		const layers = await layFolder(folder, layersPlace, bubblewrap, signal);
		return withTemporaryFolder(async (temporary) => {
			const room = await prepareRoom({ folder: temporary, secrets, bubblewrap, keep });
			const environment = {
				...bareEnvironment(room),
				// Nobody is there to be asked, or to look at what changes; many programs go by this.
				CI: "true",
				...settings.environment,
				ORCH_REPORTS: reports,
			};
			const end = await runConfined(
				{ room, writable: [reports], layers, readOnly, secrets, network, environment },
				{
					bubblewrap,
					command: ["sh", "-c", check.run],
					cwd: folder.at,
					outputFile: log,
					limits: { ...limits, timeout, output: MOST_OUTPUT },
					signal,
				},
			);
			// What it wrote may be why; not every program says so, and not every one fails for it.
			if (await isNothingLeft([place])) throw new Failure({ kind: "disk-full", path: place });
			const durationMs = Math.round(performance.now() - start);
			return { check, ...(await judgeEnd(check, end, reports, folder.at)), durationMs, log };
		});
	};
	try {
		return await tellDiskFull(place, take);
	} finally {
		// What can't be removed now goes with the folder of the run.
		await removeFolder(place).catch(() => {});
	}
}

/** That a check can't be run, and why. */
export function notRun(check: Check, log: string, reason: NotRun, detail: string): Trial {
	return { check, end: { kind: "not-run", reason, detail }, durationMs: 0, log };
}

async function judgeEnd(
	check: Check,
	end: ConfinedEnd,
	reports: string,
	at: string,
): Promise<Pick<Trial, "end"> & { readonly tests?: ReadonlyMap<string, TestResult> }> {
	switch (end.kind) {
		case "not-started":
			return { end: { kind: "not-run", reason: end.kind, detail: end.message } };
		case "timed-out":
			return { end: { kind: "not-run", reason: end.kind, detail: `after ${end.limit / 1000} s` } };
		case "too-many-processes":
			return { end: { kind: "not-run", reason: end.kind, detail: `more than ${end.limit} at once` } };
		case "too-much-memory":
			return { end: { kind: "not-run", reason: end.kind, detail: `more than ${Math.round(end.limit / 1e6)} MB` } };
		case "ended":
			break;
	}
	const { exitCode } = end;
	if (check.junit === undefined) return { end: { kind: "ended", exitCode } };
	const { readJunit } = await import("./junit.ts");
	const report = await readJunit({ folder: reports, junit: check.junit, strip: [at, reports] });
	if (report.kind === "read") return { end: { kind: "ended", exitCode }, tests: report.tests };
	return { end: { kind: "not-run", reason: report.reason, detail: report.detail.slice(0, MOST_DETAIL), exitCode } };
}
