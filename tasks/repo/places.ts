import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Place } from "../contract/place.ts";
import { Failure, type Problem } from "../contract/problem.ts";

/**
 * Checks that nothing which an agent must not write to lies in a folder that an agent of this run may write to, wherever
 * symlinks lead, nor one of these folders in another. Works for what does not exist yet.
 * @throws Failure `place-writable`, one for each such place.
 */
export async function verifyPlaces(places: readonly Place[], writable: readonly string[]): Promise<void> {
	const folders = new Set(await Promise.all(writable.map(resolveAll)));
	const problemOf = ({ name, path }: Place, start: string): Problem[] => {
		for (let at = start; at !== dirname(at); at = dirname(at)) {
			if (folders.has(at)) return [{ kind: "place-writable", name, path, folder: at }];
		}
		return [];
	};
	const problems = await Promise.all([
		...places.map(async (place) => problemOf(place, await resolveAll(place.path))),
		...writable.map(async (path) => problemOf({ name: "Another such folder", path }, dirname(await resolveAll(path)))),
	]);
	if (problems.flat().length > 0) throw new Failure(problems.flat());
}

/** A path without symlinks, as far as it exists. */
async function resolveAll(path: string): Promise<string> {
	try {
		return await realpath(path);
	} catch {
		const parent = dirname(path);
		return parent === path ? path : join(await resolveAll(parent), basename(path));
	}
}
