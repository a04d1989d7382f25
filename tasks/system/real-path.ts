import { readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** A path without symlinks, as far as it exists; a link that leads nowhere is followed to there. */
export function realPath(path: string, links = 40): string {
	try {
		return realpathSync(path);
	} catch {
		const parent = dirname(path);
		if (parent === path) return path;
		const here = join(realPath(parent, links), basename(path));
		const target = links > 0 ? targetOf(here) : undefined;
		return target === undefined ? here : realPath(resolve(dirname(here), target), links - 1);
	}
}

function targetOf(path: string): string | undefined {
	try {
		return readlinkSync(path);
	} catch {
		return undefined;
	}
}
