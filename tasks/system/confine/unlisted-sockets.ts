import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { realPath } from "../paths.ts";
import { mountedSockets } from "./mounts.ts";

/** Of a socket that takes connections, and of one that takes messages without, in a line of `/proc/net/unix`; then its number and path. */
const TAKING = /^\S+ \S+ \S+ (?:00010000 \S+|\S+ 0002) \S+ +(\d+) ([^@].*)$/gm;

/**
 * Paths of this machine's Unix sockets that the kernel's list for this process does not have, or not as they are: of those in another
 * network (a container's, a service's), of those that were bound by a relative path, where whoever did that is in that folder still, and of
 * those that are mounted by themselves.
 * What this user may not look at is not found.
 */
export function unlistedSockets(): string[] {
	const processes = namesIn("/proc").filter((name) => /^\d+$/.test(name));
	const own = linkOf("/proc/self/ns/net");
	const networks = new Map([[own, "self"]]);
	for (const pid of processes) {
		const network = linkOf(`/proc/${pid}/ns/net`);
		if (network !== "" && !networks.has(network)) networks.set(network, pid);
	}
	const relative = new Map<string, string>();
	const found: string[] = [];
	for (const [network, pid] of networks) {
		for (const [, number = "", path = ""] of tryTo(() => readFileSync(`/proc/${pid}/net/unix`, "utf8"), "").matchAll(
			TAKING,
		)) {
			if (!isAbsolute(path)) relative.set(`socket:[${number}]`, path);
			else if (network !== own) found.push(path);
		}
	}
	const real = [...new Set([...found, ...pathsOf(relative, processes), ...mountedSockets()])].map((path) =>
		realPath(path),
	);
	return real.filter((path) => tryTo(() => lstatSync(path).isSocket(), false));
}

/** Whether the kernel's list for this process has fewer lines than that. */
export function listsFewer(lines: number): boolean {
	return tryTo(() => readFileSync("/proc/self/net/unix", "utf8"), "").split("\n").length - 1 < lines;
}

/** Where the sockets lie that processes have bound by these paths. */
function pathsOf(relative: ReadonlyMap<string, string>, processes: readonly string[]): string[] {
	if (relative.size === 0) return [];
	return processes.flatMap((pid) => {
		const bound = namesIn(`/proc/${pid}/fd`).flatMap((fd) => relative.get(linkOf(`/proc/${pid}/fd/${fd}`)) ?? []);
		return bound.map((path) => join(linkOf(`/proc/${pid}/cwd`), path));
	});
}

function namesIn(folder: string): string[] {
	return tryTo(() => readdirSync(folder), []);
}

function linkOf(path: string): string {
	return tryTo(() => readlinkSync(path), "");
}

function tryTo<T>(look: () => T, otherwise: T): T {
	try {
		return look();
	} catch {
		return otherwise;
	}
}
