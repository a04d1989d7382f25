import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { Failure } from "../contract/problem.ts";

/** The absolute entries of `PATH`. A relative one would let any file of the working directory be run in a program's place. */
export function absolutePath(path = process.env.PATH ?? ""): string {
	return path.split(delimiter).filter(isAbsolute).join(delimiter);
}

/**
 * Finds a program on the absolute entries of `PATH`.
 * @throws Failure `program-missing`.
 */
export function findProgram(name: string): string {
	const path = findIfThere(name);
	if (path === undefined) throw new Failure({ kind: "program-missing", name });
	return path;
}

/** Finds a program on the absolute entries of `PATH`, where there is one. */
export function findIfThere(name: string): string | undefined {
	for (const folder of absolutePath().split(delimiter)) {
		const path = join(folder, name);
		try {
			accessSync(path, constants.X_OK);
			if (statSync(path).isFile()) return path;
		} catch {
			// Not in this folder.
		}
	}
	return undefined;
}
