import { linkSync } from "node:fs";
import { findProgram } from "../find-program.ts";
import { askProgram } from "./ask-program.ts";

const SCRIPT = 'for each; do mknod "$each" c 0 0 2>/dev/null || printf "%s\\0" "$each"; done';
/** Paths that fit into one command line. */
const MOST_PATHS = 500;

/**
 * Makes what stands for something that is not there in the upper folder of an overlay: a character device 0/0 (overlayfs).
 * @param places where, in folders that are there.
 * @returns those for which it could not be made: kernels before 5.8 ask for a privilege.
 */
export async function makeWhiteouts(places: readonly string[]): Promise<string[]> {
	const [first, ...others] = places;
	if (first === undefined) return [];
	const failed = await makeEach([first]);
	if (failed.length > 0) return [...failed, ...(await makeEach(others))];
	// A process for each would take longer than all else that makes a room. A link may be refused: to another file system, or one too many.
	return makeEach(others.filter((place) => !isLinked(first, place)));
}

function isLinked(from: string, to: string): boolean {
	try {
		linkSync(from, to);
		return true;
	} catch {
		return false;
	}
}

async function makeEach(places: readonly string[]): Promise<string[]> {
	const failed: string[] = [];
	for (let at = 0; at < places.length; at += MOST_PATHS) {
		const some = places.slice(at, at + MOST_PATHS);
		const { exitCode, output } = await askProgram(findProgram("sh"), ["-c", SCRIPT, "sh", ...some]);
		const not = new Set(output.split("\0"));
		failed.push(...some.filter((place) => exitCode !== 0 || not.has(place)));
	}
	return failed;
}
