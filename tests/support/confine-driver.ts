import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bareEnvironment } from "../../tasks/system/confine/confine.ts";
import { type LayeredFolder, layFolder } from "../../tasks/system/confine/layers.ts";
import { prepareRoom } from "../../tasks/system/confine/prepare-room.ts";
import { probeConfinement } from "../../tasks/system/confine/probe.ts";
import { type ConfinedEnd, type ConfinedLimits, runConfined } from "../../tasks/system/confine/run-confined.ts";
import { removeFolder } from "../../tasks/system/remove-folder.ts";
import { abortedMidway } from "./abort-midway.ts";

/** What a process of its own is told to run confined, as another user may: one command after the other, in one room. */
export interface DriverRequest {
	readonly bubblewrap: string;
	/** Where the room and the output go; they are removed at the end. */
	readonly folder: string;
	readonly keep: readonly string[];
	readonly writable: readonly string[];
	readonly readOnly: readonly string[];
	readonly secrets: readonly string[];
	readonly jobs: readonly DriverJob[];
	/** A network of its own when absent. */
	readonly network?: "host";
}

/** One command, in the first writable folder. */
export interface DriverJob {
	readonly command: readonly [string, ...string[]];
	readonly limits?: Partial<ConfinedLimits>;
	/** Milliseconds after which it is interrupted; `midway` while it is started. */
	readonly interruptAfter?: number | "midway";
	/** It starts with the one before. */
	readonly isBeside?: boolean;
	/** A folder that it finds, in which it then runs. */
	readonly layered?: LayeredFolder;
}

/** How one ended; `thrown` for an interruption. */
export interface DriverResult {
	readonly end?: ConfinedEnd;
	readonly thrown?: string;
	readonly output: string;
	/** Milliseconds. */
	readonly took: number;
	/** Bytes of memory that this process has had at most until then. */
	readonly peak: number;
	/** How its folder was laid. */
	readonly layers: readonly string[];
}

const LIMITS: ConfinedLimits = { timeout: 60_000, processes: 500, memory: 4e9, output: 1e6 };

async function drive(request: DriverRequest): Promise<DriverResult[]> {
	const { bubblewrap, folder, keep, writable, readOnly, secrets, jobs, network = "own" } = request;
	const place = join(folder, "room");
	await mkdir(place, { recursive: true });
	const room = await prepareRoom({ folder: place, bubblewrap, secrets, keep });
	const environment = { ...bareEnvironment(room), CALLED_WITH: "a value" };
	const confinement = { room, writable, readOnly, secrets, network, environment } as const;
	const results: Promise<DriverResult>[] = [];
	for (const [at, { command, limits, interruptAfter, isBeside, layered }] of jobs.entries()) {
		if (isBeside !== true) await Promise.all(results);
		const layersPlace = join(folder, `layers-${at}`);
		if (layered) await mkdir(layersPlace);
		const never = new AbortController().signal;
		const layers = layered ? await layFolder(layered, layersPlace, bubblewrap, never) : [];
		const outputFile = join(folder, `output-${at}`);
		const signal =
			interruptAfter === undefined
				? new AbortController().signal
				: interruptAfter === "midway"
					? abortedMidway()
					: AbortSignal.timeout(interruptAfter);
		const start = performance.now();
		const [cwd = ""] = [...(layered ? [layered.at] : []), ...writable];
		const run = { bubblewrap, command, cwd, outputFile, limits: { ...LIMITS, ...limits }, signal };
		results.push(
			runConfined({ ...confinement, layers }, run)
				.then((end) => ({ end }))
				.catch((error) => ({ thrown: String(error) }))
				.then(async (how) => ({
					...how,
					took: performance.now() - start,
					layers: layers.map(({ kind }) => kind),
					peak: 1024 * process.resourceUsage().maxRSS,
					output: await readFile(outputFile, "utf8"),
				})),
		);
	}
	const all = await Promise.all(results);
	await removeFolder(folder);
	return all;
}

const request: DriverRequest | { readonly probe: readonly string[] } = JSON.parse(process.argv[2] ?? "");
console.log(JSON.stringify(await ("probe" in request ? probeConfinement(request.probe) : drive(request))));
