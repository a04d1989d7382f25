import { readdirSync, readFileSync } from "node:fs";

/** Of an open file: that programs which are started don't get it. */
const CLOEXEC = 0o2000000;

/**
 * File descriptors that whoever started this process has left open for all that comes after. They lead out of any confinement.
 */
export function inheritedFiles(): number[] {
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
