import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { usageOf } from "../../system/confine/usage.ts";
import type { UsageLimits } from "../../system/confine/usual-limits.ts";
import type { TurnStop } from "./turn-stop.ts";

/** Milliseconds between two looks. */
const LOOK = 2_000;
/** Processes between a turn's own and the first of a command's sandbox, at most. */
const DEPTH = 8;

/**
 * Stops a turn whose commands use so much of this machine that the rest of the night would suffer from it. What leads to the commands
 * is looked up from the turn's process down, which takes a few milliseconds; where the kernel does not tell, nothing is stopped.
 * @param pid the turn's process.
 * @returns what ends the watch.
 */
export function watchUsage(pid: number | undefined, limits: UsageLimits, stop: TurnStop, every = LOOK): () => void {
	const look = () => {
		const used = sandboxesBelow(pid ?? 0).flatMap((each) => usageOf(each, limits.processes) ?? []);
		const processes = used.reduce((sum, each) => sum + each.processes, 0);
		const memory = used.reduce((sum, each) => sum + each.memory, 0);
		if (processes > limits.processes) stop.because(ended(`${processes} processes`, String(limits.processes)));
		else if (memory > limits.memory) stop.because(ended(`${megabytes(memory)} of memory`, megabytes(limits.memory)));
	};
	const timer = setInterval(look, every);
	timer.unref();
	return () => clearInterval(timer);
}

function ended(used: string, allowed: string) {
	const message = `the agent's commands were ended: they used ${used} at once, and ${allowed} are allowed`;
	return { kind: "failed", message } as const;
}

function megabytes(bytes: number): string {
	return `${Math.round(bytes / 1e6)} MB`;
}

/** The first processes of the sandboxes below a process, by the numbers that this machine has for them. */
function sandboxesBelow(pid: number, depth = DEPTH): number[] {
	if (isElsewhere(pid)) return [pid];
	if (depth === 0) return [];
	return childrenOf(pid).flatMap((each) => sandboxesBelow(each, depth - 1));
}

function childrenOf(pid: number): number[] {
	try {
		const threads = readdirSync(`/proc/${pid}/task`);
		const texts = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1"));
		return texts.flatMap((text) => text.split(" ").map(Number)).filter((child) => child > 0);
	} catch {
		// It has ended, or this kernel does not tell.
		return [];
	}
}

function isElsewhere(pid: number): boolean {
	try {
		return readlinkSync(`/proc/${pid}/ns/pid`) !== readlinkSync("/proc/self/ns/pid");
	} catch {
		return false;
	}
}
