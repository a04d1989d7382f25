import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { absolutePath, findProgram } from "../find-program.ts";
import { isInside } from "../paths.ts";
import { hostSockets } from "./host-sockets.ts";
import { type Layer, mountsOfLayers } from "./layers.ts";
import { maskOf, mountsOf, mountsOfProc, privateFolders, type Room, runtimeFolder } from "./room.ts";
import { unlistedSockets } from "./unlisted-sockets.ts";

/** What a command may do that runs what an agent may have written. What is not named here can be read and not written. */
export interface Confinement {
	readonly room: Room;
	/** Folders that it may write. */
	readonly writable: readonly string[];
	/** Folders that it may write, and that stay as they are for everybody else: from `layFolder`. */
	readonly layers?: readonly Layer[];
	/** Paths that it may not, though they lie in what it may or in its home: git's, for example. */
	readonly readOnly: readonly string[];
	/** Absolute paths that it may not read; those that do not exist are left out. */
	readonly secrets: readonly string[];
	/** `own`: with nothing in it but a loopback of the command's own. `host`: everything of this machine's. */
	readonly network: "own" | "host";
	/** Exactly the variables that it has. */
	readonly environment: Readonly<Record<string, string>>;
}

/** What runs in it. */
export interface ConfinedProgram {
	readonly command: readonly [program: string, ...args: string[]];
	readonly cwd: string;
	/** How many processes and threads it may have at once, of which the kernel takes no notice for root. */
	readonly threads: number;
	/** Empty folder for this one command, beside the room's home: see {@link mountsOf}. */
	readonly work: string;
}

/** How bubblewrap has to be started. */
export interface ConfinedCommand {
	readonly args: readonly string[];
	readonly environment: Readonly<Record<string, string>>;
}

/** File descriptors that bubblewrap expects: the filter of system calls to read, and where it tells of the command's start. */
export const FILTER_FD = 3;
export const STATUS_FD = 4;

/** Variables by which the loader of bubblewrap itself, outside, would take up files of whoever set them. */
const OF_LOADER = /^(?:LD_|GLIBC_|GCONV_PATH$|LOCPATH$|NLSPATH$)/;
/**
 * Errors and output go to the same place, in their order; a process too many of the kernel's counts is refused, not ended.
 * It all comes after the first process, which ends it: that one would wait for its turn as long as thousands of others.
 */
const INNER = `exec 2>&1
{ ulimit -c 0; ulimit -u "$1" || ulimit -p "$1"; echo 1000 >/proc/$$/oom_score_adj; } 2>/dev/null
nice=$2
shift 2
exec "$nice" -n 5 "$@"`;

/** The arguments for a bubblewrap that runs the command, and the environment to start it with. */
export function confinedCommand(
	confinement: Confinement,
	{ command, cwd, threads, work }: ConfinedProgram,
): ConfinedCommand {
	const { room, writable, layers = [], readOnly, network, environment } = confinement;
	const entries = Object.entries(environment);
	const args = [
		...["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"],
		// So that the machine's name resolves, whatever its `/etc/hosts` has.
		...(network === "own" ? ["--unshare-net", "--hostname", "localhost"] : []),
		...["--new-session", "--die-with-parent", "--cap-drop", "ALL"],
		...["--seccomp", String(FILTER_FD), "--json-status-fd", String(STATUS_FD)],
		...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", ...mountsOfProc()],
		...mountsOf(room, work),
		...writable.flatMap((folder) => ["--bind", folder, folder]),
		...mountsOfLayers(layers),
		...readOnly.filter(existsSync).flatMap((path) => ["--ro-bind", path, path]),
		...secretsToMask(confinement).flatMap((path) => maskOf(path)),
		...socketsToMask(confinement).flatMap((path) => maskOf(path)),
		...["--chdir", cwd],
		...entries.filter(([name]) => OF_LOADER.test(name)).flatMap((entry) => ["--setenv", ...entry]),
		...["--", findProgram("sh"), "-c", INNER, "sh", String(threads), findProgram("nice"), ...command],
	];
	// On its command line everybody could read them.
	return { args, environment: Object.fromEntries(entries.filter(([name]) => !OF_LOADER.test(name))) };
}

/** What a shell needs, and no more; programs are found where this process finds them. */
export function bareEnvironment(room: Room, env: NodeJS.ProcessEnv = process.env): Record<string, string> {
	const user = userName();
	return {
		PATH: absolutePath(env.PATH),
		HOME: room.home.at,
		TMPDIR: "/tmp",
		XDG_RUNTIME_DIR: runtimeFolder(),
		...(user === undefined ? {} : { USER: user, LOGNAME: user }),
		SHELL: findProgram("sh"),
		LANG: env.LANG || "C.UTF-8",
	};
}

/** Of a user that the machine has no name for, as containers may start one, nothing. */
function userName(): string | undefined {
	try {
		return userInfo().username;
	} catch {
		return undefined;
	}
}

/** Those that the room does not keep out. */
function secretsToMask(confinement: Confinement): string[] {
	const { room, secrets } = confinement;
	return secrets.filter((path) => existsSync(path) && !isCovered(path, room, shownIn(confinement)));
}

/** Those that can be reached: to an overlay no socket of what lies below it can be connected. */
function socketsToMask(confinement: Confinement): string[] {
	const covered = [...new Set([...hostSockets([]), ...unlistedSockets()])];
	return covered.filter((path) => !isCovered(path, confinement.room, shownIn(confinement)));
}

/** What is shown of this machine's, wherever it lies. */
function shownIn({ room, writable, layers = [], readOnly }: Confinement): string[] {
	return [...writable, ...layers.map(({ at }) => at), ...readOnly, ...room.keep];
}

/** True for what nobody in the room sees: it lies in a private folder or below the home's overlay, and in nothing that is shown all the same. */
function isCovered(path: string, { home }: Room, bound: readonly string[]): boolean {
	const isOver = home.kind === "overlay" && home.at === home.real;
	const covered = [...privateFolders(), ...(isOver ? [home.real] : [])];
	return covered.some((folder) => isInside(path, folder)) && !bound.some((folder) => isInside(path, folder));
}
