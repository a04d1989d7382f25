import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "./world.ts";

/**
 * What happens at a step. `kill-*` is a SIGKILL to the orchestrator: before the step, right after it, or together with
 * git in the middle of it (`kill-git` kills git alone). With `no-space` the disk is full from the step on; `-once` is for
 * this step only; with `-late` git has done its work when it says so.
 */
export type FaultKind =
	| "kill-before"
	| "kill-after"
	| "kill-during"
	| "kill-git"
	| "no-space"
	| "no-space-once"
	| "no-space-late";

/** What the preload `fault-point.ts` is told, as JSON in `FAULT_POINT`. */
export interface FaultPoint {
	/** The folder around the repository; what happens elsewhere is no step. */
	readonly root?: string;
	/** A file that takes the steps, a line each. */
	readonly record?: string;
	/** The step at which the fault happens; from its second time on, with ` #2` and so on behind its name. */
	readonly step?: string;
	readonly kind?: FaultKind;
	/** The file that git is killed at, below `root`; as soon as git holds a lock when absent. */
	readonly until?: string;
	/** A file below `root` that git would have left, killed in a moment that is too short to hit. */
	readonly leaves?: { readonly file: string; readonly content?: string };
}

/** A fault at a step of a run. */
export type Fault = Required<Pick<FaultPoint, "step" | "kind">> & Pick<FaultPoint, "until" | "leaves">;

/** The environment of a run that has temporary files of its own, and looks for no free space before it starts. */
export async function plainEnvironment({ repository }: World): Promise<Record<string, string>> {
	const folder = join(repository.folder, "tmp");
	await mkdir(folder, { recursive: true });
	return { TMPDIR: folder, ORCH_MIN_FREE: "0" };
}

/** The environment of a run that meets this fault. */
export async function faultyEnvironment(world: World, fault: Fault): Promise<Record<string, string>> {
	return withPoint(world, fault);
}

/** The environment of a run whose steps are recorded, and what reads them. */
export async function recordingEnvironment(world: World) {
	const record = join(world.repository.folder, "steps");
	const env = await withPoint(world, { record });
	return { env, steps: async () => (existsSync(record) ? (await readFile(record, "utf8")).trim().split("\n") : []) };
}

async function withPoint(world: World, point: FaultPoint): Promise<Record<string, string>> {
	const preload = process.env.ORCHFILE_FAULT_POINT;
	if (!preload) throw new Error("global-setup.ts has not bundled the fault point");
	return {
		...(await plainEnvironment(world)),
		// The agent's process and git get none of these two: their environments are made from lists of what is allowed.
		NODE_OPTIONS: `--import ${preload}`,
		FAULT_POINT: JSON.stringify({ root: world.repository.folder, ...point }),
	};
}
