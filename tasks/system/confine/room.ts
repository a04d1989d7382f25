import { existsSync, readFileSync, statSync } from "node:fs";
import { isInside, realPath } from "../paths.ts";

/** What a command that is confined has to itself of the places that are everybody's. */
export interface Room {
	/** Folder that it sees as `/tmp` and as `/var/tmp`. */
	readonly temporary: string;
	readonly home: RoomHome;
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
/** File systems that only their owner sees, or that are mounted by being looked at. */
const UNSEEN = /^(?:autofs|fuse\.(?:gvfsd-fuse|portal|xdp-fs))$/;

/** The folders that a room has of its own, wherever links lead: `/tmp` and its like. */
export function privateFolders(): string[] {
	return [...new Set(["/tmp", "/var/tmp", "/run"].filter(existsSync).map(realPath))];
}

/**
 * The arguments by which bubblewrap mounts a room, for after those that mount the root.
 * @param work an empty folder beside the home's `upper`, for this one command: two that share it would take it from each other.
 */
export function mountsOf(room: Room, work: string): string[] {
	const temporary = [...new Set(["/tmp", "/var/tmp"].filter(existsSync).map(realPath))];
	const kept = room.keep.filter((path) => privateFolders().some((folder) => path !== folder && isInside(path, folder)));
	return [
		...temporary.flatMap((folder) => ["--bind", room.temporary, folder]),
		...(existsSync("/run") ? mountsOfRun() : []),
		...outermost(kept).flatMap((path) => ["--ro-bind-try", path, path]),
		...mountsOfHome(room.home, work),
	];
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
		// They would be empty folders: an overlay has what lies on one file system.
		...mountedBelow(real)
			.filter((path) => !masked.some((secret) => isInside(path, secret)))
			.flatMap((path) => ["--ro-bind", path, moved(path, real, at)]),
		...masked.filter(existsSync).flatMap((path) => maskOf(path, moved(path, real, at))),
	];
}

/** The arguments that cover a file, a folder or a socket: in its place is an empty one. */
export function maskOf(path: string, at = path): string[] {
	return statSync(path).isDirectory() ? ["--tmpfs", at, "--remount-ro", at] : ["--ro-bind", "/dev/null", at];
}

/** What is mounted below a folder and can be looked at. */
export function mountedBelow(folder: string): string[] {
	const mounted = readFileSync("/proc/self/mountinfo", "utf8")
		.split("\n")
		.flatMap((line) => {
			const [before = "", after = ""] = line.split(" - ");
			const path = before
				.split(" ")[4]
				?.replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)));
			return path && path !== folder && isInside(path, folder) && !UNSEEN.test(after.split(" ")[0] ?? "") ? [path] : [];
		});
	return outermost(mounted).filter(isSeen);
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
function outermost(paths: readonly string[]): string[] {
	const unique = [...new Set(paths)];
	return unique.filter((path) => !unique.some((other) => other !== path && isInside(path, other)));
}

function moved(path: string, from: string, to: string): string {
	return to + path.slice(from === "/" ? 0 : from.length);
}
