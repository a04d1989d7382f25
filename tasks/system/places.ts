import { dirname } from "node:path";
import type { Place } from "../contract/place.ts";
import { Failure, type Problem } from "../contract/problem.ts";
import { realPath } from "./paths.ts";

/**
 * Checks that no place which has to stay as it is lies in a folder that others may write to, wherever symlinks lead, nor one
 * of these folders in another. Works for what does not exist yet.
 * @throws Failure `place-writable`, one for each such place.
 */
export function verifyPlaces(kept: readonly Place[], writable: readonly Place[]): void {
	const folders = new Set(writable.map(({ path }) => realPath(path)));
	const problemOf = ({ what, path }: Place, start: string): Problem[] => {
		for (let at = start; at !== dirname(at); at = dirname(at)) {
			if (folders.has(at)) return [{ kind: "place-writable", what, path, folder: at }];
		}
		return [];
	};
	const problems = [
		...kept.flatMap((place) => problemOf(place, realPath(place.path))),
		...writable.flatMap((place) => problemOf(place, dirname(realPath(place.path)))),
	];
	if (problems.length > 0) throw new Failure(problems);
}
