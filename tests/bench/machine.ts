import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** Where it was measured. */
export interface Machine {
	readonly processor: string;
	readonly processors: number;
	/** Gigabytes. */
	readonly memory: number;
	/** Processes that wanted to run in the minute before. */
	readonly load: number;
	readonly platform: string;
	readonly node: string;
	readonly git: string;
}

export function machine(): Machine {
	return {
		processor: cpus()[0]?.model ?? "unknown",
		processors: availableParallelism(),
		memory: Math.round(totalmem() / 1e9),
		load: Number((loadavg()[0] ?? 0).toFixed(2)),
		platform: `${process.platform} ${process.arch}`,
		node: process.version,
		git: execFileSync("git", ["--version"], { encoding: "utf8" }).trim(),
	};
}

/** True when others took more than half a processor in the last minute. */
export function isNoisy({ load }: Machine): boolean {
	return load > 0.5;
}
