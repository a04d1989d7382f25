import { chmod, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { askProgram } from "../../system/confine/ask-program.ts";
import { mountedBelow } from "../../system/confine/mounts.ts";
import { helpOf } from "../../system/confine/prepare-room.ts";
import { findProgram } from "../../system/find-program.ts";
import { isInside, realPath } from "../../system/paths.ts";
import { secondWork } from "./bubblewrap.ts";

/** A folder over which a layer is laid that takes what is written to it. */
export interface Layer {
	readonly over: string;
	/** The arguments by which bubblewrap mounts it. */
	readonly mounts: readonly string[];
}

/**
 * Has commands write to a folder that stays as it is: what they write goes to a layer, which they share and which goes with `folder`.
 * @param work what stands for a folder of each command's own.
 * @returns nothing where this bubblewrap, this kernel or this file system can't do that, which is tried out.
 */
export async function layOver(
	path: string,
	folder: string,
	work: string,
	bubblewrap: string,
): Promise<Layer | undefined> {
	const over = realPath(path);
	// The kernel lays nothing over what something is mounted below, nor over what the layer itself lies in.
	if (mountedBelow(over).length > 0 || isInside(realPath(folder), over)) return undefined;
	if (!(await helpOf(bubblewrap)).includes("--overlay-src")) return undefined;
	const upper = join(folder, "layer");
	const tried = join(folder, "tried-layer");
	for (const each of [upper, tried]) await mkdir(each);
	// The layer's own permissions are those that count.
	await chmod(upper, (await stat(over)).mode & 0o7777);
	const mounts = (own: string) => ["--overlay-src", over, "--overlay", upper, own, over];
	const args = ["--unshare-user", "--ro-bind", "/", "/", "--dev", "/dev", ...mounts(tried), "--", findProgram("true")];
	if ((await askProgram(bubblewrap, args)).exitCode !== 0) return undefined;
	return { over, mounts: mounts(secondWork(work)) };
}
