import { mkdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { given } from "../../contract/given.ts";
import { helpOf, prepareRoom } from "../../system/confine/prepare-room.ts";
import { mountsOf, privateFolders, runtimeFolder } from "../../system/confine/room.ts";
import { syscallFilter } from "../../system/confine/syscall-filter.ts";
import { listsFewer, unlistedSockets } from "../../system/confine/unlisted-sockets.ts";
import { realPath } from "../../system/paths.ts";
import { bubblewrapScript, FEW_SOCKETS, secondWork } from "./bubblewrap.ts";
import { layOver } from "./lay-over.ts";
import { codexBinary, versionOf } from "./package.ts";

/** Whose sandbox is completed. */
export interface SandboxPlace {
	/** A folder that is there for this, and goes with it; its commands can't write it. */
	readonly folder: string;
	/** The folders in which commands work and write. */
	readonly writable: readonly string[];
	/** A folder in which they may write while nothing of it is kept, as far as that can be had; else it can only be read. */
	readonly thrownAway?: string;
	/** What commands have to see wherever it lies. */
	readonly kept: readonly string[];
	/** What they must not read; what of it lies in the home is not there for them. */
	readonly denied: readonly string[];
}

/** How Codex is started so that its sandbox is completed. */
export interface Completed {
	/** The `PATH` of Codex. */
	readonly path: string;
	/** Variables of the agent's commands. */
	readonly variables: Readonly<Record<string, string>>;
}

/**
 * Makes what completes Codex's sandbox for one turn.
 * @param bubblewrap absolute path of the program.
 * @param path the `PATH` of Codex without it.
 */
export async function completeSandbox(
	{ folder, writable, thrownAway, kept, denied }: SandboxPlace,
	bubblewrap: string,
	path: string,
): Promise<Completed> {
	const [bin, place, work] = ["bin", "room", "work"].map((name) => join(folder, name)) as [string, string, string];
	for (const each of [bin, place, work]) await mkdir(each, { recursive: true });
	const seen = thrownAway === undefined ? [] : [thrownAway];
	const [keep, linked] = [
		[...kept, ...seen, folder],
		[...kept, ...seen, ...writable],
	];
	const layer = thrownAway === undefined ? undefined : await layOver(thrownAway, folder, work, bubblewrap);
	const own = layer === undefined ? writable : [...writable, layer.over];
	const room = await prepareRoom({ folder: place, secrets: denied, bubblewrap, at: HOME, keep, linked });
	const rules = syscallFilter();
	const filter = join(bin, "filter");
	if (rules !== undefined) await writeFile(filter, rules);
	for (let each = 1; each <= READY; each++) {
		const first = join(work, String(each));
		for (const made of layer ? [first, secondWork(first)] : [first]) mkdirSync(made);
	}
	const script = bubblewrapScript({
		program: bubblewrap,
		help: await helpOf(bubblewrap),
		mounts: [...mountsOf(room, work), ...(layer?.mounts ?? [])],
		...(rules && { filter }),
		work,
		ready: READY,
		hidden: privateFolders(),
		shown: room.keep.map((path) => realPath(path)),
		writable: own.map((path) => realPath(path)),
		denied,
		sockets: unlistedSockets(),
		few: listsFewer(FEW_SOCKETS),
		...given({ needless: programWithoutStage() }),
	});
	await writeFile(join(bin, "bwrap"), script, { mode: 0o755 });
	return {
		path: `${bin}${delimiter}${path}`,
		variables: { TMPDIR: "/tmp", HOME: room.home.at, XDG_RUNTIME_DIR: runtimeFolder() },
	};
}

/**
 * Versions of Codex whose inner stage, where the network is not restricted, does nothing but refuse `io_uring` and sockets of virtual
 * machines, set `no_new_privs`, and wait for the command as the first of its processes.
 */
const STAGE_KNOWN = ["0.163.0"];

function programWithoutStage(): string | undefined {
	const codex = codexBinary();
	return STAGE_KNOWN.includes(versionOf(codex) ?? "") ? realPath(codex) : undefined;
}

/** Folders of commands that are made at once, as making one takes a command a program; what comes after them makes its own. */
const READY = 32;
/** Where commands find their home: the user's own stays what it is for Codex itself. */
const HOME = "/tmp/home";
