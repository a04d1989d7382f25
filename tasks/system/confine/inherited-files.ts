import { existsSync, openSync, readdirSync, readFileSync } from "node:fs";

/** Of an open file: that programs which are started don't get it. */
const CLOEXEC = 0o2000000;

/** What a process gets as its file descriptors, by number: as for `spawn`. */
type Stdio = "ignore" | "pipe" | "ipc" | number;

let nothing: number | undefined;

/**
 * The file descriptors for a new process, with nothing in the place of those that whoever started this process has left open for
 * all that comes after: they lead out of any confinement. Node closes only the first sixteen by itself.
 */
export function withoutInherited(stdio: readonly Stdio[]): Stdio[] {
	const all: (Stdio | undefined)[] = [...stdio];
	for (const fd of inheritedFiles()) {
		if (fd >= stdio.length) all[fd] = nothing ??= openSync("/dev/null", "r");
	}
	return Array.from(all, (each) => each ?? "ignore");
}

function inheritedFiles(): number[] {
	if (!existsSync("/proc/self/fd")) return [];
	return readdirSync("/proc/self/fd")
		.map(Number)
		.filter((fd) => fd > 2 && isInherited(fd));
}

function isInherited(fd: number): boolean {
	try {
		const [, flags = "0"] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1")) ?? [];
		return (Number.parseInt(flags, 8) & CLOEXEC) === 0;
	} catch {
		return false;
	}
}
