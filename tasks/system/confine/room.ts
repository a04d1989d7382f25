import { existsSync, mkdtempSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isInside, realPath } from "../paths.ts";
import { mountsOfDevices } from "./devices.ts";
import { mountedBelow, outermost } from "./mounts.ts";

/** What a command that is confined has to itself of the places that are everybody's. */
export interface Room {
	/** Folder that it sees as `/tmp` and as `/var/tmp`. */
	readonly temporary: string;
	readonly home: RoomHome;
	/** A file that it sees as `/etc/passwd`; the machine's own when absent. */
	readonly passwd?: string;
	/** Folder of devices that it has instead of this machine's; this machine's when absent. */
	readonly devices?: string;
	/** Paths to be read, where they lie below `/tmp`, `/var/tmp` or `/run`; all else there is gone. */
	readonly keep: readonly string[];
}

/** A home in which everything can be written and nothing is. `at` is where a command finds it. */
export type RoomHome =
	| {
			/** The user's own, with what is written laid over it. */
			readonly kind: "overlay";
			readonly at: string;
			readonly real: string;
			/** Folder that takes what is written; secrets are taken out of the home in it. */
			readonly upper: string;
			/** Paths below `real` that have to be covered, since they could not be taken out. */
			readonly masked: readonly string[];
	  }
	| {
			/** Its own, with links to the tools in the user's. */
			readonly kind: "own";
			readonly at: string;
			readonly folder: string;
	  };

/** What programs expect below `/run`, and NixOS keeps there. */
const OF_SYSTEM = ["current-system", "booted-system", "wrappers", "opengl-driver", "opengl-driver-32"];
/** Files that may be links to below `/run`. */
const LINKED = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/localtime", "/etc/machine-id"];

/** The folders that a room has of its own, wherever links lead: `/tmp` and its like. */
export function privateFolders(): string[] {
	return [...new Set(["/tmp", "/var/tmp", "/run"].filter(existsSync).map(realPath))];
}

/**
 * The arguments by which bubblewrap mounts a room, for after those that mount the root and `/dev`.
 * @param work an empty folder for this one command, from {@link makeWork}: two that share it would take it from each other.
 */
export function mountsOf(room: Room, work: string): string[] {
	const temporary = [...new Set(["/tmp", "/var/tmp"].filter(existsSync).map(realPath))];
	const kept = room.keep.filter((path) => privateFolders().some((folder) => path !== folder && isInside(path, folder)));
	return [
		...temporary.flatMap((folder) => ["--bind", room.temporary, folder]),
		...(existsSync("/run") ? mountsOfRun() : []),
		...outermost(kept).flatMap((path) => ["--ro-bind-try", path, path]),
		...mountsOfHome(room.home, work),
		...(room.devices === undefined ? [] : mountsOfDevices(room.devices)),
		...(room.passwd === undefined ? [] : ["--ro-bind", room.passwd, realPath("/etc/passwd")]),
	];
}

/**
 * The arguments for after those that mount `/proc`. What the kernel lets its root set without any rights, a program to be run as root
 * among it, is covered by bubblewrap for others only. Root also owns what lies there, and what it does by `chmod` holds for the whole machine.
 */
export function mountsOfProc(): string[] {
	const isRoot = process.getuid?.() === 0;
	return ["--ro-bind", "/proc/sys", "/proc/sys", ...(isRoot ? ["--remount-ro", "/proc"] : [])];
}

/** An empty folder for one command in the room, to be removed after it by `removeFolder`. */
export function makeWork({ temporary }: Room): string {
	return mkdtempSync(join(dirname(temporary), "work-"));
}

function mountsOfRun(): string[] {
	const run = realPath("/run");
	const linked = LINKED.map(realPath).filter((path) => isInside(path, run));
	return [
		...[
			"--tmpfs",
			run,
			"--perms",
			"1777",
			"--dir",
			`${run}/lock`,
			"--dir",
			`${run}/postgresql`,
			"--dir",
			`${run}/user`,
		],
		...["--perms", "0700", "--dir", runtimeFolder()],
		...["--symlink", "/dev/shm", `${run}/shm`],
		...[...OF_SYSTEM.map((name) => `${run}/${name}`), ...new Set(linked)].flatMap((path) => [
			"--ro-bind-try",
			path,
			path,
		]),
	];
}

/** What a room has as `XDG_RUNTIME_DIR`. */
export function runtimeFolder(): string {
	return `${realPath("/run")}/user/${process.getuid?.() ?? 0}`;
}

function mountsOfHome(home: RoomHome, work: string): string[] {
	if (home.kind === "own") return ["--bind", home.folder, home.at];
	const { real, at, upper, masked } = home;
	return [
		...["--overlay-src", real, "--overlay", upper, work, at],
		// They would be empty folders: an overlay has what lies on one file system. Elsewhere there are links to them.
		...(at === real ? mountedBelow(real) : [])
			.filter((path) => !masked.some((secret) => isInside(path, secret)))
			.flatMap((path) => ["--ro-bind", path, moved(path, real, at)]),
		...masked.filter(existsSync).flatMap((path) => maskOf(path, moved(path, real, at))),
	];
}

/** The arguments that cover a file, a folder or a socket: in its place is an empty one. */
export function maskOf(path: string, at = path): string[] {
	return statSync(path).isDirectory() ? ["--tmpfs", at, "--remount-ro", at] : ["--ro-bind", "/dev/null", at];
}

function moved(path: string, from: string, to: string): string {
	return to + path.slice(from === "/" ? 0 : from.length);
}
