import { accessSync, constants, lstatSync, readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { isInside, realPath } from "../paths.ts";
import { privateFolders } from "./room.ts";

/** Number, references, protocol, flags, type, state, inode and path (proc(5)). */
const LINE = /^\S+ \S+ \S+ (\S+) (\S+) \S+ +\S+ (.+)$/;
/** Of a socket that takes connections, among the flags of `/proc/net/unix`. */
const LISTENS = 0x10000;
/** Of a socket that takes messages without a connection. */
const DATAGRAM = "0002";

/**
 * Paths of this machine's Unix sockets that a process could reach, which a network of its own does not keep it from. Those in
 * folders that are private anyway are left out.
 */
export function hostSockets(covered: readonly string[] = privateFolders(), table = readTable()): string[] {
	const paths = table.split("\n").flatMap((line) => {
		const [, flags = "", type, path = ""] = LINE.exec(line) ?? [];
		const takes = (Number.parseInt(flags, 16) & LISTENS) !== 0 || type === DATAGRAM;
		return takes && isAbsolute(path) ? [path] : [];
	});
	const real = [...new Set(paths)].filter(isReachable).map(realPath);
	return [...new Set(real)].filter((path) => !covered.some((folder) => isInside(path, folder)));
}

function readTable(): string {
	return readFileSync("/proc/net/unix", "utf8");
}

/** To connect is to write. */
function isReachable(path: string): boolean {
	try {
		accessSync(path, constants.W_OK);
		return lstatSync(realPath(path)).isSocket();
	} catch {
		return false;
	}
}
