import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../find-program.ts";
import { askProgram } from "./ask-program.ts";

/** What bubblewrap has in `/dev` of this machine's. */
const DEVICES = ["null", "zero", "full", "random", "urandom", "tty"].map((name) => `/dev/${name}`);

/**
 * Makes devices of its own for a root that bubblewrap takes its rights from: it owns this machine's, and could take them from everybody by
 * `chmod`. No read-only mount keeps them, since none has devices in it.
 * @returns whether they can be used, which a file system may not allow.
 */
export async function makeDevices(folder: string): Promise<boolean> {
	mkdirSync(folder);
	// One program makes all of them.
	if ((await askProgram(findProgram("cp"), ["-a", ...DEVICES, folder])).exitCode !== 0) return false;
	try {
		closeSync(openSync(join(folder, "null"), "w"));
		return true;
	} catch {
		return false;
	}
}

/** The arguments by which bubblewrap has them in the place of this machine's, for after those that mount `/dev`. */
export function mountsOfDevices(folder: string): string[] {
	return DEVICES.flatMap((path) => ["--dev-bind", folder + path.slice("/dev".length), path]);
}
