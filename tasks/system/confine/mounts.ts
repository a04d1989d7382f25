import { lstatSync, readFileSync, statSync } from "node:fs";
import { isInside } from "../paths.ts";

/** File systems that only their owner sees, or that are mounted by being looked at. */
const UNSEEN = /^(?:autofs|fuse\.(?:gvfsd-fuse|portal|xdp-fs))$/;

/** File systems that have no sockets, and may let whoever looks at them wait for another machine. */
const REMOTE = /^(?:nfs|cifs|smb|ceph|fuse)/;

/** Something that is mounted: where, of which file system, and which part of it. */
interface Mount {
	readonly at: string;
	readonly type: string;
	readonly root: string;
}

/** What is mounted below a folder and can be looked at. */
export function mountedBelow(folder: string): string[] {
	const mounted = mountsIn(readMounts()).filter(
		({ at, type }) => at !== folder && isInside(at, folder) && !UNSEEN.test(type),
	);
	return outermost(mounted.map(({ at }) => at)).filter(isSeen);
}

/**
 * Sockets that are mounted by themselves, as a container engine's is in a container that may use it: who listens on one is outside,
 * and nothing that the kernel lists here.
 */
export function mountedSockets(table = readMounts()): string[] {
	const parts = mountsIn(table).filter(({ type, root }) => root !== "/" && !UNSEEN.test(type) && !REMOTE.test(type));
	return parts.map(({ at }) => at).filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true);
}

function readMounts(): string {
	return readFileSync("/proc/self/mountinfo", "utf8");
}

/** By the lines of a list of mounts: proc_pid_mountinfo(5). */
function mountsIn(table: string): Mount[] {
	return table.split("\n").flatMap((line) => {
		const [before = "", after = ""] = line.split(" - ");
		const [, , , root, at] = before.split(" ").map((word) => word.replace(/\\(\d{3})/g, (_, code) => character(code)));
		const [type = ""] = after.split(" ");
		return root !== undefined && at !== undefined ? [{ at, type, root }] : [];
	});
}

function character(octal: string): string {
	return String.fromCharCode(Number.parseInt(octal, 8));
}

function isSeen(path: string): boolean {
	try {
		statSync(path);
		return true;
	} catch {
		return false;
	}
}

/** Those paths that lie in no other of them. */
export function outermost(paths: readonly string[]): string[] {
	const unique = [...new Set(paths)];
	return unique.filter((path) => !unique.some((other) => other !== path && isInside(path, other)));
}
