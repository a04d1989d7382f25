import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, relative } from "node:path";
import { absolutePath, findProgram } from "../find-program.ts";
import { homeFolder } from "../home-folder.ts";
import { isInside, realPath } from "../paths.ts";
import { type Asked, askProgram } from "./ask-program.ts";
import { makeDevices } from "./devices.ts";
import { mountedBelow, outermost } from "./mounts.ts";
import { passwdWith } from "./passwd.ts";
import { mountsOf, type Room, type RoomHome } from "./room.ts";
import { makeWhiteouts } from "./whiteouts.ts";

/** What a room is made of. */
export interface RoomRequest {
	/** An empty folder of the room's own. It can be removed with all that is in it by `removeFolder`. */
	readonly folder: string;
	/** Absolute paths of what nobody in the room may read. Those below the home are not in it at all. */
	readonly secrets: readonly string[];
	/** Path of the program `bwrap`. */
	readonly bubblewrap: string;
	/** Where commands find the home; its own place when absent. */
	readonly at?: string;
	/** Paths below `/tmp`, `/var/tmp` or `/run` that have to be readable; those of `PATH` always are. */
	readonly keep?: readonly string[];
	/**
	 * Paths of which there is to be no copy in the home, where that is found elsewhere: what is written there would be lost with the
	 * room. Those below the user's home are links to their own places.
	 */
	readonly linked?: readonly string[];
	/** The user's home. */
	readonly home?: string;
}

/** Where the home is when the user's can't be had in its own place. */
const OWN_HOME = "/tmp/home";
/** What programs that lie on `PATH` look for in the home, as far as they don't write it. */
const TOOLS = [
	...[".asdf", ".bun", ".cargo/bin", ".deno", ".fnm", ".jenv", ".local/bin", ".local/share/fnm", ".local/share/mise"],
	...[".nodenv", ".nvm", ".pyenv", ".rbenv", ".rustup", ".sdkman", ".volta"],
];

/**
 * Makes a room. Its home is the user's with an overlay where bubblewrap and the kernel can do that, which is tried out; else one of
 * its own.
 */
export async function prepareRoom(request: RoomRequest): Promise<Room> {
	const devices = join(request.folder, "devices");
	const [room, hasDevices] = await Promise.all([
		roomOf(request),
		process.getuid?.() === 0 ? makeDevices(devices) : false,
	]);
	return hasDevices ? { ...room, devices } : room;
}

async function roomOf(request: RoomRequest): Promise<Room> {
	const { folder, keep = [], at, home = homeFolder() } = request;
	const temporary = join(folder, "tmp");
	await mkdir(temporary);
	chmodSync(temporary, 0o1777);
	const onPath = absolutePath().split(delimiter).filter(isAbsolute);
	const roomWith = (own: RoomHome): Room => {
		const room = { temporary, home: own, keep: [...keep, ...onPath] };
		const users = passwdWith(own.at);
		if (users === undefined) return room;
		const passwd = join(folder, "passwd");
		writeFileSync(passwd, users);
		return { ...room, passwd };
	};
	const real = realPath(home);
	const isHome = isAbsolute(home) && real !== "/" && statSync(real, { throwIfNoEntry: false })?.isDirectory() === true;
	// An overlay that lies in what it is laid over is refused by the kernel.
	if (isHome && !isInside(realPath(folder), real)) {
		const room = await tryOverlay(request, real, roomWith);
		if (room) return room;
	}
	return roomWith(makeHome(join(folder, "own-home"), isHome ? real : undefined, at ?? OWN_HOME));
}

/** Whether a home could be laid over another one, by bubblewrap and home: what holds for one room holds for the next. */
const tried = new Map<string, boolean>();

async function tryOverlay(
	request: RoomRequest,
	real: string,
	roomWith: (home: RoomHome) => Room,
): Promise<Room | undefined> {
	// Nothing can be laid over what something is mounted below.
	const what = [request.bubblewrap, real, request.at ?? real, ...mountedBelow(real)].join("\0");
	const known = tried.get(what);
	if (known === false || (known === undefined && !(await knowsOverlays(request.bubblewrap)))) {
		tried.set(what, false);
		return undefined;
	}
	const room = roomWith(await overlayOf(request, real, request.at ?? real));
	const isMounted = known ?? (await canBeMounted(room, request));
	tried.set(what, isMounted);
	return isMounted ? room : undefined;
}

/** Whether a bubblewrap can lay a folder over another: since 0.11. */
export async function knowsOverlays(bubblewrap: string): Promise<boolean> {
	return (await helpOf(bubblewrap)).includes("--overlay-src");
}

const helps = new Map<string, Promise<Asked>>();

/** What a bubblewrap says to `--help`; each is asked once. */
export async function helpOf(bubblewrap: string): Promise<string> {
	const asked = helps.get(bubblewrap) ?? askProgram(bubblewrap, ["--help"]);
	helps.set(bubblewrap, asked);
	return (await asked).output;
}

async function overlayOf({ folder, secrets, linked = [] }: RoomRequest, real: string, at: string): Promise<RoomHome> {
	const upper = join(folder, "home");
	mkdirSync(upper, { mode: statSync(real).mode });
	const mounted = mountedBelow(real);
	const isBelow = (path: string) => path !== real && isInside(path, real);
	const inHome = secrets.filter(isBelow);
	// What is mounted is bound into a home in its own place. To bind it elsewhere would bring it out from under all covers.
	const links = at === real ? [] : outermost([...linked.map(realPath).filter(isBelow), ...mounted]);
	const isTakenOut = (path: string) => ![...mounted, ...links].some((place) => isInside(path, place));
	const refused = await takeOut(inHome.filter(isTakenOut), real, upper);
	for (const path of links) if (!inHome.some((secret) => isInside(path, secret))) link(path, real, upper);
	const masked = [...inHome.filter((path) => !isTakenOut(path)), ...refused];
	return { kind: "overlay", at, real, upper, masked: at === real ? masked : refused };
}

/** Has an overlay lead from a path to the path itself. */
function link(path: string, real: string, upper: string): void {
	makeParents(dirname(path), real, upper);
	symlinkSync(path, join(upper, relative(real, path)));
}

/** Has an overlay not have these paths. @returns those that it has all the same. */
async function takeOut(paths: readonly string[], real: string, upper: string): Promise<string[]> {
	const placeOf = new Map(paths.map((path) => [join(upper, relative(real, path)), path]));
	for (const path of paths) makeParents(dirname(path), real, upper);
	return (await makeWhiteouts([...placeOf.keys()])).flatMap((place) => placeOf.get(place) ?? []);
}

/** The folders that lead to a place, with the permissions that they have in the home: the upper ones are those that count. */
function makeParents(folder: string, real: string, upper: string): void {
	const copy = join(upper, relative(real, folder));
	if (folder === real || statSync(copy, { throwIfNoEntry: false })) return;
	makeParents(dirname(folder), real, upper);
	mkdirSync(copy);
	chmodSync(copy, (statSync(folder, { throwIfNoEntry: false })?.mode ?? 0o700) & 0o7777);
}

function makeHome(folder: string, real: string | undefined, at: string): RoomHome {
	mkdirSync(folder);
	for (const tool of real === undefined ? [] : TOOLS) {
		const target = join(real ?? "", tool);
		if (!statSync(target, { throwIfNoEntry: false })) continue;
		mkdirSync(dirname(join(folder, tool)), { recursive: true });
		symlinkSync(target, join(folder, tool));
	}
	return { kind: "own", at, folder };
}

async function canBeMounted(room: Room, { folder, bubblewrap }: RoomRequest): Promise<boolean> {
	const work = join(folder, "tried");
	mkdirSync(work);
	const args = [
		"--unshare-user",
		"--ro-bind",
		"/",
		"/",
		"--dev",
		"/dev",
		...mountsOf(room, work),
		"--",
		findProgram("true"),
	];
	return (await askProgram(bubblewrap, args)).exitCode === 0;
}
