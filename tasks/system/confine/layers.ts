import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { copyTree } from "../copy-tree.ts";
import { applyChanges, type Changes } from "./changes.ts";
import { canLay } from "./try-layers.ts";

/** A folder as one command is to find it: with all that is in it, and with nothing of what others write. */
export interface LayeredFolder {
	/** Where the command finds it. Absolute; there is a folder there. */
	readonly at: string;
	/** The folder whose content it has, which stays as it is. */
	readonly lower: string;
	/** Folders that are found in it, at a path relative to it, with what another folder holds. That stays as it is, too. */
	readonly inner: readonly { readonly at: string; readonly lower: string }[];
	/** What is otherwise in it than in `lower`. */
	readonly changes: Changes;
}

/** One of the mounts of a {@link LayeredFolder}: what is written goes to `upper`, or to a copy. */
export type Layer =
	| {
			readonly kind: "overlay";
			readonly at: string;
			readonly lower: string;
			readonly upper: string;
			readonly work: string;
	  }
	| { readonly kind: "copy"; readonly at: string; readonly folder: string };

/**
 * Makes what takes the place of a folder for one command: an overlay over it, or, where bubblewrap, the kernel or the file system can't do
 * that, a copy.
 * @param place an empty folder of this command's own, on the file system of the folder; to be removed by `removeFolder`.
 * @throws Failure `disk-full`; the signal's reason when that was aborted.
 */
export async function layFolder(
	{ at, lower, inner, changes }: LayeredFolder,
	place: string,
	bubblewrap: string,
	signal: AbortSignal,
): Promise<readonly Layer[]> {
	const lowers = [lower, ...inner.map((each) => each.lower)];
	if ((await areBeside(lowers, place)) && (await canLay(bubblewrap, place))) {
		const folders = [{ at, lower }, ...inner.map((each) => ({ at: join(at, each.at), lower: each.lower }))];
		const layers = await Promise.all(
			folders.map(async (each, number): Promise<Layer & { readonly kind: "overlay" }> => {
				const [upper, work] = [join(place, `upper-${number}`), join(place, `work-${number}`)];
				// The folder at the top has the mode of the upper one.
				await mkdir(upper, { mode: 0o755 });
				await mkdir(work);
				return { kind: "overlay", ...each, upper, work };
			}),
		);
		if (await applyChanges(changes, layers[0]?.upper ?? "", lower)) return layers;
	}
	const folder = join(place, "copy");
	await copyTree(lower, folder, signal);
	for (const each of inner) {
		await applyChanges({ files: [], without: [each.at] }, folder);
		await mkdir(join(folder, each.at, ".."), { recursive: true });
		await copyTree(each.lower, join(folder, each.at), signal);
	}
	await applyChanges(changes, folder);
	return [{ kind: "copy", at, folder }];
}

/** The arguments by which bubblewrap mounts these. */
export function mountsOfLayers(layers: readonly Layer[]): string[] {
	return layers.flatMap((layer) =>
		layer.kind === "copy"
			? ["--bind", layer.folder, layer.at]
			: ["--overlay-src", layer.lower, "--overlay", layer.upper, layer.work, layer.at],
	);
}

/** Whether overlays are tried out in this place for these folders: what holds for one file system need not hold for another. */
async function areBeside(lowers: readonly string[], place: string): Promise<boolean> {
	const [here, ...devices] = await Promise.all([place, ...lowers].map(async (path) => (await stat(path)).dev));
	return devices.every((each) => each === here);
}
