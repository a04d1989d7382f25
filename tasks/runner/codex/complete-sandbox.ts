import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { helpOf, prepareRoom } from "../../system/confine/prepare-room.ts";
import { mountsOf, privateFolders, runtimeFolder } from "../../system/confine/room.ts";
import { syscallFilter } from "../../system/confine/syscall-filter.ts";
import { unlistedSockets } from "../../system/confine/unlisted-sockets.ts";
import { realPath } from "../../system/paths.ts";
import { bubblewrapScript } from "./bubblewrap.ts";

/** Whose sandbox is completed. */
export interface SandboxPlace {
	/** A folder that is there for this, and goes with it; its commands can't write it. */
	readonly folder: string;
	/** The folders in which commands work and write. */
	readonly writable: readonly string[];
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
	{ folder, writable, kept, denied }: SandboxPlace,
	bubblewrap: string,
	path: string,
): Promise<Completed> {
	const [bin, place, work] = ["bin", "room", "work"].map((name) => join(folder, name)) as [string, string, string];
	for (const each of [bin, place, work]) await mkdir(each, { recursive: true });
	const [keep, linked] = [
		[...kept, folder],
		[...kept, ...writable],
	];
	const room = await prepareRoom({ folder: place, secrets: denied, bubblewrap, at: HOME, keep, linked });
	const rules = syscallFilter();
	const filter = join(bin, "filter");
	if (rules !== undefined) await writeFile(filter, rules);
	const script = bubblewrapScript({
		program: bubblewrap,
		help: await helpOf(bubblewrap),
		mounts: mountsOf(room, work),
		...(rules && { filter }),
		work,
		hidden: privateFolders(),
		shown: room.keep.map((path) => realPath(path)),
		writable: writable.map((path) => realPath(path)),
		denied,
		sockets: unlistedSockets(),
	});
	await writeFile(join(bin, "bwrap"), script, { mode: 0o755 });
	return {
		path: `${bin}${delimiter}${path}`,
		variables: { TMPDIR: "/tmp", HOME: room.home.at, XDG_RUNTIME_DIR: runtimeFolder() },
	};
}

/** Where commands find their home: the user's own stays what it is for Codex itself. */
const HOME = "/tmp/home";
