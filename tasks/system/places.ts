import { dirname } from "node:path";
import type { Place } from "../contract/place.ts";
import { Failure, type Problem } from "../contract/problem.ts";
import { realPath } from "./real-path.ts";

/**
 * Checks that nothing which an agent must not write to lies in a folder that an agent of this run may write to, wherever
 * symlinks lead, nor one of these folders in another. Works for what does not exist yet.
 * @throws Failure `place-writable`, one for each such place.
 */
export function verifyPlaces(places: readonly Place[], writable: readonly string[]): void {
	const folders = new Set(writable.map(realPath));
	const problemOf = ({ what, path }: Place, start: string): Problem[] => {
		for (let at = start; at !== dirname(at); at = dirname(at)) {
			if (folders.has(at)) return [{ kind: "place-writable", what, path, folder: at }];
		}
		return [];
	};
	const problems = [
		...places.flatMap((place) => problemOf(place, realPath(place.path))),
		...writable.flatMap((path) => problemOf({ what: "worktree", path }, dirname(realPath(path)))),
	];
	if (problems.length > 0) throw new Failure(problems);
}
