import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../find-program.ts";
import { askProgram } from "./ask-program.ts";

/** What bubblewrap has in `/dev` of this machine's, with its numbers (Documentation/admin-guide/devices.txt). */
const DEVICES: Readonly<Record<string, string>> = {
	null: "1 3",
	zero: "1 5",
	full: "1 7",
	random: "1 8",
	urandom: "1 9",
	tty: "5 0",
};

/**
 * Makes devices of its own for a root that bubblewrap takes its rights from: it owns this machine's, and could take them from everybody by
 * `chmod`. No read-only mount keeps them, since none has devices in it.
 * @returns whether they can be used, which a file system may not allow.
 */
export async function makeDevices(folder: string): Promise<boolean> {
	mkdirSync(folder);
	const made = Object.entries(DEVICES).map(([name, numbers]) => `mknod -m 666 ${name} c ${numbers}`);
	const script = `cd "$1" && ${made.join(" && ")} && : >null`;
	return (await askProgram(findProgram("sh"), ["-c", script, "sh", folder])).exitCode === 0;
}

/** The arguments by which bubblewrap has them in the place of this machine's, for after those that mount `/dev`. */
export function mountsOfDevices(folder: string): string[] {
	return Object.keys(DEVICES).flatMap((name) => ["--dev-bind", join(folder, name), `/dev/${name}`]);
}
